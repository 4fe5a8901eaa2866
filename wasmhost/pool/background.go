package pool

import (
	"slices"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// background is what the pool does beside calls, one thing at a time: compiling what the
// interpreter answered for, and readying a second child for the next call.
type background struct {
	running bool
	cold    []*job        // to be compiled, oldest first; the first one is being compiled
	standby *call.Request // what the child standing by should be ready for
	beside  *worker       // the child that has just run it, or runs it
}

// job is one module's compilation in the background.
type job struct {
	req     call.Request
	done    chan struct{} // closed when it is over
	outcome call.Outcome  // OK when the module is compiled now
}

// refusedKept bounds the list of modules that are not compiled again.
const refusedKept = 32

// compileLater has a module compiled by another child; a module is compiled once at a time.
func (p *Pool) compileLater(req call.Request) *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.compiling(req.Module); i >= 0 {
		return p.back.cold[i]
	}
	j := &job{req: req, done: make(chan struct{})}
	p.back.cold = append(p.back.cold, j)
	p.kick()
	return j
}

func (p *Pool) compiling(module string) int {
	return slices.IndexFunc(p.back.cold, func(j *job) bool { return j.req.Module == module })
}

// standBy asks for a child, other than beside, that is ready for req.
func (p *Pool) standBy(req call.Request, beside *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.back.standby, p.back.beside = &req, beside
	p.kick()
}

// kick starts the background work if it sleeps; the caller holds the mutex.
func (p *Pool) kick() {
	if !p.back.running && !p.closed {
		p.back.running = true
		p.wg.Go(p.work)
	}
}

// work does what is to be done, and ends when there is nothing left.
func (p *Pool) work() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		if len(p.back.cold) > 0 {
			j := p.back.cold[0]
			p.mu.Unlock()
			j.outcome = p.prepare(j.req, nil)
			close(j.done)
			p.mu.Lock()
			p.back.cold = p.back.cold[1:]
			continue
		}
		req, beside := p.back.standby, p.back.beside
		p.back.standby, p.back.beside = nil, nil
		if req == nil {
			break
		}
		if p.standsBy(req.Module, beside) {
			continue
		}
		p.mu.Unlock()
		p.prepare(*req, beside)
		p.mu.Lock()
	}
	for _, j := range p.back.cold {
		j.outcome = call.Outcome{Word: call.Cancelled}
		close(j.done)
	}
	p.back.cold = nil
	p.back.running = false
	p.settle()
}

// standsBy says whether a child other than beside is ready for a module; the caller holds the mutex.
func (p *Pool) standsBy(module string, beside *worker) bool {
	return slices.ContainsFunc(p.workers, func(w *worker) bool {
		return w != beside && w.spare == module && (w.state == idle || w.state == sparing)
	})
}

// prepare has some child other than beside compile a module and keep a spare of it.
func (p *Pool) prepare(req call.Request, beside *worker) call.Outcome {
	w, err := p.acquire(req, true, beside)
	if err != nil {
		return call.Outcome{Word: call.Failed, Text: err.Error()}
	}
	if w.send(framePrepare, callMsg{Request: req, Refuse: p.refusals()}) != nil {
		w.kill() // its frames end
	}
	timer := time.NewTimer(p.o.CompileLimit + hardTimeout(req.Capabilities))
	defer timer.Stop()
	compiling := ""
	for {
		select {
		case f, ok := <-w.frames:
			if !ok {
				return w.fate()
			}
			var m phaseMsg
			var ready readyMsg
			switch {
			case f.kind == frameReady && w.queued:
				w.queued = false // that was the spare before
			case f.kind == frameReady:
				if f.decode(&ready) == nil && ready.Warm {
					return call.Outcome{Word: call.OK}
				}
				return call.Outcome{Word: call.Failed, Text: "the module does not compile"}
			case f.kind == framePhase && f.decode(&m) == nil && m.Phase == PhaseCompile:
				compiling = m.Sum
				timer.Reset(p.o.CompileLimit + grace)
			case f.kind == framePhase && m.Phase == PhaseRun:
				compiling = ""
				timer.Reset(hardTimeout(req.Capabilities) + grace)
			}
		case <-timer.C:
			p.abort(w, func(frame) {})
			if compiling == "" {
				return call.Outcome{Word: call.TimedOut, After: hardTimeout(req.Capabilities)}
			}
			p.refuse(compiling)
			return compileTimedOut(p.o.CompileLimit)
		case <-p.closing:
			p.abort(w, func(frame) {})
			return call.Outcome{Word: call.Cancelled}
		}
	}
}
