package pool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// run is one attempt at a call on one worker.
type run struct {
	claim
	pool  *Pool
	req   call.Request
	sink  func(call.Event)
	start time.Time
	last  bool // no further attempt: whatever happens is the answer

	heard   bool // the worker has said something of this call
	limit   time.Duration
	timer   *time.Timer
	sum     string       // what it compiles, while it does
	held    []call.Event // of the interpreter, until its answer counts
	head    *time.Timer  // set when the interpreter works: its head start before the compiler
	compile *job         // the compilation beside it
}

// headStart is how long the interpreter of a new module works alone. It answers in about that time
// when nothing competes for processors and memory, and the compiler needs several times as long.
const headStart = 200 * time.Millisecond

// repeatable says whether a call may run twice without anyone noticing: nothing outside the guest
// can have changed. Only such a call may be answered by the interpreter, because it may have to be
// asked again of the compiler: the interpreter is slow and allows little recursion.
func repeatable(req call.Request) bool {
	c := req.Capabilities
	return req.Kind == call.Probe ||
		len(c.Write) == 0 && len(c.Hosts) == 0 && !c.Exec && !c.SamuelAPI && !c.Assistant
}

// do runs the attempt to its end. When again is true there is no answer and another attempt is due.
func (r *run) do(ctx context.Context) (res call.Result, again bool) {
	p := r.pool
	msg := callMsg{Request: r.req, Interpret: repeatable(r.req), Refuse: p.refusals()}
	if err := r.send(frameCall, msg); errors.Is(err, errFrameTooLarge) {
		p.unclaim(r.worker)
		return r.over(call.Outcome{Word: call.Failed, Text: fmt.Sprintf("the payload makes the request larger than %d MiB", maxFrame>>20)}), false
	} // a broken pipe shows as the end of its frames
	r.limit = hardTimeout(r.req.Capabilities)
	r.timer = time.NewTimer(r.limit + grace)
	defer r.timer.Stop()
	for {
		select {
		case f, ok := <-r.frames:
			if !ok {
				return r.died()
			}
			if res, done := r.frame(f); done {
				return r.accept(ctx, res)
			}
		case <-r.timer.C:
			return r.late()
		case <-r.headStart():
			r.compile = p.compileLater(r.req)
		case <-r.compiled():
			return r.supersede()
		case <-ctx.Done():
			r.stop()
			return r.over(call.Outcome{Word: call.Cancelled}), false
		case <-p.closing:
			r.stop()
			return r.over(call.Outcome{Word: call.Cancelled}), false
		}
	}
}

// headStart is ready when the interpreter has had the processors to itself for long enough.
func (r *run) headStart() <-chan time.Time {
	if r.head == nil {
		return nil
	}
	return r.head.C
}

// compiled is ready when the compilation beside an interpreter's run has ended.
func (r *run) compiled() <-chan struct{} {
	if r.compile == nil {
		return nil
	}
	return r.compile.done
}

func (r *run) over(o call.Outcome) call.Result {
	return call.Result{Outcome: o, Duration: time.Since(r.start)}
}

// frame handles one frame; done says that it was the answer.
func (r *run) frame(f frame) (res call.Result, done bool) {
	if f.kind == frameReady {
		r.queued = false
		r.start = time.Now()
		r.timer.Reset(r.limit + grace)
		return res, false
	}
	if r.queued {
		return res, false // of the spare before this call
	}
	r.heard = true
	switch f.kind {
	case framePhase:
		var m phaseMsg
		if f.decode(&m) == nil {
			r.phase(m)
		}
	case frameEvent:
		var e call.Event
		if f.decode(&e) != nil {
			break
		}
		if r.head != nil {
			r.held = append(r.held, e)
		} else {
			r.sink(e)
		}
	case frameResult:
		var m resultMsg
		if err := f.decode(&m); err != nil {
			return r.over(call.Outcome{Word: call.Failed, Text: err.Error()}), true
		}
		return m.Result, true
	}
	return res, false
}

func (r *run) phase(m phaseMsg) {
	switch m.Phase {
	case PhaseCompile:
		r.sum = m.Sum
		r.timer.Reset(r.pool.o.CompileLimit + grace)
	case PhaseInterpret:
		r.head = time.NewTimer(headStart)
		r.timer.Reset(max(r.limit, r.pool.o.CompileLimit) + grace)
	case PhaseRun:
		r.sum = ""
		if r.head == nil {
			r.timer.Reset(r.limit + grace)
			r.pool.standBy(r.req, r.worker)
		}
	}
}

// accept takes an answer. Recursion that is too deep for the interpreter need not be for the
// compiler, so that answer is asked for again.
func (r *run) accept(ctx context.Context, res call.Result) (call.Result, bool) {
	if r.head == nil {
		r.pool.standBy(r.req, r.worker)
		return res, false
	}
	r.head.Stop()
	r.compile = r.pool.compileLater(r.req)
	if res.Outcome.Word == call.Trap && strings.Contains(res.Outcome.Text, "stack overflow") && !r.last {
		select {
		case <-r.compile.done:
			if r.compile.outcome.Word == call.OK {
				return call.Result{}, true
			}
		case <-ctx.Done():
			return r.over(call.Outcome{Word: call.Cancelled}), false
		case <-r.pool.closing:
			return r.over(call.Outcome{Word: call.Cancelled}), false
		}
	}
	for _, e := range r.held {
		r.sink(e)
	}
	return res, false
}

// supersede ends the interpreter's run because the compiler was faster.
func (r *run) supersede() (call.Result, bool) {
	held := r.held
	r.stop()
	if o := r.compile.outcome; o.Word != call.OK || r.last {
		for _, e := range held {
			r.sink(e)
		}
		return r.over(o), false
	}
	return call.Result{}, true
}

// late ends a run that passed its limit.
func (r *run) late() (call.Result, bool) {
	r.stop()
	switch {
	case r.queued && !r.last:
		return call.Result{}, true
	case r.sum != "":
		r.pool.refuse(r.sum)
		return r.over(compileTimedOut(r.pool.o.CompileLimit)), false
	}
	return r.over(call.Outcome{Word: call.TimedOut, After: r.limit}), false
}

func compileTimedOut(after time.Duration) call.Outcome {
	return call.Outcome{Word: call.TimedOut, After: after, Phase: "compile"}
}

// died answers for a child that ended on its own. Where the call cannot have begun, or leaves no
// trace, another child is asked.
func (r *run) died() (call.Result, bool) {
	if !r.last && (r.queued || !r.heard && repeatable(r.req)) {
		return call.Result{}, true
	}
	o := r.fate()
	r.sink(call.Event{Log: &call.LogLine{
		Time: time.Now(), Level: call.LevelError, Source: call.SourceHost,
		Text: "the plugin's process ended: " + o.Text,
	}})
	return r.over(o), false
}

// stop kills the worker and delivers what it said until then: what was logged last explains a kill.
func (r *run) stop() {
	r.pool.abort(r.claim, func(f frame) {
		if f.kind == frameEvent {
			r.frame(f)
		}
	})
}
