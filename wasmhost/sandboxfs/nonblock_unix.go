//go:build unix

package sandboxfs

import "syscall"

// nonBlock keeps the opening of a pipe, put in the place of a file meanwhile, from blocking.
const nonBlock = syscall.O_NONBLOCK
