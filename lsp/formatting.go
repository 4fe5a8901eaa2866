package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func formattingFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentFormatting:       request(formatting),
			protocol.MethodTextDocumentRangeFormatting:  request(rangeFormatting),
			protocol.MethodTextDocumentRangesFormatting: request(rangesFormatting),
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			yes := true
			caps.DocumentFormattingProvider = protocol.Boolean(true)
			caps.DocumentRangeFormattingProvider = &protocol.DocumentRangeFormattingOptions{RangesSupport: &yes}
		},
	}
}

func formatting(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DocumentFormattingParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	edits := tomlsyntax.Format(doc.Tree(), tomlsyntax.FormatOptions{Indent: indentOf(p.Options)})
	return snap.TextEdits(doc, edits), ctx.Err()
}

func rangeFormatting(ctx context.Context, s *Server, snap *Snapshot, p *protocol.DocumentRangeFormattingParams) (any, error) {
	return rangesFormatting(ctx, s, snap, &protocol.DocumentRangesFormattingParams{
		TextDocument: p.TextDocument, Ranges: []protocol.Range{p.Range}, Options: p.Options,
	})
}

func rangesFormatting(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DocumentRangesFormattingParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	var edits []tomlsyntax.Edit
	for _, span := range merged(snap, doc, p.Ranges) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		edits = append(edits, tomlsyntax.Format(doc.Tree(), tomlsyntax.FormatOptions{Indent: indentOf(p.Options), Range: span})...)
	}
	slices.SortStableFunc(edits, func(a, b tomlsyntax.Edit) int { return a.Span.Start - b.Span.Start })
	return snap.TextEdits(doc, slices.Compact(edits)), nil // two ranges may meet one expression
}

// merged are the spans of ranges, those that meet made one.
func merged(snap *Snapshot, doc *Document, ranges []protocol.Range) []tomlsyntax.Span {
	spans := make([]tomlsyntax.Span, len(ranges))
	for i, r := range ranges {
		spans[i] = snap.Span(doc, r)
		if spans[i].Start == spans[i].End && spans[i].End < doc.Text.Len() {
			spans[i].End++ // the zero span would be the whole document
		}
	}
	slices.SortFunc(spans, func(a, b tomlsyntax.Span) int { return a.Start - b.Start })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		if s.Start < s.End {
			out = append(out, s)
		}
	}
	return out
}

// indentOf is one level of indentation as the editor is set; "" leaves it to the formatter.
func indentOf(o protocol.FormattingOptions) string {
	switch {
	case !o.InsertSpaces && o.TabSize > 0:
		return "\t"
	case o.TabSize > 0 && o.TabSize <= 8:
		return strings.Repeat(" ", int(o.TabSize))
	}
	return ""
}
