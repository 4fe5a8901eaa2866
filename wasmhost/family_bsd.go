//go:build unix && !linux

package wasmhost

import "syscall"

// familyAttributes make a group of its own.
func familyAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
