package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func documentSymbolFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentDocumentSymbol: request(documentSymbol)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.DocumentSymbolProvider = protocol.Boolean(true)
		},
	}
}

// maxSymbols bounds the outline of one file.
const maxSymbols = 20000

func documentSymbol(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DocumentSymbolParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	o := &outline{ctx: ctx, snap: snap, doc: doc}
	symbols := o.sections()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if t := snap.Client.Caps.TextDocument; t != nil && t.DocumentSymbol != nil && on(t.DocumentSymbol.HierarchicalDocumentSymbolSupport) {
		return symbols, nil
	}
	return flat(nil, uri.URI(doc.Wire), "", symbols), nil
}

// outline makes the symbols of a document: its tables as they nest, their keys, and the names in
// lists and inline tables. It follows the text, so that each symbol's range is one piece and
// encloses those below it.
type outline struct {
	ctx  context.Context
	snap *Snapshot
	doc  *Document
	n    int
}

func (o *outline) full() bool {
	o.n++
	return o.n > maxSymbols || o.n%512 == 0 && o.ctx.Err() != nil
}

// sections nests each section in the nearest one before it whose path begins its own, as long as
// the sections of that one go on.
func (o *outline) sections() []protocol.DocumentSymbol {
	type node struct {
		sym  protocol.DocumentSymbol
		path []string
		span tomlsyntax.Span
		kids []*node
	}
	top := &node{}
	stack := []*node{top}
	for s := range o.doc.Tree().Sections() {
		h, ok := s.Header()
		if !ok {
			for _, sym := range o.keys(s) {
				top.kids = append(top.kids, &node{sym: sym})
			}
			continue
		}
		if o.full() {
			break
		}
		path := h.Key().Names()
		for len(stack) > 1 && !isPrefix(stack[len(stack)-1].path, path) {
			stack = stack[:len(stack)-1]
		}
		span := tomlsyntax.Span{Start: h.Span().Start, End: lastLine(s)}
		kind := protocol.SymbolKindModule
		if h.Kind() == tomlsyntax.ArrayHeader {
			kind = protocol.SymbolKindArray
		}
		n := &node{path: path, span: span, sym: protocol.DocumentSymbol{
			Name: symbolName(h.Key().String()), Kind: kind,
			SelectionRange: o.snap.Range(o.doc, h.Key().Span()), Children: o.keys(s),
		}}
		for _, parent := range stack[1:] {
			parent.span.End = max(parent.span.End, span.End)
		}
		stack[len(stack)-1].kids = append(stack[len(stack)-1].kids, n)
		stack = append(stack, n)
	}
	var build func(nodes []*node) []protocol.DocumentSymbol
	build = func(nodes []*node) []protocol.DocumentSymbol {
		out := make([]protocol.DocumentSymbol, len(nodes))
		for i, n := range nodes {
			out[i] = n.sym
			if n.path != nil {
				out[i].Range = o.snap.Range(o.doc, n.span)
				out[i].Children = append(out[i].Children, build(n.kids)...)
			}
		}
		return out
	}
	return build(top.kids)
}

func isPrefix(prefix, path []string) bool {
	if len(prefix) > len(path) || len(prefix) == len(path) {
		return false
	}
	for i, name := range prefix {
		if path[i] != name {
			return false
		}
	}
	return true
}

// lastLine is the end of the last expression of a section, blank lines and comments left out.
func lastLine(s tomlsyntax.Section) int {
	end := s.Span().Start
	for e := range s.Expressions() {
		if e.Kind() != tomlsyntax.Blank && e.Kind() != tomlsyntax.CommentLine {
			end = e.Span().Start + len(strings.TrimRight(e.Text(), "\r\n"))
		}
	}
	return end
}

func (o *outline) keys(s tomlsyntax.Section) []protocol.DocumentSymbol {
	var all []protocol.DocumentSymbol
	for e := range s.Expressions() {
		if e.Kind() == tomlsyntax.KeyValue && e.Key().Len() > 0 {
			if o.full() {
				break
			}
			all = append(all, o.key(e.Key(), e.Value()))
		}
	}
	return all
}

func (o *outline) key(key tomlsyntax.Key, v tomlsyntax.Value) protocol.DocumentSymbol {
	span := key.Span()
	if v.Present() {
		span.End = max(span.End, v.Span().End)
	}
	sym := protocol.DocumentSymbol{
		Name: symbolName(key.String()), Kind: symbolKind(v),
		Range: o.snap.Range(o.doc, span), SelectionRange: o.snap.Range(o.doc, key.Span()),
	}
	switch v.Kind() {
	case tomlsyntax.InlineTable:
		for e := range v.Entries() {
			if e.Key.Len() == 0 || o.full() {
				break
			}
			sym.Children = append(sym.Children, o.key(e.Key, e.Value))
		}
	case tomlsyntax.Array:
		for e := range v.Elements() {
			if !e.Present() || o.full() {
				break
			}
			name := e.Raw()
			if s, ok := e.Text(); ok {
				name = s
			}
			at := o.snap.Range(o.doc, e.Span())
			sym.Children = append(sym.Children, protocol.DocumentSymbol{Name: symbolName(name), Kind: symbolKind(e), Range: at, SelectionRange: at})
		}
	default:
		if detail := runlog.Clip(v.Raw(), 80); detail != "" {
			sym.Detail = &detail
		}
	}
	return sym
}

// symbolName is a name as an outline can show it: never empty, on one line.
func symbolName(s string) string {
	s = strings.Join(strings.Fields(runlog.Clip(s, 120)), " ")
	if s == "" {
		return `""`
	}
	return s
}

func symbolKind(v tomlsyntax.Value) protocol.SymbolKind {
	switch v.Kind() {
	case tomlsyntax.String:
		return protocol.SymbolKindString
	case tomlsyntax.Integer, tomlsyntax.Float:
		return protocol.SymbolKindNumber
	case tomlsyntax.Bool:
		return protocol.SymbolKindBoolean
	case tomlsyntax.Array:
		return protocol.SymbolKindArray
	case tomlsyntax.InlineTable:
		return protocol.SymbolKindModule
	}
	return protocol.SymbolKindKey
}

// flat lists symbols for a client that shows no tree.
func flat(all []protocol.SymbolInformation, doc uri.URI, container string, symbols []protocol.DocumentSymbol) []protocol.SymbolInformation {
	for _, s := range symbols {
		info := protocol.SymbolInformation{Location: protocol.Location{URI: doc, Range: s.Range}}
		info.Name, info.Kind = s.Name, s.Kind
		if container != "" {
			info.ContainerName = &container
		}
		all = append(all, info)
		all = flat(all, doc, s.Name, s.Children)
	}
	return all
}
