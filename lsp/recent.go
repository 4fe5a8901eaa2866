package lsp

import "sync"

// keepTrees is how many open documents keep what is made of their text. The trees of all others
// are let go of: an editor may have a thousand documents open and a user looks at few of them.
const keepTrees = 64

// recent knows which open documents were asked about last.
type recent struct {
	mu   sync.Mutex
	docs []*Document // oldest first, one version of each
}

// touch notes that a document was asked about. A document that the client doesn't have open keeps
// nothing at all.
func (r *recent) touch(d *Document) {
	if !d.Open {
		d.release()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, other := range r.docs {
		if other.URI == d.URI {
			copy(r.docs[i:], r.docs[i+1:])
			r.docs[len(r.docs)-1] = d
			return
		}
	}
	if r.docs = append(r.docs, d); len(r.docs) > keepTrees {
		r.docs[0].release()
		r.docs[0] = nil
		r.docs = r.docs[1:]
	}
}
