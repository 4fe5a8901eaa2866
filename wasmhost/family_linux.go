package wasmhost

import "syscall"

// familyAttributes make a group of its own, and end a command whose host is killed.
func familyAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
