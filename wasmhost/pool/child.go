package pool

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/proctree"
)

// Executor does a child's work. Serve calls its methods one at a time.
type Executor interface {
	// Execute runs one call. Hooks tells the parent what is going on and says what is allowed.
	Execute(ctx context.Context, req call.Request, h Hooks) call.Result
	// Prepare makes the next call like req cheap: it compiles the module and keeps a fresh instance.
	// It has no effect that can be seen outside the child. It reports whether the module is compiled.
	Prepare(ctx context.Context, req call.Request, h Hooks) bool
	// Trim gives back memory that is not needed while idle.
	Trim()
	// Stats returns the module cache's figures since the child started.
	Stats() CacheStats
}

// Hooks is what an Executor is given for one call.
type Hooks struct {
	// Event is called for each thing seen, from the calling goroutine or any other, one at a time.
	Event func(call.Event)
	// Phase announces what starts now, for the module with the given SHA-256 in hexadecimal. An
	// error forbids it: the call then ends with the outcome in a *Refusal.
	Phase func(p Phase, sum string) error
	// Interpret allows an answer from the interpreter.
	Interpret bool
}

// Refusal is the error of Hooks.Phase: the module is known not to compile in time.
type Refusal struct{}

func (*Refusal) Error() string { return "the module took too long to compile before" }

// Serve is the whole life of a child process: it takes over stdin and stdout, says hello, opens
// the executor and answers calls until its parent closes the pipe, dies, or sends what it does not
// understand. It may return while a call still runs; the caller then ends the process at once.
func Serve(ctx context.Context, open func(context.Context, Config) (Executor, error)) error {
	debug.SetGCPercent(lazily)
	debug.SetMemoryLimit(lazyBelow)
	in, out, err := takeStdio()
	if err != nil {
		return fmt.Errorf("take over the standard streams: %w", err)
	}
	if err := bindToParent(); err != nil {
		return fmt.Errorf("bind this process to its parent: %w", err)
	}
	return serve(ctx, in, out, open)
}

// serve reads frames on the calling goroutine, so that the end of the pipe is seen while a guest
// runs, and works on another.
func serve(ctx context.Context, in io.Reader, out io.Writer, open func(context.Context, Config) (Executor, error)) error {
	r := bufio.NewReaderSize(in, 64<<10)
	first, err := readFrame(r)
	if err != nil {
		return quiet(err)
	}
	var h hello
	if first.kind != frameHello {
		return fmt.Errorf("the first frame is %q, want a hello; is this the right parent?", first.kind)
	}
	if err := first.decode(&h); err != nil {
		return err
	}
	c := &child{out: out}
	if err := c.send(frameHello, hello{Version: ProtocolVersion}); err != nil {
		return err
	}
	if h.Version != ProtocolVersion {
		return fmt.Errorf("the parent speaks version %d, this host %d; restart the language server", h.Version, ProtocolVersion)
	}
	if c.exec, err = open(ctx, h.Config); err != nil {
		return err
	}
	work := make(chan frame)
	failed := make(chan error, 1)
	go func() {
		for f := range work {
			if err := c.handle(ctx, f); err != nil {
				failed <- err
				return
			}
		}
	}()
	defer close(work)
	for {
		f, err := readFrame(r)
		if err != nil {
			return quiet(err)
		}
		select {
		case work <- f:
		case err := <-failed:
			return err
		}
	}
}

// quiet makes the ordinary ends of the pipe no error.
func quiet(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// child is the child's end of the pipe.
type child struct {
	exec Executor

	mu  sync.Mutex // guests may log from host functions while a phase is announced
	out io.Writer
	buf []byte

	worked time.Duration // since memory was last measured
	calls  int           // since then
}

func (c *child) send(t frameType, v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := appendFrame(c.buf[:0], t, v)
	if err != nil {
		return err
	}
	if _, err := c.out.Write(b); err != nil {
		return fmt.Errorf("answer the parent: %w", err)
	}
	if cap(b) <= 1<<20 {
		c.buf = b
	}
	return nil
}

func (c *child) handle(ctx context.Context, f frame) error {
	switch f.kind {
	case frameTrim:
		c.exec.Trim()
		return nil
	case frameCall, framePrepare:
		var m callMsg
		if err := f.decode(&m); err != nil {
			return err
		}
		began := time.Now()
		hooks := c.hooks(m)
		if f.kind == frameCall {
			if err := c.call(ctx, m.Request, hooks); err != nil {
				return err
			}
		}
		defer limitCall(m.Request.Capabilities)() // a guest that is only initialised is as hostile
		hooks.Event = func(call.Event) {}         // nothing a spare does is part of a run
		warm := c.exec.Prepare(ctx, m.Request, hooks)
		return c.send(frameReady, readyMsg{Warm: warm, Retire: c.grown(time.Since(began)), Cache: c.exec.Stats()})
	}
	return fmt.Errorf("frame %q is none that a host understands", f.kind)
}

// grown says whether the process has become too big to be kept. Finding out stops the world, which is
// as long as a small plugin's call; so it is asked when so much was done since, in time or in number, that
// the answer may have changed.
func (c *child) grown(worked time.Duration) bool {
	c.worked += worked
	c.calls++
	if c.worked < measureAfter && c.calls < measureCalls {
		return false
	}
	c.worked, c.calls = 0, 0
	return heldMemory() > retireAbove
}

func (c *child) call(ctx context.Context, req call.Request, hooks Hooks) error {
	defer limitCall(req.Capabilities)()
	res := c.exec.Execute(ctx, req, hooks)
	proctree.Sweep()
	err := c.send(frameResult, resultMsg{Result: res})
	yield()
	if errors.Is(err, errFrameTooLarge) {
		return c.send(frameResult, resultMsg{Result: call.Result{
			Outcome:  call.Outcome{Word: call.Failed, Text: fmt.Sprintf("the reply is larger than %d MiB", maxFrame>>20)},
			Duration: res.Duration,
		}})
	}
	return err
}

func (c *child) hooks(m callMsg) Hooks {
	announced := false
	return Hooks{
		Interpret: m.Interpret,
		Event:     func(e call.Event) { _ = c.send(frameEvent, e) }, // a broken pipe ends the process through its reader
		Phase: func(p Phase, sum string) error {
			if p == PhaseRun && !announced {
				return nil
			}
			if p == PhaseCompile && slices.Contains(m.Refuse, sum) {
				return &Refusal{}
			}
			announced = true
			return c.send(framePhase, phaseMsg{Phase: p, Sum: sum})
		},
	}
}
