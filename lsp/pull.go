package lsp

import (
	"context"
	"strconv"
	"sync"
	"time"

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

const (
	// promptLength bounds the texts, in bytes, whose diagnostics are made on the read loop.
	promptLength = 8 << 10
	// promptTime is how long they may have taken the last time. A short text can have thousands of
	// findings, its own and those of a plugin.
	promptTime = time.Millisecond
)

// prompt says whether a document's diagnostics are likely to be made sooner than another goroutine is
// started. Of a document whose diagnostics were never made it is not known.
func (d *Document) prompt() bool {
	took := time.Duration(d.took.Load())
	return d.Text.Len() <= promptLength && 0 < took && took <= promptTime
}

func pullDiagnostics(ctx context.Context, s *Server, snap *Snapshot, p *protocol.DocumentDiagnosticParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || !snap.Client.PullDiagnostics {
		return &protocol.RelatedFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, Items: []protocol.Diagnostic{}},
		}, nil
	}
	if !doc.prompt() {
		offLoop(ctx)
	}
	previous := ""
	if p.PreviousResultID != nil {
		previous = *p.PreviousResultID
	}
	began, first := time.Now(), !doc.reported()
	items, id, err := s.pulled(ctx, snap, doc, previous)
	if err != nil {
		return nil, err
	}
	doc.took.Store(int64(time.Since(began)))
	defer s.rest.said(first)
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

// reported says whether there was a report of the document, in any of its versions.
func (d *Document) reported() bool {
	d.report.mu.Lock()
	defer d.report.mu.Unlock()
	return d.Edited || d.report.id != ""
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
	s.touch(doc)
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
