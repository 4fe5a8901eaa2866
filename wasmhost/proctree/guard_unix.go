//go:build unix

package proctree

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
)

// Descriptors of a guard, besides the command's own three.
const (
	// lifeline is a pipe that nothing is written to: when its other end closes, all must end.
	lifeline = 3
	// report is a pipe for why a command could not be started; nothing is written if it was.
	report = 4
)

// killedStatus is a guard's exit status when it ended the command.
const killedStatus = 128 + 9

// Guard runs the program at path with args (the first is its name) and returns the status to exit
// with: the program's own, 128 and the signal's number if one ended it. It returns when the program
// and all that it started are gone.
func Guard(path string, args []string) int {
	syscall.CloseOnExec(lifeline)
	syscall.CloseOnExec(report)
	told := os.NewFile(report, "report")
	if err := adopt(); err != nil {
		fmt.Fprintf(told, "guard the command: %s", err)
		return 127
	}
	liftLimits()
	pid, err := syscall.ForkExec(path, args, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		fmt.Fprint(told, err)
		return 127
	}
	_ = told.Close() // nothing more to tell
	var over atomic.Bool
	go func() {
		_, _ = os.NewFile(lifeline, "lifeline").Read(make([]byte, 1))
		over.Store(true)
		killDescendants(pid)
	}()
	status := killedStatus
	for {
		var ws syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &ws, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil: // there are none left
			return status
		}
		if ended == pid {
			status = statusOf(ws)
			over.Store(true)
		}
		if over.Load() { // what was forked a moment ago is found after its parent's end
			killDescendants(pid)
		}
	}
}

// raise lets each resource go up to its hard limit again. A failure leaves the command with less.
func raise(resources ...int) {
	for _, r := range resources {
		var l syscall.Rlimit
		if syscall.Getrlimit(r, &l) == nil {
			l.Cur = l.Max
			_ = syscall.Setrlimit(r, &l)
		}
	}
}

func statusOf(ws syscall.WaitStatus) int {
	if ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}
