package lsp

import (
	"context"
	"sync"
)

// manyOpened is how many documents a client opens, as when it restores a session, before it is worth
// while to give back what checking them needed.
const manyOpened = 256

// rest tells the program when work is over that needed more than what follows will.
type rest struct {
	s       *Server
	mu      sync.Mutex
	settled bool
	opened  int // documents, since the last time
}

// observe implements [observer].
func (r *rest) observe(old, next *Snapshot, _ change) {
	if n := len(next.docs) - len(old.docs); n > 0 {
		r.mu.Lock()
		r.opened += n
		r.mu.Unlock()
	}
}

// said is called when nothing is left to say of the documents that are open. The first time after the
// workspace was searched, the start is over.
func (r *rest) said() {
	snap := r.s.Snapshot()
	if !snap.Scanned || len(snap.docs) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tell := r.s.opts.Drained
	switch {
	case !r.settled:
		r.settled, tell = true, r.s.opts.Settled
	case r.opened < manyOpened:
		return
	}
	r.opened = 0
	if tell != nil {
		r.s.spawn(func(context.Context) { tell() })
	}
}
