package lsp

import (
	"context"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// workspacePullFeature answers workspace/diagnostic: all manifests, opened or not.
func workspacePullFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodWorkspaceDiagnostic: request(pullWorkspace),
		},
	}
}

// reportBatch is how many documents go into one partial result.
const reportBatch = 50

// pullWorkspace reports what differs from what the client has. While nothing does, the request
// stays open, as the protocol means it to; so a client that asks again at once makes no work.
func pullWorkspace(ctx context.Context, s *Server, _ *Snapshot, p *protocol.WorkspaceDiagnosticParams) (any, error) {
	previous := make(map[uri.URI]string, len(p.PreviousResultIds))
	for _, r := range p.PreviousResultIds {
		previous[normalise(r.URI)] = r.Value
	}
	report := &protocol.WorkspaceDiagnosticReport{Items: []protocol.WorkspaceDocumentDiagnosticReport{}}
	if !s.Snapshot().Client.PullDiagnostics {
		return report, nil // it is pushed to
	}
	for {
		changed := s.changes.wait()
		snap := s.Snapshot()
		if !snap.Scanned {
			// A first answer that lacked most of the workspace would be worth little.
			if err := wait(ctx, changed); err != nil {
				return nil, err
			}
			continue
		}
		items, news, err := s.workspaceReports(ctx, snap, previous)
		if err != nil {
			return nil, err
		}
		if news {
			if p.PartialResultToken == nil {
				report.Items = items
				return report, nil
			}
			for len(items) > 0 {
				n := min(reportBatch, len(items))
				s.partialResult(p.PartialResultToken, &protocol.WorkspaceDiagnosticReportPartialResult{Items: items[:n]})
				items = items[n:]
			}
			return report, nil
		}
		if err := wait(ctx, changed); err != nil {
			return nil, err
		}
	}
}

// wait returns when there was a change, or with the error of a request that is over.
func wait(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// workspaceReports reports on every manifest, and on those that are gone; news is false when the
// client has all of it already.
func (s *Server) workspaceReports(ctx context.Context, snap *Snapshot, previous map[uri.URI]string) (reports []protocol.WorkspaceDocumentDiagnosticReport, news bool, err error) {
	known := make(map[uri.URI]bool)
	for _, doc := range snap.Manifests() {
		known[doc.URI] = true
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		items, id, err := s.pulled(ctx, snap, doc, previous[doc.URI])
		if err != nil {
			return nil, false, err
		}
		var version *int32
		if doc.Open {
			version = &doc.Version
		}
		if items == nil {
			reports = append(reports, &protocol.WorkspaceUnchangedDocumentDiagnosticReport{
				UnchangedDocumentDiagnosticReport: protocol.UnchangedDocumentDiagnosticReport{Kind: reportUnchanged, ResultID: id},
				URI:                               uri.URI(doc.Wire), Version: version,
			})
			continue
		}
		news = true
		reports = append(reports, &protocol.WorkspaceFullDocumentDiagnosticReport{
			FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, ResultID: &id, Items: items},
			URI:                          uri.URI(doc.Wire), Version: version,
		})
	}
	for u := range previous {
		if !known[u] {
			news = true
			reports = append(reports, &protocol.WorkspaceFullDocumentDiagnosticReport{
				FullDocumentDiagnosticReport: protocol.FullDocumentDiagnosticReport{Kind: reportFull, Items: []protocol.Diagnostic{}},
				URI:                          u,
			})
		}
	}
	return reports, news, nil
}

// partialResult sends a part of a request's result ahead of the rest.
func (s *Server) partialResult(token protocol.ProgressToken, value any) {
	raw, err := protocol.Marshal(value)
	if err != nil {
		return
	}
	s.notify(s.ctx, protocol.MethodProgress, &protocol.ProgressParams{Token: token, Value: raw})
}
