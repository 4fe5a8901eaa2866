//go:build unix

package pool

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// takeStdio moves the pipes to the parent away from descriptors 0 and 1 and puts harmless files
// there, so that nothing that prints or reads by accident, guest or library, can reach the
// protocol. The pipes are not inherited by what a plugin executes.
func takeStdio() (in, out *os.File, err error) {
	if in, err = keep(0, "parent's calls"); err != nil {
		return nil, nil, err
	}
	if out, err = keep(1, "answers"); err != nil {
		return nil, nil, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer null.Close()
	if err := dup(int(null.Fd()), 0); err != nil {
		return nil, nil, os.NewSyscallError("dup", err)
	}
	if err := dup(2, 1); err != nil {
		return nil, nil, os.NewSyscallError("dup", err)
	}
	keepFromCommands()
	return in, out, nil
}

// keepFromCommands has nothing inherited by what a plugin executes: an editor may have left files and
// pipes of its own open for its children. Where the system does not list them, they stay.
func keepFromCommands() {
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, f := range open {
		if fd, err := strconv.Atoi(f.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd)
		}
	}
}

// keep duplicates a descriptor out of the way. It is made non-blocking, so that a read waits in
// Go's poller and not in a thread that holds a processor from the goroutine that runs the guest.
func keep(fd uintptr, name string) (*os.File, error) {
	kept, err := unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	if err := unix.SetNonblock(kept, true); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(kept), name), nil
}
