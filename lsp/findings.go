package lsp

import (
	"maps"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// sourcedFindings is what one source says about one document.
type sourcedFindings struct {
	source string
	diags  []protocol.Diagnostic
}

// setFindings replaces everything that source (a plugin, a run) has said, about any document, by
// what it says now; nil takes all of it back. The diagnostics are shown beside the manifest's
// own, and are pushed for documents that are no manifests, opened or not.
func (s *Server) setFindings(source string, found map[uri.URI][]protocol.Diagnostic) {
	s.update(func(next *Snapshot) change {
		c := change{}
		next.findings = maps.Clone(next.findings)
		if next.findings == nil {
			next.findings = make(map[uri.URI][]sourcedFindings)
		}
		for u, all := range next.findings {
			kept := make([]sourcedFindings, 0, len(all))
			for _, f := range all {
				if f.source != source {
					kept = append(kept, f)
				}
			}
			if len(kept) < len(all) {
				c.docs = append(c.docs, u)
				next.findings[u] = kept
			}
			if len(kept) == 0 {
				delete(next.findings, u)
			}
		}
		for u, diags := range found {
			if len(diags) == 0 {
				continue
			}
			old := next.findings[u]
			next.findings[u] = append(old[:len(old):len(old)], sourcedFindings{source, diags})
			c.docs = append(c.docs, u)
		}
		return c
	})
}

// findingsOf returns what all sources say about a document.
func (snap *Snapshot) findingsOf(u uri.URI) []protocol.Diagnostic {
	var all []protocol.Diagnostic
	for _, f := range snap.findings[u] {
		all = append(all, f.diags...)
	}
	return all
}
