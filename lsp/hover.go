package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func hoverFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentHover: request(hover)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.HoverProvider = protocol.Boolean(true)
		},
	}
}

func hover(ctx context.Context, s *Server, snap *Snapshot, p *protocol.HoverParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	off := snap.Offset(doc, p.Position)
	text, span := s.hoverAt(ctx, snap, doc, off)
	if text == "" {
		return nil, ctx.Err()
	}
	rng := snap.Range(doc, span)
	h := &protocol.Hover{Range: &rng, Contents: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: text}}
	if !hoverMarkdown(snap.Client) {
		h.Contents = &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText, Value: plainText(text)}
	}
	return h, ctx.Err()
}

func hoverMarkdown(c *Client) bool {
	t := c.Caps.TextDocument
	return t != nil && t.Hover != nil && slices.Contains(t.Hover.ContentFormat, protocol.MarkupKindMarkdown)
}

// hoverAt is what there is to say of an offset, in markdown, and of what part of the text.
func (s *Server) hoverAt(ctx context.Context, snap *Snapshot, doc *Document, off int) (string, tomlsyntax.Span) {
	tree := doc.Tree()
	p := placeAt(tree, off)
	if p.kind == placeNone {
		p = placeAt(tree, min(off+1, len(tree.Source()))) // on an opening quote or bracket
	}
	if p.word.Start == p.word.End || !touches(p.word, off) {
		return "", tomlsyntax.Span{}
	}
	switch p.kind {
	case placeHeader:
		return headerHover(tree, doc, p, off)
	case placeKey:
		return keyHover(snap, doc, p), p.word
	case placeValue:
		return s.valueHover(ctx, snap, doc, p), p.word
	}
	return "", tomlsyntax.Span{}
}

func headerHover(tree *tomlsyntax.Tree, doc *Document, p place, off int) (string, tomlsyntax.Span) {
	e, ok := tree.ExprAt(p.word.Start)
	if !ok {
		return "", tomlsyntax.Span{}
	}
	for i, seg := range e.Key().Segments() {
		if !touches(seg.Span, off) {
			continue
		}
		if f := manifestcheck.Schema().Lookup(e.Key().Names()[:i+1]...); f != nil {
			return fieldHover(f, effective(doc.Tree(), f)), seg.Span
		}
	}
	return "", tomlsyntax.Span{}
}

func keyHover(snap *Snapshot, doc *Document, p place) string {
	tree := doc.Tree()
	e := keyNamed(tree, p.word)
	f := manifestcheck.Schema().Lookup(append(slices.Clip(p.path), e)...)
	if f == nil {
		return ""
	}
	table := manifestcheck.Schema().Lookup(p.path...)
	if table != nil && table.Type == manifestcheck.TypeMap && len(table.Enum) > 0 {
		for _, event := range table.Enum {
			if event.Value == e {
				return "**`" + e + "`** · hook event\n\n" + event.Doc + boundTo(tree, snap, doc, e)
			}
		}
		return ""
	}
	return fieldHover(ownName(f, e), effective(tree, f)+usedBy(snap, doc, f))
}

// ownName is a row of the schema that stands for any key, with the name of one.
func ownName(f *manifestcheck.Field, name string) *manifestcheck.Field {
	table, any := strings.CutSuffix(f.Path, "*")
	if !any {
		return f
	}
	named := *f
	named.Path = table + tomlsyntax.QuoteKey(name)
	named.Example = ""
	return &named
}

// usedBy says whether the module uses what a capability is for, as a line of a list.
func usedBy(snap *Snapshot, doc *Document, f *manifestcheck.Field) string {
	m := snap.Facts(doc).Summary
	for _, c := range capabilities() {
		if c.field == f.Path && m != nil && len(c.functions) > 0 {
			return "\n- " + useOf(m, c)
		}
	}
	return ""
}

// keyNamed is the name of the key segment at w.
func keyNamed(t *tomlsyntax.Tree, w tomlsyntax.Span) string {
	raw := t.Source()[w.Start:w.End]
	if quotesOf(raw) == "" {
		return raw
	}
	for e := range tomlsyntax.Parse(raw + " = 0").Expressions() {
		return strings.Join(e.Key().Names(), ".")
	}
	return raw
}

// boundTo says what answers an event.
func boundTo(t *tomlsyntax.Tree, snap *Snapshot, doc *Document, event string) string {
	for _, b := range boundExports(t) {
		if b.event != event {
			continue
		}
		text := "\n\nAnswered by " + code(b.export)
		if m := snap.Facts(doc).Summary; m != nil {
			if e, ok := m.Export(b.export); ok {
				text += " `" + signatureOf(e) + "`"
			} else {
				text += ", which the module does not export"
			}
		}
		return text + "."
	}
	return ""
}

// fieldHover documents a row of the schema. extra are more lines of its list.
func fieldHover(f *manifestcheck.Field, extra string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** · %s", code(f.Path), f.Type)
	switch {
	case len(f.RequiredBy) == 4:
		b.WriteString(" · required")
	case len(f.RequiredBy) > 0:
		b.WriteString(" · required for kind " + strings.Join(f.RequiredBy, ", "))
	}
	b.WriteString("\n\n" + f.Doc + "\n")
	line := func(format string, args ...any) { fmt.Fprintf(&b, "\n- "+format, args...) }
	if f.Constraint != "" {
		line("Must be: %s", f.Constraint)
	}
	if len(f.Enum) > 0 && f.Type == manifestcheck.TypeString {
		line("One of: `%s`", strings.ReplaceAll(choices(f.Enum), ",", "`, `"))
	}
	if f.Default != "" {
		line("Default: `%s`", f.Default)
	}
	if f.Kinds != nil {
		line("Used by kind: %s", strings.Join(f.Kinds, ", "))
	}
	if len(f.Deprecated) > 0 {
		line("Deprecated for kind %s: use `%s`", strings.Join(f.Deprecated, ", "), f.Use)
	}
	if f.Example != "" {
		line("Example: `%s = %s`", f.Name(), f.Example)
	}
	return strings.TrimRight(b.String()+extra, "\n")
}

// effective says what holds: what the manifest has, or the default.
func effective(t *tomlsyntax.Tree, f *manifestcheck.Field) string {
	if f.Default == "" {
		return ""
	}
	it, ok := t.Root().Lookup(strings.Split(f.Path, ".")...)
	switch {
	case !ok:
		return "\n- In effect: `" + f.Default + "` (the default)"
	case it.IsValue() && it.Value().Kind() != tomlsyntax.InvalidValue:
		return "\n- In effect: " + code(runlog.Clip(it.Value().Raw(), 80))
	}
	return ""
}

// code is a text as markdown shows it letter by letter: names come from files that anybody may have
// written, and must not become links or images.
func code(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if fence == "`" && s != "" {
		return fence + s + fence
	}
	return fence + " " + s + " " + fence
}

// plainText takes the marks out of markdown as it is written here.
func plainText(md string) string {
	md = strings.NewReplacer("**", "", "`", "").Replace(md)
	var b strings.Builder
	for {
		open := strings.Index(md, "](")
		start := -1
		if open >= 0 {
			start = strings.LastIndexByte(md[:open], '[')
		}
		end := -1
		if start >= 0 {
			end = strings.IndexByte(md[open:], ')')
		}
		if end < 0 {
			b.WriteString(md)
			return b.String()
		}
		b.WriteString(md[:start] + md[start+1:open] + " (" + md[open+2:open+end] + ")")
		md = md[open+end+1:]
	}
}
