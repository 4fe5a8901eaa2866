package wasmhost

import (
	"context"
	"errors"
	"os/exec"
	"time"

	"github.com/google/shlex"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Results of exec besides exit codes.
const (
	execNotStarted = -1
	execDenied     = -2
	execPolicy     = -3
	execTimedOut   = -4
)

// maxExitCode is the highest exit code that exec reports; higher ones are cut to it.
const maxExitCode = 255

// pipeDelay is how long the output of a command is still read when the command has ended and left
// something behind that holds it open. A busy machine may take a while to read what is there.
const pipeDelay = time.Second

// hostExec is exec(cmd_ptr, cmd_len) -> exit code. No shell is involved: the command is split into
// words as a shell would. It runs in the project's folder with the allowed environment only, its
// output goes to the log, and everything it started ends with it.
func hostExec(c *hostCall) {
	command := string(c.bytes(0))
	c.stack[0] = uint64(uint32(c.exec(command)))
}

func (c *hostCall) exec(command string) int32 {
	if c.late() {
		return execTimedOut
	}
	if denied := c.allowed(Exec, command); denied != nil {
		if denied.Policy {
			return execPolicy
		}
		return execDenied
	}
	words, err := shlex.Split(command)
	switch {
	case err != nil:
		c.refuse("split %q into words: %s", command, err)
		return execNotStarted
	case len(words) == 0:
		c.refuse("the command is empty")
		return execNotStarted
	case c.run.projectRoot == "":
		c.refuse("there is no project to run %q in", command)
		return execNotStarted
	}
	ctx, stop := c.run.bound(c.ctx)
	defer stop()
	return c.start(ctx, words)
}

func (c *hostCall) start(ctx context.Context, words []string) int32 {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = c.run.projectRoot
	cmd.Env = c.run.env
	if cmd.Env == nil {
		cmd.Env = []string{} // nil would mean the host's own
	}
	cmd.WaitDelay = pipeDelay
	stdout, stderr := c.run.commandOutput(call.SourceStdout), c.run.commandOutput(call.SourceStderr)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	defer stdout.flush()
	defer stderr.flush()
	family, err := newFamily(cmd, c.run.guard)
	if err != nil {
		c.refuse("prepare %q: %s", words[0], err)
		return execNotStarted
	}
	defer func() {
		_ = family.kill(cmd.Process) // what the command left behind
		family.close()
		if c.run.sweep != nil {
			c.run.sweep()
		}
	}()
	if err := cmd.Start(); err != nil {
		c.refuse("start %q: %s", words[0], err)
		return execNotStarted
	}
	if err := family.adopt(cmd.Process); err != nil {
		c.refuse("hold %q: %s", words[0], err)
		_ = cmd.Process.Kill() // it may have ended already
		_ = cmd.Wait()
		return execNotStarted
	}
	// Not by exec.CommandContext, which kills a guard that takes its time before it has done its work.
	stop := context.AfterFunc(ctx, func() { _ = family.kill(cmd.Process) })
	err = cmd.Wait()
	stop()
	if ctx.Err() != nil {
		c.refuse("%q was killed, the timeout has passed", words[0])
		return execTimedOut
	}
	if err := family.started(); err != nil {
		c.refuse("start %q: %s", words[0], err)
		return execNotStarted
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		c.refuse("run %q: %s", words[0], err)
		return execNotStarted
	}
	return int32(min(exitCode(cmd.ProcessState), maxExitCode))
}

// commandOutput turns what a command writes into log lines. Each stream has its own goroutine.
func (r *run) commandOutput(source call.Source) *lineWriter {
	return &lineWriter{emit: func(line []byte) { r.out.text(call.LevelInfo, source, line) }}
}
