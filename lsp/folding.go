package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func foldingFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentFoldingRange: request(folding)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.FoldingRangeProvider = protocol.Boolean(true)
		},
	}
}

// maxFolds bounds the ranges of one answer, for clients that set no bound of their own.
const maxFolds = 5000

// folding folds sections, values over several lines, and blocks of comments: whole lines, which
// every client can fold.
func folding(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.FoldingRangeParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	limit := maxFolds
	if t := snap.Client.Caps.TextDocument; t != nil && t.FoldingRange != nil && t.FoldingRange.RangeLimit != nil {
		limit = min(limit, int(*t.FoldingRange.RangeLimit))
	}
	folds := []protocol.FoldingRange{}
	add := func(start, end int, kind protocol.FoldingRangeKind) {
		first, last := doc.Text.Line(start), doc.Text.Line(end)
		if first < last && len(folds) < limit {
			folds = append(folds, protocol.FoldingRange{StartLine: uint32(first), EndLine: uint32(last), Kind: kind})
		}
	}
	for s := range doc.Tree().Sections() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(folds) == limit {
			break
		}
		if h, ok := s.Header(); ok {
			add(h.Key().Span().Start, lastLine(s), protocol.FoldingRangeKindRegion)
		}
		comments := tomlsyntax.Span{Start: -1}
		for e := range s.Expressions() {
			switch {
			case e.Kind() == tomlsyntax.CommentLine:
				if comments.Start < 0 {
					comments.Start = e.Span().Start
				}
				comments.End = e.Span().Start
				continue
			case comments.Start >= 0:
				add(comments.Start, comments.End, protocol.FoldingRangeKindComment)
				comments.Start = -1
			}
			if e.Kind() == tomlsyntax.KeyValue {
				foldValue(e.Value(), add)
			}
		}
		if comments.Start >= 0 {
			add(comments.Start, comments.End, protocol.FoldingRangeKindComment)
		}
	}
	return folds, nil
}

// foldValue folds a value that spans lines, and such values in it. The line of the closing bracket
// stays.
func foldValue(v tomlsyntax.Value, add func(start, end int, kind protocol.FoldingRangeKind)) {
	raw := v.Raw()
	last := strings.LastIndexByte(raw, '\n')
	if last < 0 {
		return
	}
	switch v.Kind() {
	case tomlsyntax.Array, tomlsyntax.InlineTable:
		if strings.Trim(raw[last:], " \t\r\n]}") == "" {
			add(v.Span().Start, v.Span().Start+last, "")
		} else {
			add(v.Span().Start, v.Span().End, "")
		}
		for e := range v.Elements() {
			foldValue(e, add)
		}
		for e := range v.Entries() {
			foldValue(e.Value, add)
		}
	default:
		add(v.Span().Start, v.Span().End, "")
	}
}
