package lsp

import (
	"context"
	"sync"
)

// keepTrees is how many open documents keep what is made of their text. The trees of all others
// are let go of: an editor may have a thousand documents open and a user looks at few of them.
const keepTrees = 64

// recent knows which documents that keep something were asked about last.
type recent struct {
	mu   sync.Mutex
	docs []*Document // oldest first, one version of each
}

// touch notes that a document was asked about. A document that the client doesn't have open keeps
// nothing at all, unless it is run.
func (s *Server) touch(d *Document) {
	if !d.Open && d.decoded.Load() == nil {
		d.release()
		return
	}
	if old := s.recent.add(d); old != nil {
		// It may be a long one whose check is going on, which releasing it waits for.
		s.spawn(func(context.Context) { old.release() })
	}
}

// add notes a document and returns the one that is to let go of what it keeps, nil for none.
func (r *recent) add(d *Document) *Document {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, other := range r.docs {
		if other.URI == d.URI {
			copy(r.docs[i:], r.docs[i+1:])
			r.docs[len(r.docs)-1] = d
			return nil
		}
	}
	if r.docs = append(r.docs, d); len(r.docs) <= keepTrees {
		return nil
	}
	old := r.docs[0]
	r.docs[0] = nil
	r.docs = r.docs[1:]
	return old
}
