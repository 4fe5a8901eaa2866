package pool

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// jail ties a child's life to this process's.
type jail struct{}

// confine asks the kernel to kill the child when the thread that starts it ends, which is why
// children are started from one thread that lives as long as the pool. A process group of its own
// keeps a terminal's Ctrl-C for the parent to handle.
func confine(cmd *exec.Cmd) (*jail, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return &jail{}, nil
}

func (*jail) admit(*os.Process) error { return nil }

func (*jail) kill(p *os.Process) {
	if p.Kill() == nil { // while it is not reaped, its number is nobody else's
		_ = unix.Kill(-p.Pid, unix.SIGKILL)
	}
}

func (*jail) close() {}
