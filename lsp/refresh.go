package lsp

import (
	"context"
	"sync"

	"go.lsp.dev/protocol"
)

// refresher asks the client to ask again, when what the server would answer changed for another
// reason than an edit of the client's own. At most one request of each kind is under way; what
// happens meanwhile makes one more.
type refresher struct {
	s       *Server
	mu      sync.Mutex
	pending map[string]bool // methods under way; true: once more afterwards
}

func newRefresher(s *Server) *refresher {
	return &refresher{s: s, pending: make(map[string]bool)}
}

// observe refreshes what depends on facts: an edit's own document needs none.
func (r *refresher) observe(_, next *Snapshot, c change) {
	if c.fromClient || len(c.docs) == 0 && !c.everything {
		return
	}
	client := next.Client
	if client.PullDiagnostics && client.RefreshDiagnostics {
		r.request(protocol.MethodWorkspaceDiagnosticRefresh)
	}
	if client.RefreshHints {
		r.request(protocol.MethodWorkspaceInlayHintRefresh)
	}
	r.lenses(client)
}

// lenses has the lenses drawn anew.
func (r *refresher) lenses(client *Client) {
	if client.RefreshLenses {
		r.request(protocol.MethodWorkspaceCodeLensRefresh)
	}
}

// request sends a refresh request, off the caller's goroutine.
func (r *refresher) request(method string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, busy := r.pending[method]; busy {
		r.pending[method] = true
		return
	}
	r.pending[method] = false
	r.s.spawn(func(ctx context.Context) {
		for again := true; again && ctx.Err() == nil; {
			_ = r.s.ask(ctx, method, nil, nil) // a client that cannot refresh shows the old until it asks
			r.mu.Lock()
			if again = r.pending[method]; again {
				r.pending[method] = false
			} else {
				delete(r.pending, method)
			}
			r.mu.Unlock()
		}
	})
}
