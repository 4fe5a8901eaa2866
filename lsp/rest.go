package lsp

import (
	"context"
	"sync"
	"time"
)

const (
	// muchSaid is how many documents have something said of them for the first time, as when a session
	// is restored, before it is worth while to give back what checking them needed.
	muchSaid = 64
	// pause is how long nothing has to be said until work is over. Giving back makes the next answer
	// some milliseconds later, which is nothing after a pause, and would be seen while somebody types.
	pause = 250 * time.Millisecond
	// patience is how long a pause is waited for.
	patience = 2 * time.Second
)

// rest tells the program when there is much to do, and when work is over that needed more than what
// follows will: the start, once a document is open and the workspace was searched, and the first look at
// many documents. Its timer is set for these alone: a server that idles, or is typed into, has none.
type rest struct {
	s       *Server
	mu      sync.Mutex
	settled bool
	news    int // documents of which something was said for the first time, since the last time
	timer   *time.Timer
	nth     int       // of the timers
	latest  time.Time // when the timer goes off without a pause
}

// scanned is called when the workspace was searched, which may be later than all there is to say.
func (r *rest) scanned() { r.said(false) }

// said is called when what there is to say of a document is said, for the first time or again.
func (r *rest) said(first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if first {
		if r.news++; r.news == muchSaid {
			r.tell(r.s.opts.Crowded)
		}
	}
	if !r.started() && r.news < muchSaid {
		return
	}
	now := time.Now()
	switch {
	case r.timer == nil:
		r.nth++
		nth := r.nth
		r.timer, r.latest = time.AfterFunc(pause, func() { r.over(nth) }), now.Add(patience)
	case now.Before(r.latest):
		r.timer.Reset(pause)
	}
}

// started says whether the start is over and was not told yet; the caller holds the mutex.
func (r *rest) started() bool {
	snap := r.s.Snapshot()
	return !r.settled && snap.Scanned && len(snap.docs) > 0
}

func (r *rest) over(nth int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if nth != r.nth || r.timer == nil {
		return // it was set again while it went off, and has gone off since
	}
	r.timer = nil
	if r.started() {
		r.settled = true
		r.tell(r.s.opts.Settled)
	}
	if r.news >= muchSaid {
		r.news = 0
		r.tell(r.s.opts.Drained)
	}
}

func (r *rest) tell(f func()) {
	if f != nil {
		r.s.spawn(func(context.Context) { f() })
	}
}
