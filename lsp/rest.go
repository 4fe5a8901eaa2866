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
	// afterwards is how long nothing more of that kind has to be said until it is over.
	afterwards = 250 * time.Millisecond
)

// rest tells the program when work is over that needed more than what follows will. Its timer is set by
// such work alone: a server that idles has none.
type rest struct {
	s       *Server
	mu      sync.Mutex
	settled bool
	news    int // documents of which something was said for the first time, since the last time
	timer   *time.Timer
}

// said is called when what there is to say of a document is said, for the first time or again. The start
// is over when that was so for a document that is open, and the workspace was searched.
func (r *rest) said(first bool) {
	snap := r.s.Snapshot()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.settled && snap.Scanned && len(snap.docs) > 0 {
		r.settled = true
		r.tell(r.s.opts.Settled)
	}
	if !first {
		return
	}
	switch r.news++; {
	case r.news < muchSaid:
	case r.timer == nil:
		r.timer = time.AfterFunc(afterwards, r.drained)
	default:
		r.timer.Reset(afterwards)
	}
}

func (r *rest) drained() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.news < muchSaid {
		return // the timer was set once more while it fired
	}
	r.news = 0
	r.tell(r.s.opts.Drained)
}

func (r *rest) tell(f func()) {
	if f != nil {
		r.s.spawn(func(context.Context) { f() })
	}
}
