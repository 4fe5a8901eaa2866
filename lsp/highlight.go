package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

func highlightFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentDocumentHighlight: request(highlight)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.DocumentHighlightProvider = protocol.Boolean(true)
		},
	}
}

// highlight marks every mention of the export or event at the position.
func highlight(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DocumentHighlightParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	tree := doc.Tree()
	var all []protocol.DocumentHighlight
	for _, m := range mentions(tree, subjectAt(tree, snap.Offset(doc, p.Position))) {
		h := protocol.DocumentHighlight{Range: snap.Range(doc, m.span), Kind: protocol.DocumentHighlightKindRead}
		if m.declares {
			h.Kind = protocol.DocumentHighlightKindWrite
		}
		all = append(all, h)
	}
	return all, ctx.Err()
}
