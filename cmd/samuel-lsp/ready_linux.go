package main

import "golang.org/x/sys/unix"

// readyLimit is how much a pipe or socket certainly takes, in bytes, that the kernel calls writable:
// pipe(7) says so of PIPE_BUF, and of sockets a share of their buffer that is larger must be free.
const readyLimit = 4096

// ReadyFor implements [github.com/samuelpkg/samuel-lsp/lsp/wire.Ready].
func (stdio) ReadyFor(n int) bool {
	fds := []unix.PollFd{{Fd: int32(unix.Stdout), Events: unix.POLLOUT}}
	ready, err := unix.Poll(fds, 0)
	return n <= readyLimit && err == nil && ready > 0
}
