package wasmhost

import (
	"context"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/sandboxfs"
)

// maxDenials bounds the denials a result lists; each target is listed once.
const maxDenials = 100

// maxWrote bounds the written paths a result lists.
const maxWrote = 1000

// runConfig is what a run is made of.
type runConfig struct {
	sink        func(call.Event)
	gate        *gate
	projectRoot string
	files       *sandboxfs.FS
	env         []string // KEY=value, for what exec starts
	event       string
	payload     []byte
	standard    bool          // without a payload, that of an event is made; few guests look at it
	soft        time.Duration // 0: none
	guard       []string      // what starts the commands of exec, see WithCommandGuard
	sweep       func()        // nil, or what follows them, see WithCommandSweep
}

// run is the state of one call of one guest: what it may still do, and what it has done.
type run struct {
	runConfig
	ahead    bool // a spare is initialised: nothing it does may be noticed
	out      *output
	deadline time.Time // of host functions; zero: none

	mu        sync.Mutex
	denials   []call.Denial
	denied    map[call.Denial]bool
	wrote     []string
	wroteSet  map[string]bool
	callbacks callbackBudget
	settings  *settings
}

func newRun(c runConfig) *run {
	r := &run{runConfig: c, out: newOutput(c.sink)}
	if c.soft > 0 {
		r.deadline = time.Now().Add(c.soft)
	}
	return r
}

// hookPayload is what the hook is called with.
func (r *run) hookPayload() []byte {
	if len(r.payload) == 0 && r.standard {
		r.payload = defaultPayload(r.event)
	}
	return r.payload
}

// late reports whether the soft timeout has passed.
func (r *run) late() bool { return !r.deadline.IsZero() && time.Now().After(r.deadline) }

// remaining is what is left until the soft timeout, 0 when it has passed.
func (r *run) remaining() time.Duration {
	if r.deadline.IsZero() {
		return 0
	}
	return max(time.Until(r.deadline), 0)
}

// bound limits ctx to the soft timeout, for work that a host function waits for.
func (r *run) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.deadline.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, r.deadline)
}

// deny records a refusal, and logs it the first time.
func (r *run) deny(e *DeniedError) {
	d := call.Denial{Capability: string(e.Kind), Target: e.Target, Declared: e.Declared, Why: e.why}
	if e.Policy && d.Why == "" {
		d.Why = "the host's policy forbids it"
	}
	r.mu.Lock()
	known := r.denied[d] || len(r.denials) >= maxDenials
	if !known {
		if r.denied == nil {
			r.denied = make(map[call.Denial]bool)
		}
		r.denied[d] = true
		r.denials = append(r.denials, d)
	}
	r.mu.Unlock()
	if !known {
		r.out.host(call.LevelWarn, "denied: %s", e)
	}
}

// noteWrite records a guest path that was written.
func (r *run) noteWrite(guest string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wroteSet[guest] || len(r.wrote) >= maxWrote {
		return
	}
	if r.wroteSet == nil {
		r.wroteSet = make(map[string]bool)
	}
	r.wroteSet[guest] = true
	r.wrote = append(r.wrote, guest)
}

// stop ends what the run still has going on.
func (r *run) stop() { r.out.flush() }
