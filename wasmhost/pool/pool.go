package pool

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Options say how a Pool works. Executable is required.
type Options struct {
	Executable string   // the program whose processes call Serve
	Args       []string // its arguments
	Env        []string // its environment; nil: this process's
	Config     Config   // told to each child

	// Size is how many calls run at once; 0 means one for each processor, at most 4.
	Size int
	// CompileLimit is how long a module may compile; 0 means 10 s.
	CompileLimit time.Duration
	// TrimAfter is how long nothing has to happen before children give memory back; 0 means 3 s.
	TrimAfter time.Duration
	// EndAfter is how much longer it takes until they end; 0 means 10 min.
	EndAfter time.Duration
}

const (
	defaultTrim = 3 * time.Second
	defaultEnd  = 10 * time.Minute
	// grace is added to a call's hard timeout before its child is killed, so that a call which
	// ends just in time is answered.
	grace = 50 * time.Millisecond
	// maxAttempts bounds how many children are asked for one answer, where those before ended before
	// the call can have begun in them.
	maxAttempts = 3
)

// Pool runs calls in child processes. Children are started when they are first needed, up to one
// more than there are calls at once: that one stands by with the last module ready, so that the
// call after a kill does not wait for a new process. Make one with New; it is safe for concurrent use.
type Pool struct {
	o       Options
	slots   chan struct{} // one token for each call in progress
	closing chan struct{} // closed by Close
	spawn   *spawner
	wg      sync.WaitGroup // everything that owns a worker, and each worker's reader

	mu       sync.Mutex
	closed   bool
	workers  []*worker
	starting int // children being started
	calls    int // in progress
	back     background
	refused  []string    // SHA-256 sums of modules that took too long to compile
	rest     *time.Timer // trims the children, then ends them, when nothing happens
	trimmed  bool
	count    counters
}

var (
	errClosed = errors.New("the plugin host was closed")
	// errBusy is met by background work only: there is a child more than there are calls, and one
	// background task.
	errBusy = errors.New("all plugin hosts are busy")
)

// New returns a pool without children.
func New(o Options) *Pool {
	if o.Size <= 0 {
		o.Size = min(runtime.NumCPU(), 4)
	}
	if o.CompileLimit <= 0 {
		o.CompileLimit = compileLimit
	}
	if o.TrimAfter <= 0 {
		o.TrimAfter = defaultTrim
	}
	if o.EndAfter <= 0 {
		o.EndAfter = defaultEnd
	}
	p := &Pool{o: o, slots: make(chan struct{}, o.Size), closing: make(chan struct{}), spawn: newSpawner()}
	p.rest = time.AfterFunc(time.Hour, p.resting)
	p.rest.Stop()
	go p.spawn.run()
	return p
}

// Close kills all children and waits until they are gone. Calls in progress end as cancelled.
func (p *Pool) Close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	close(p.closing)
	p.rest.Stop()
	workers := p.workers
	p.mu.Unlock()
	for _, w := range workers {
		w.kill()
	}
	p.wg.Wait()
	for _, w := range workers {
		<-w.exited
	}
	p.spawn.close()
}

// resting runs when nothing has happened for a while.
func (p *Pool) resting() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.calls > 0 || p.back.running {
		return
	}
	for _, w := range p.workers {
		if w.state != idle {
			continue
		}
		if p.trimmed {
			w.state = retired
			w.end()
		} else {
			_ = w.send(frameTrim, nil) // a child that is gone needs none
		}
	}
	if !p.trimmed {
		p.trimmed = true
		p.rest.Reset(p.o.EndAfter)
	}
}

// begin and done count calls, for the timer that runs when there are none.
func (p *Pool) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.wg.Add(1)
	p.calls++
	p.rest.Stop()
	return true
}

func (p *Pool) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls--
	p.settle()
	p.wg.Done()
}

// settle starts the timer of rest if nothing is going on; the caller holds the mutex.
func (p *Pool) settle() {
	if p.calls == 0 && !p.back.running && !p.closed && len(p.workers) > 0 {
		p.trimmed = false
		p.rest.Reset(p.o.TrimAfter)
	}
}

// Do runs one call and returns what came of it, always; what is seen meanwhile goes to sink, from
// one goroutine at a time and never after Do returns. The call ends early, and its child is killed,
// when ctx ends, when it passes its hard timeout, or when compiling takes too long. A nil sink
// discards events.
func (p *Pool) Do(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
	if sink == nil {
		sink = func(call.Event) {}
	}
	start := time.Now()
	over := func(o call.Outcome) call.Result { return call.Result{Outcome: o, Duration: time.Since(start)} }
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return over(call.Outcome{Word: call.Cancelled})
	case <-p.closing:
		return over(call.Outcome{Word: call.Cancelled})
	}
	if !p.begin() {
		return over(call.Outcome{Word: call.Cancelled})
	}
	defer p.done()
	for attempt := 1; ; attempt++ {
		last := attempt >= maxAttempts
		if ctx.Err() != nil {
			return over(call.Outcome{Word: call.Cancelled})
		}
		if j := p.awaited(req); j != nil {
			select {
			case <-j.done:
			case <-ctx.Done():
				return over(call.Outcome{Word: call.Cancelled})
			}
		}
		w, err := p.acquire(req, false, nil)
		if errors.Is(err, errClosed) {
			return over(call.Outcome{Word: call.Cancelled})
		}
		if _, stillborn := errors.AsType[*stillbornError](err); stillborn && !last {
			continue
		}
		if err != nil {
			return over(call.Outcome{Word: call.Failed, Text: err.Error()})
		}
		r := run{pool: p, claim: w, req: req, sink: sink, start: time.Now(), last: last}
		if res, again := r.do(ctx); !again {
			return res
		}
	}
}
