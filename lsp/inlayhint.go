package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func inlayHintFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentInlayHint: request(inlayHint)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.InlayHintProvider = protocol.Boolean(true)
		},
	}
}

// maxHints bounds the hints of one answer.
const maxHints = 1000

// inlayHint shows what holds and is not written: the defaults of keys that a table leaves out, and
// what a range comes to.
func inlayHint(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.InlayHintParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	hints := []protocol.InlayHint{}
	if doc == nil || doc.TooLarge || !snap.Settings.InlayHints {
		return hints, nil
	}
	tree, at := doc.Tree(), snap.Span(doc, p.Range)
	add := func(off int, label, tooltip string) {
		if off < at.Start || off > at.End || len(hints) == maxHints {
			return
		}
		yes := true
		hints = append(hints, protocol.InlayHint{
			Position: snap.Position(doc, off), Label: protocol.String(label), PaddingLeft: &yes,
			Tooltip: protocol.String(tooltip),
		})
	}
	for _, f := range manifestcheck.Schema().Fields {
		switch {
		case f.Type == manifestcheck.TypeTable:
			defaultHint(tree, f, add)
		case f.Rule == "version/invalid-range" && !strings.HasSuffix(f.Path, "*"):
			if it, ok := tree.Root().Lookup(strings.Split(f.Path, ".")...); ok && it.IsValue() {
				rangeHint(it.Value(), add)
			}
		}
	}
	if it, ok := tree.Root().Get("requires"); ok {
		if table, ok := it.Table(); ok {
			for r := range table.Items() {
				if r.IsValue() && touchesSpan(r.Value().Span(), at) {
					rangeHint(r.Value(), add)
				}
			}
		}
	}
	return hints, ctx.Err()
}

// rangeHint spells a range out, where that says more than the range itself.
func rangeHint(v tomlsyntax.Value, add func(off int, label, tooltip string)) {
	text, ok := v.Text()
	if !ok {
		return
	}
	r, bad := semrange.Parse(text)
	if bad != nil {
		return
	}
	if wide := r.Expand(); squeezed(wide) != squeezed(text) {
		add(v.Span().End, wide, "The versions that this range admits.")
	}
}

func squeezed(s string) string { return strings.ReplaceAll(s, " ", "") }

// defaultHint shows, behind a table's header, the defaults of the keys it leaves out. Flags that
// are off say nothing: that is what leaving them out means.
func defaultHint(t *tomlsyntax.Tree, f *manifestcheck.Field, add func(off int, label, tooltip string)) {
	it, ok := t.Root().Lookup(strings.Split(f.Path, ".")...)
	if !ok {
		return
	}
	table, ok := it.Table()
	if !ok || len(table.Headers()) == 0 {
		return
	}
	var missing []string
	for _, key := range f.Children() {
		if key.Default == "" || key.Type == manifestcheck.TypeBool {
			continue
		}
		if _, there := table.Get(key.Name()); !there {
			missing = append(missing, key.Name()+" = "+key.Default)
		}
	}
	if len(missing) == 0 {
		return
	}
	header := table.Headers()[0]
	src := t.Source()
	end := header.End
	for end < len(src) && src[end] != '\n' && src[end] != '\r' && src[end] != '#' {
		end++
	}
	end -= len(src[header.End:end]) - len(strings.TrimRight(src[header.End:end], " \t"))
	add(end, strings.Join(missing, ", "), "Defaults in effect, as the table leaves these keys out.")
}
