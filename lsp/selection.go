package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func selectionFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentSelectionRange: request(selection)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.SelectionRangeProvider = protocol.Boolean(true)
		},
	}
}

// maxSelections bounds the positions of one request.
const maxSelections = 1000

// selection answers, for each position, the things around it from the inside out: the text of a
// string, the string, what contains it, the line, the section, the file.
func selection(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.SelectionRangeParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	if len(p.Positions) > maxSelections {
		return nil, invalidParams("%d positions asked about at once: at most %d", len(p.Positions), maxSelections)
	}
	all := make([]protocol.SelectionRange, len(p.Positions))
	for i, pos := range p.Positions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var r *protocol.SelectionRange
		for _, span := range around(doc.Tree(), snap.Offset(doc, pos)) {
			r = &protocol.SelectionRange{Range: snap.Range(doc, span), Parent: r}
		}
		all[i] = *r
	}
	return all, nil
}

// around are the spans that hold an offset, from the whole file inwards, each within the one
// before.
func around(t *tomlsyntax.Tree, off int) []tomlsyntax.Span {
	spans := []tomlsyntax.Span{{Start: 0, End: len(t.Source())}}
	add := func(s tomlsyntax.Span) {
		last := spans[len(spans)-1]
		if touches(s, off) && s != last && last.Start <= s.Start && s.End <= last.End {
			spans = append(spans, s)
		}
	}
	e, ok := t.ExprAt(off)
	if !ok && off > 0 {
		e, ok = t.ExprAt(off - 1)
	}
	if !ok {
		return spans
	}
	if _, headed := e.Section().Header(); headed {
		add(tomlsyntax.Span{Start: e.Section().Span().Start, End: max(lastLine(e.Section()), off)})
	}
	text := e.Text()
	start := e.Span().Start + len(text) - len(strings.TrimLeft(text, " \t\ufeff"))
	add(tomlsyntax.Span{Start: start, End: e.Span().Start + len(strings.TrimRight(text, " \t\r\n"))})
	addKey := func(k tomlsyntax.Key) {
		add(k.Span())
		for _, seg := range k.Segments() {
			add(seg.Span)
		}
	}
	if c, ok := e.Comment(); ok {
		add(c)
	}
	addKey(e.Key())
	var inside func(v tomlsyntax.Value)
	inside = func(v tomlsyntax.Value) {
		if !v.Present() || !touches(v.Span(), off) {
			return
		}
		add(v.Span())
		switch v.Kind() {
		case tomlsyntax.String:
			add(textSpan(t, v.Span()))
		case tomlsyntax.Array:
			add(tomlsyntax.Span{Start: v.Span().Start + 1, End: v.Span().End - 1})
			for e := range v.Elements() {
				inside(e)
			}
		case tomlsyntax.InlineTable:
			add(tomlsyntax.Span{Start: v.Span().Start + 1, End: v.Span().End - 1})
			for e := range v.Entries() {
				if touches(e.Span(), off) {
					add(e.Span())
					addKey(e.Key)
					inside(e.Value)
				}
			}
		}
	}
	inside(e.Value())
	return spans
}
