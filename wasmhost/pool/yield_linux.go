package pool

import "golang.org/x/sys/unix"

// yield lets a process that has just been woken have this processor, where it waits for it. Linux
// likes to wake a pipe's reader on the processor of its writer, as if that had no more to do; what
// it goes on with then would keep the reader waiting, even where another processor is idle.
func yield() { _, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
