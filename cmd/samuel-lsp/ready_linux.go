package main

import (
	"io"

	"golang.org/x/sys/unix"
)

const (
	// readyLimit is how much a pipe or socket certainly takes, in bytes, that the kernel calls writable:
	// pipe(7) promises PIPE_BUF of a pipe.
	readyLimit = 4096
	// leastBuffer is the size of a socket's buffer from which on that holds for it, too: it is called
	// writable while no more than a quarter is used. The kernel's default is 208 KiB.
	leastBuffer = 32 << 10
)

// readyStdio is the standard streams of which it is known what they take at once.
type readyStdio struct{ stdio }

// ReadyFor implements [github.com/samuelpkg/samuel-lsp/lsp/wire.Ready].
func (readyStdio) ReadyFor(n int) bool {
	fds := []unix.PollFd{{Fd: int32(unix.Stdout), Events: unix.POLLOUT}}
	ready, err := unix.Poll(fds, 0)
	return n <= readyLimit && err == nil && ready > 0
}

// connection returns the standard streams as what editors connect them to.
func connection(s stdio) io.ReadWriteCloser {
	var info unix.Stat_t
	if err := unix.Fstat(unix.Stdout, &info); err != nil {
		return s
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFIFO:
		return readyStdio{s}
	case unix.S_IFSOCK:
		if size, err := unix.GetsockoptInt(unix.Stdout, unix.SOL_SOCKET, unix.SO_SNDBUF); err == nil && size >= leastBuffer {
			return readyStdio{s}
		}
	}
	return s
}
