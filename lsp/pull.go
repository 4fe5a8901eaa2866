package lsp

import (
	"context"
	"strconv"

	"go.lsp.dev/protocol"
)

// pullFeature answers textDocument/diagnostic. Only clients that pull are told of it: a client
// that doesn't is pushed to.
func pullFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentDiagnostic: request(pullDiagnostics),
		},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			if client.PullDiagnostics {
				name := diagnosticSource
				caps.DiagnosticProvider = &protocol.DiagnosticOptions{Identifier: &name, WorkspaceDiagnostics: true}
			}
		},
	}
}

func pullDiagnostics(ctx context.Context, s *Server, snap *Snapshot, p *protocol.DocumentDiagnosticParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || !snap.Client.PullDiagnostics {
		return &protocol.RelatedFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, Items: []protocol.Diagnostic{}},
		}, nil
	}
	items, id, err := s.pulled(ctx, snap, doc)
	if err != nil {
		return nil, err
	}
	if p.PreviousResultID != nil && *p.PreviousResultID == id {
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

// pulled returns a document's diagnostics, after asking the disk where the snapshot has not yet,
// and an id that is the same exactly when they are.
func (s *Server) pulled(ctx context.Context, snap *Snapshot, doc *Document) ([]protocol.Diagnostic, string, error) {
	if _, known := snap.factsOf(doc); !known {
		s.facts.ensure(ctx, doc)
		if err := ctx.Err(); err != nil {
			return nil, "", err
		}
		fresh := *snap
		fresh.facts = s.Snapshot().facts
		snap = &fresh
	}
	items := snap.diagnostics(doc)
	raw, err := protocol.Marshal(&protocol.PublishDiagnosticsParams{Diagnostics: items})
	if err != nil {
		return nil, "", err
	}
	return items, strconv.FormatUint(digest(raw), 36), nil
}
