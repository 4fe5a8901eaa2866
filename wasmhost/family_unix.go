//go:build unix

package wasmhost

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// family is a command and all it starts: a process group of its own.
type family struct{ leader int }

func newFamily(cmd *exec.Cmd) (*family, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &family{}, nil
}

func (f *family) adopt(p *os.Process) error {
	f.leader = p.Pid
	return nil
}

// kill ends the whole group. There being none left is what is wanted.
func (f *family) kill() error {
	if f.leader == 0 {
		return nil
	}
	err := syscall.Kill(-f.leader, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// exitCode follows shells: 128 and the signal's number where one ended the command.
func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}
