//go:build unix

package wasmhost

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// maxReport bounds what a guard says of a command that did not start.
const maxReport = 4 << 10

// family is a command and all it starts: a process group of its own, and where there is a guard,
// everything below that.
type family struct {
	guarded bool

	once     sync.Once
	lifeline *os.File   // while it is open, a guard lets the command live
	report   *os.File   // what the guard has to say
	passed   []*os.File // the guard's ends of both
}

// newFamily prepares cmd, which must not have been started. With a guard, that is started instead
// and starts the command.
func newFamily(cmd *exec.Cmd, guard []string) (*family, error) {
	cmd.SysProcAttr = familyAttributes()
	f := &family{}
	if len(guard) == 0 || cmd.Err != nil { // starting a command that was not found says so
		return f, nil
	}
	lifelineEnd, lifeline, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	report, reportEnd, err := os.Pipe()
	if err != nil {
		lifelineEnd.Close()
		lifeline.Close()
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	f.guarded, f.lifeline, f.report = true, lifeline, report
	f.passed = []*os.File{lifelineEnd, reportEnd}
	cmd.ExtraFiles = f.passed
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // and no death signal: it must see its host's end
	args := append(append([]string{}, guard...), cmd.Path)
	cmd.Path, cmd.Args = guard[0], append(args, cmd.Args...)
	return f, nil
}

// adopt is called when the command has been started.
func (f *family) adopt(*os.Process) error {
	f.closePassed()
	return nil
}

func (f *family) closePassed() {
	for _, end := range f.passed {
		end.Close()
	}
	f.passed = nil
}

// started returns why a guard could not start the command. It waits for the guard to tell, which
// has no more to tell when the command runs.
func (f *family) started() error {
	if !f.guarded {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f.report, maxReport))
	if err == nil && len(text) > 0 {
		err = errors.New(string(text))
	}
	return err
}

// kill ends the whole family. There being none left is what is wanted.
func (f *family) kill(leader *os.Process) error {
	if f.guarded {
		f.once.Do(func() { f.lifeline.Close() })
		return nil
	}
	if leader == nil {
		return nil
	}
	err := syscall.Kill(-leader.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// close lets go of the family, which has been killed.
func (f *family) close() {
	f.closePassed()
	if f.report != nil {
		f.report.Close()
	}
}

// exitCode follows shells: 128 and the signal's number where one ended the command.
func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}
