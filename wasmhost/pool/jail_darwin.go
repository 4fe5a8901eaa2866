package pool

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// jail ties a child's life to this process's, as far as this system can: the child sees the end of
// its stdin, and its processor time is limited.
type jail struct{}

// confine gives the child a process group of its own, which keeps a terminal's Ctrl-C for the
// parent to handle.
func confine(cmd *exec.Cmd) (*jail, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &jail{}, nil
}

func (*jail) admit(*os.Process) error { return nil }

func (*jail) kill(p *os.Process) {
	if p.Kill() == nil { // while it is not reaped, its number is nobody else's
		_ = unix.Kill(-p.Pid, unix.SIGKILL)
	}
}

func (*jail) close() {}
