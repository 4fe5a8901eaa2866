package lsp

import (
	"context"
	"strconv"
	"sync"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// pullFeature answers textDocument/diagnostic. Only clients that pull are told of it: a client
// that doesn't is pushed to.
func pullFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentDiagnostic: request(pullDiagnostics),
		},
		prompt: []string{protocol.MethodTextDocumentDiagnostic},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			if client.PullDiagnostics {
				name := diagnosticSource
				caps.DiagnosticProvider = &protocol.DiagnosticOptions{Identifier: &name, WorkspaceDiagnostics: true}
			}
		},
	}
}

// promptLength bounds the texts, in bytes, that are checked on the read loop: it takes less than a
// millisecond to check one of which nothing is known yet.
const promptLength = 32 << 10

func pullDiagnostics(ctx context.Context, s *Server, snap *Snapshot, p *protocol.DocumentDiagnosticParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || !snap.Client.PullDiagnostics {
		return &protocol.RelatedFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, Items: []protocol.Diagnostic{}},
		}, nil
	}
	if doc.Text.Len() > promptLength {
		offLoop(ctx)
	}
	previous := ""
	if p.PreviousResultID != nil {
		previous = *p.PreviousResultID
	}
	items, id, err := s.pulled(ctx, snap, doc, previous)
	if err != nil {
		return nil, err
	}
	defer s.rest.said(previous == "" && !doc.Edited) // not every client sends the previous id
	if items == nil {
		return &protocol.RelatedUnchangedDocumentDiagnosticReport{
			UnchangedDocumentDiagnosticReport: protocol.UnchangedDocumentDiagnosticReport{Kind: reportUnchanged, ResultID: id},
		}, nil
	}
	return &protocol.RelatedFullDocumentDiagnosticReport{
		FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, ResultID: &id, Items: items},
	}, nil
}

const (
	reportFull      = string(protocol.DocumentDiagnosticReportKindFull)
	reportUnchanged = string(protocol.DocumentDiagnosticReportKindUnchanged)
)

// reportKey is everything that a document's diagnostics depend on, beside the document. All of it
// is immutable, so that pointers tell.
type reportKey struct {
	checker  *manifestcheck.Checker
	facts    *moduleFacts
	plugin   *pluginState
	refusal  *refusal
	findings *sourcedFindings
	sources  int
}

func (snap *Snapshot) reportKey(d *Document) reportKey {
	facts, _ := snap.factsOf(d)
	k := reportKey{checker: snap.Settings.checker, facts: facts, plugin: snap.plugins.Get(d.Path), refusal: snap.refusalOf(d)}
	if f := snap.findings[d.URI]; len(f) > 0 {
		k.findings, k.sources = &f[0], len(f)
	}
	return k
}

// reportMemo remembers the id of a document's last report.
type reportMemo struct {
	mu  sync.Mutex
	key reportKey
	id  string
}

func (m *reportMemo) get(k reportKey) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.key != k {
		return ""
	}
	return m.id
}

func (m *reportMemo) set(k reportKey, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.key, m.id = k, id
}

// pulled returns a document's diagnostics, after asking the disk where the snapshot has not yet,
// and an id that is the same exactly when they are, and were asked for in the same opening of the
// document: some clients drop the diagnostics of what they close, but keep the id. Nil items mean
// that the client has them: its previous id is the present one.
func (s *Server) pulled(ctx context.Context, snap *Snapshot, doc *Document, previous string) ([]protocol.Diagnostic, string, error) {
	if _, known := snap.factsOf(doc); !known {
		offLoop(ctx) // the disk is asked
		s.facts.ensure(ctx, doc)
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		fresh := *snap
		fresh.facts = s.Snapshot().facts
		snap = &fresh
	}
	key := snap.reportKey(doc)
	if id := doc.report.get(key); id != "" && id == previous {
		return nil, id, nil
	}
	items := snap.diagnostics(doc)
	s.recent.touch(doc)
	raw, err := protocol.Marshal(&protocol.PublishDiagnosticsParams{Diagnostics: items})
	if err != nil {
		return nil, "", err
	}
	id := strconv.FormatUint(digest(raw), 36) + "." + strconv.FormatUint(doc.Opening, 36)
	doc.report.set(key, id)
	if id == previous {
		return nil, id, nil
	}
	return items, id, nil
}
