package lsp

import (
	"context"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// diagnoser keeps the client's diagnostics up to date.
//
// Changes mark documents as dirty; before the read loop waits for the client again, one worker is
// woken and checks each dirty document as the newest snapshot has it. What arrives in one burst is
// therefore checked once, without any timer, and a document is never published older than before:
// there is one worker, and it always takes the newest.
type diagnoser struct {
	s    *Server
	wake chan struct{}

	mu    sync.Mutex
	dirty map[uri.URI]bool
	open  []uri.URI // dirty documents that the client has open, oldest first
	rest  []uri.URI // the other ones, whose turn comes after

	// published is what the client was last told, by the worker alone.
	published map[uri.URI]published
}

type published struct {
	wire    string // the URI as it was spelled
	version int32
	open    bool
	digest  uint64
}

func newDiagnoser(s *Server) *diagnoser {
	return &diagnoser{
		s: s, wake: make(chan struct{}, 1),
		dirty: make(map[uri.URI]bool), published: make(map[uri.URI]published),
	}
}

// observe marks what a new snapshot makes dirty. What the client itself changed is left to flush.
func (g *diagnoser) observe(_, next *Snapshot, c change) {
	if len(c.docs) == 0 && !c.everything || c.fromClient && next.Client.PullDiagnostics {
		return // a client that pulls asks of itself after its own changes
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, u := range c.docs {
		g.mark(u, next)
	}
	if c.everything {
		for _, d := range next.docs {
			g.mark(d.URI, next)
		}
		for _, d := range next.onDisk {
			g.mark(d.URI, next)
		}
	}
	if !c.fromClient {
		g.signal()
	}
}

func (g *diagnoser) mark(u uri.URI, snap *Snapshot) {
	switch {
	case g.dirty[u]:
		return
	case snap.docs.get(u) != nil:
		g.open = append(g.open, u)
	default:
		g.rest = append(g.rest, u)
	}
	g.dirty[u] = true
}

// flush is called on the read loop before it waits for input.
func (g *diagnoser) flush() {
	g.mu.Lock()
	dirty := len(g.dirty) > 0
	g.mu.Unlock()
	if dirty {
		g.signal()
	}
}

func (g *diagnoser) signal() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *diagnoser) next() (uri.URI, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	queue := &g.open
	if len(g.open) == 0 {
		queue = &g.rest
	}
	if len(*queue) == 0 {
		return "", false
	}
	u := (*queue)[0]
	if *queue = (*queue)[1:]; len(*queue) == 0 {
		*queue = nil
	}
	delete(g.dirty, u)
	return u, true
}

// run is the worker.
func (g *diagnoser) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.wake:
		}
		for ctx.Err() == nil {
			u, ok := g.next()
			if !ok {
				break
			}
			g.diagnose(ctx, u)
		}
	}
}

// diagnose publishes one document's diagnostics: at once what the text alone shows, and, if the
// disk has to be asked first, the rest when it was.
func (g *diagnoser) diagnose(ctx context.Context, u uri.URI) {
	defer g.s.recovered("diagnostics of " + string(u))
	snap := g.s.Snapshot()
	doc := snap.Document(u)
	if doc == nil {
		g.forget(ctx, u, snap)
		return
	}
	if doc.Manifest {
		if snap.Client.PullDiagnostics {
			return // the client asks; see pull.go
		}
		if _, known := snap.factsOf(doc); !known {
			g.s.spawn(func(ctx context.Context) { g.s.facts.ensure(ctx, doc) })
		}
	}
	_, known := g.published[u]
	g.publish(ctx, u, published{wire: doc.Wire, version: doc.Version, open: doc.Open}, snap.diagnostics(doc))
	g.s.touch(doc)
	g.s.rest.said(!known)
}

// forget tells the client that there is nothing to say of a document that is gone.
func (g *diagnoser) forget(ctx context.Context, u uri.URI, snap *Snapshot) {
	was, known := g.published[u]
	if diags := snap.findingsOf(u); len(diags) > 0 {
		g.publish(ctx, u, published{wire: string(u)}, diags)
	} else if known {
		g.publish(ctx, u, published{wire: was.wire}, []protocol.Diagnostic{})
		delete(g.published, u)
	}
}

// publish sends a set of diagnostics, unless the client has this very set for this version. What it
// has of the document under another spelling of the URI is taken back first: clients compare letters.
func (g *diagnoser) publish(ctx context.Context, u uri.URI, now published, diags []protocol.Diagnostic) {
	if was, ok := g.published[u]; ok && was.wire != now.wire {
		g.publish(ctx, u, published{wire: was.wire}, []protocol.Diagnostic{})
		delete(g.published, u)
	}
	params := &protocol.PublishDiagnosticsParams{URI: uri.URI(now.wire), Diagnostics: diags}
	if now.open && g.s.Snapshot().Client.VersionSupport {
		params.Version.Set(now.version)
	}
	raw, err := protocol.Marshal(params)
	if err != nil {
		g.s.log.Error("encoding diagnostics", zap.Error(err))
		return
	}
	now.digest = digest(raw)
	if was, ok := g.published[u]; ok && was == now || !ok && !now.open && len(diags) == 0 {
		return
	}
	g.published[u] = now
	g.s.notify(ctx, protocol.MethodTextDocumentPublishDiagnostics, jsonrpc2.RawMessage(raw))
}

// diagnostics returns everything there is to say of a document, as the client understands it.
func (snap *Snapshot) diagnostics(d *Document) []protocol.Diagnostic {
	diags := []protocol.Diagnostic{}
	if d.Manifest {
		var found []manifestcheck.Diagnostic
		if !d.TooLarge {
			checked := snap.Check(d)
			found = append(checked.Diagnostics[:len(checked.Diagnostics):len(checked.Diagnostics)], snap.runDiagnostics(d, checked)...)
		}
		if r := snap.refusalOf(d); r != nil {
			found = append(found, r.diag)
		}
		diags = make([]protocol.Diagnostic, 0, len(found))
		for i := range found {
			diags = append(diags, snap.convert(d, &found[i]))
		}
		if d.TooLarge {
			diags = append(diags, tooLarge())
		}
	}
	return append(diags, snap.findingsOf(d.URI)...)
}
