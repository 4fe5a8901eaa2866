package pool

import (
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// acquire hands out the child that answers soonest: one with a spare of the module, one that holds
// it compiled, one that is idle, a new one, one that still prepares a spare of something else. It
// never hands out the one given as not.
func (p *Pool) acquire(req call.Request, preparing bool, not *worker) (claim, error) {
	limit := p.o.CompileLimit + hardTimeout(req.Capabilities)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return claim{}, errClosed
	}
	module := req.Module
	best, score := p.best(module, not)
	if score <= scoreSparing && p.usable()+p.starting <= p.o.Size {
		p.starting++
		p.mu.Unlock()
		w, err := p.start(func(w *worker) claim { return w.claim(module, preparing, limit) })
		p.mu.Lock()
		p.starting--
		if err == nil {
			return w, nil
		}
		if best, _ = p.best(module, not); best == nil {
			return claim{}, err
		}
	}
	if best == nil {
		return claim{}, errBusy
	}
	return best.claim(module, preparing, limit), nil
}

// usable counts the children that are not on their way out; the caller holds the mutex.
func (p *Pool) usable() (n int) {
	for _, w := range p.workers {
		if w.state != retired {
			n++
		}
	}
	return n
}

func (p *Pool) best(module string, not *worker) (best *worker, score int) {
	for _, w := range p.workers {
		if s := w.score(module); s > score && w != not {
			best, score = w, s
		}
	}
	return best, score
}

// Scores of a child for a call.
const (
	scoreSparing = iota + 1
	scoreIdle
	scoreWarm
	scoreSparingThis
	scoreSpare
)

func (w *worker) score(module string) int {
	switch {
	case w.state == idle && w.spare == module:
		return scoreSpare
	case w.state == sparing && w.spare == module:
		return scoreSparingThis
	case w.state == idle && w.warm[module]:
		return scoreWarm
	case w.state == idle:
		return scoreIdle
	case w.state == sparing:
		return scoreSparing
	}
	return 0
}

// claim is the right to use a worker until it answers, and what it says meanwhile.
type claim struct {
	*worker
	frames chan frame // closed after the answer, or when the child is gone
	queued bool       // the worker still prepares an earlier call's spare
}

// claim makes the worker busy with a module; the caller holds the pool's mutex.
func (w *worker) claim(module string, preparing bool, limit time.Duration) claim {
	if w.slow != nil {
		w.slow.Stop()
	}
	inbox := make(chan frame, 8)
	w.inbox = inbox
	w.behind = w.state == sparing
	w.state, w.preparing, w.task, w.limit = busy, preparing, module, limit
	return claim{worker: w, frames: inbox, queued: w.behind}
}

// abort kills the claimed worker, unless it has answered in the meantime and is another's by now,
// and passes on what it said until then.
func (p *Pool) abort(c claim, each func(frame)) {
	p.mu.Lock()
	if c.state == busy && c.inbox == c.frames {
		p.count.killed++
		c.aborted = true
		c.kill()
	}
	p.mu.Unlock()
	for f := range c.frames {
		each(f)
	}
}

// unclaim takes a claim back before anything was sent.
func (p *Pool) unclaim(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case w.state != busy:
	case w.behind:
		w.prepareSpare()
	default:
		w.state = idle
	}
}

// prepareSpare gives the worker its limit to prepare a spare; the caller holds the mutex.
func (w *worker) prepareSpare() {
	w.state = sparing
	if w.slow == nil {
		w.slow = time.AfterFunc(w.limit, w.kill)
	} else {
		w.slow.Reset(w.limit)
	}
}

// start starts a worker and claims it. The mutex is not held meanwhile, because it takes
// milliseconds.
func (p *Pool) start(take func(*worker) claim) (claim, error) {
	w, out, err := p.spawn.start(p.o)
	if err != nil {
		return claim{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		w.kill()
		<-w.exited
		return claim{}, errClosed
	}
	mine := take(w)
	p.count.started++
	p.workers = append(p.workers, w)
	p.wg.Go(func() {
		for {
			f, err := readFrame(out)
			if err != nil || !p.arrived(w, f) {
				break
			}
		}
		w.kill() // it is gone already, or talks nonsense
		<-w.exited
		p.left(w)
	})
	return mine, nil
}

// arrived takes one frame from a worker, in order, and passes it to the owner; false says that the
// worker is of no use.
func (p *Pool) arrived(w *worker, f frame) bool {
	p.mu.Lock()
	owned, inbox, sense := w.state == busy, w.inbox, true
	switch {
	case w.aborted && f.kind != frameEvent:
		// It answered just before it was killed. To take note of that would hand out a dead child.
		sense = false
	case f.kind == frameReady:
		sense = w.ready(f)
	case f.kind == frameResult:
		if sense = w.state == busy && !w.behind && !w.preparing; sense {
			w.spare = w.task
			w.prepareSpare()
		}
	case f.kind == framePhase: // a spare's own phases interest nobody
	default:
		sense = f.kind == frameEvent && w.state == busy
	}
	ended := w.state != busy
	p.mu.Unlock()
	if owned && sense {
		inbox <- f
		if ended {
			close(inbox)
		}
	}
	return sense
}

// ready notes that the worker has done what it had to after a call, or for a preparation; the caller
// holds the mutex.
func (w *worker) ready(f frame) bool {
	var m readyMsg
	if w.state == idle || f.decode(&m) != nil {
		return false
	}
	if w.preparing && w.state == busy && !w.behind {
		w.spare = w.task
	}
	w.cache = m.Cache
	if w.warm[w.spare] = m.Warm; !m.Warm {
		w.spare = ""
	}
	switch {
	case w.state == sparing:
		w.slow.Stop()
		w.state = idle
	case w.behind:
		w.behind = false
	case w.preparing:
		w.state = idle
	default:
		return false
	}
	if m.Retire && w.state == idle {
		w.state = retired
		w.end()
	}
	return true
}

// left forgets a worker that is gone.
func (p *Pool) left(w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.state == busy {
		close(w.inbox)
	}
	w.state = retired
	if w.slow != nil {
		w.slow.Stop()
	}
	p.count.bury(w.cache)
	for i, other := range p.workers {
		if other == w {
			p.workers = append(p.workers[:i:i], p.workers[i+1:]...)
			break
		}
	}
}
