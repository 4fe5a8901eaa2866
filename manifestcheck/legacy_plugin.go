package manifestcheck

import (
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// pluginKeys are the keys of the old [plugin] table and what they are called now.
var pluginKeys = map[string][]string{
	"name": {"name"}, "version": {"version"}, "kind": {"kind"}, "type": {"kind"},
	"description": {"summary"}, "summary": {"summary"}, "homepage": {"homepage"},
	"license": {"license"}, "authors": {"authors"},
	"samuel": {"samuel", "framework"}, "framework": {"samuel", "framework"}, "protocol": {"samuel", "protocol"},
}

// pluginKey is where a key of the old [plugin] table belongs. Tables that belong beside [plugin], such
// as [capabilities], were at times written below it; plugin.samuel is one of them, or a range.
func pluginKey(x tomlsyntax.Item) (to []string, known bool) {
	if isTableKey(x.Name()) && (!x.IsValue() || x.Value().Kind() == tomlsyntax.InlineTable) {
		return []string{x.Name()}, true
	}
	to, known = pluginKeys[x.Name()]
	return to, known
}

// isTableKey says whether the schema has a table of that name at the top of the file.
func isTableKey(name string) bool {
	f := Schema().Root().Child(name)
	return f != nil && (f.Type == TypeTable || f.Type == TypeMap || f.Type == TypeAny)
}

// legacyPlugin: a [plugin] table that holds what now stands at the top of the file.
func (p *pass) legacyPlugin() {
	it, _ := p.unknownKey("", "plugin")
	table, ok := it.Table()
	if !ok {
		return
	}
	p.claim("plugin")
	clear, lost := true, false
	for x := range table.Items() {
		to, known := pluginKey(x)
		if len(to) == 1 {
			p.claim(to...)
		}
		if !x.IsValue() && known && p.headed(x) && !p.has(to...) {
			continue // movePluginTables moves it
		}
		if !known {
			to = []string{"metadata", x.Name()}
		}
		clear = clear && x.IsValue() && (!known || x.Value().Kind() == tomlsyntax.String || x.Value().Kind() == tomlsyntax.Array || isTableKey(x.Name()))
		lost = lost || clear && p.differs(x.Value().Raw(), to...)
	}
	var fixes []Fix
	if clear {
		fixes = p.rewrite("move the keys to the top of the file", !lost, movePluginTables, movePlugin)
	}
	p.legacy(it.KeySpan(), "a [plugin] table is the shape of an old document: write name, version and kind at the top of the file, description as summary, and samuel as framework below [samuel]", fixes)
}

// headed says whether headers alone make a table of [plugin], and no key above them names it.
func (p *pass) headed(x tomlsyntax.Item) bool {
	path := []string{"plugin", x.Name()}
	for s := range p.tree.Sections() {
		h, ok := headerPath(s)
		if !ok || len(h) >= len(path) || !hasPrefix(path, h) {
			continue
		}
		for e := range s.Expressions() {
			if e.Kind() == tomlsyntax.KeyValue && hasPrefix(append(h[:len(h):len(h)], e.Key().Names()...), path) {
				return false
			}
		}
	}
	return true
}

// movePluginTables takes plugin. from the headers of tables that belong beside [plugin].
func movePluginTables(p *pass) []tomlsyntax.Edit {
	var edits []tomlsyntax.Edit
	for s := range p.tree.Sections() {
		h, ok := s.Header()
		if !ok || h.Key().Len() < 2 || h.Key().Segment(0).Name != "plugin" || !isTableKey(h.Key().Segment(1).Name) {
			continue
		}
		edits = append(edits, replace(tomlsyntax.Span{Start: h.Key().Segment(0).Span.Start, End: h.Key().Segment(1).Span.Start}, ""))
	}
	return edits
}

// movePlugin writes the keys of [plugin] where they belong now. Keys that are there already win;
// keys that nobody knows go to [metadata], so that nothing is lost. Comments in the table stay
// with their keys.
func movePlugin(p *pass) []tomlsyntax.Edit {
	table, ok := tableAt(p.root, "plugin")
	if !ok {
		return nil // it held tables only
	}
	var top strings.Builder
	type late struct {
		path  []string
		value string
	}
	var rest []late
	for x := range table.Items() {
		v := x.Value().Raw()
		to, known := pluginKey(x)
		switch {
		case !known:
			rest = append(rest, late{[]string{"metadata", x.Name()}, v})
		case p.has(to...):
		case len(to) > 1:
			rest = append(rest, late{to, v})
		default:
			top.WriteString(p.commentsOf(x))
			top.WriteString(to[0] + " = " + v + p.trailingComment(x) + p.newline())
		}
	}
	steps := []func(*pass) []tomlsyntax.Edit{
		func(q *pass) []tomlsyntax.Edit {
			return append(q.remove("plugin"), q.atTop(top.String())...)
		},
	}
	slices.Reverse(rest)
	for _, r := range slices.Backward(rest) {
		steps = append(steps, p.ifMissing(r.value, r.path...))
	}
	if fixes := p.rewrite("", true, steps...); len(fixes) > 0 {
		return fixes[0].Edits
	}
	return nil
}

// atTop writes lines behind the keys at the top of the file.
func (p *pass) atTop(lines string) []tomlsyntax.Edit {
	at := -1
	for s := range p.tree.Sections() {
		if _, headed := s.Header(); headed {
			break
		}
		for e := range s.Expressions() {
			if e.Kind() == tomlsyntax.KeyValue && e.Key().Segment(0).Name != "plugin" {
				at = e.Span().End
			}
		}
	}
	if at >= 0 {
		return []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: at, End: at}, lines)}
	}
	it, _ := p.root.Get("plugin")
	at = p.lineStart(it.KeySpan().Start)
	for s := range p.tree.Sections() {
		if h, headed := s.Header(); headed {
			at = min(at, h.Span().Start)
			if leading := h.LeadingComments(); len(leading) > 0 && h.Key().Segment(0).Name != "plugin" {
				at = min(at, leading[0].Start)
			}
			break
		}
	}
	at = max(at, p.start())
	left := p.src[at:]
	for _, e := range lastFirst(p.remove("plugin")) {
		if e.Span.Start >= at {
			left = left[:e.Span.Start-at] + left[e.Span.End-at:]
		}
	}
	if strings.TrimSpace(left) != "" {
		lines += p.newline()
	}
	return []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: at, End: at}, lines)}
}

// commentsOf and trailingComment are the comments of a key that has a line of its own.
func (p *pass) commentsOf(it tomlsyntax.Item) string {
	var b strings.Builder
	if e, ok := lineOf(it); ok {
		for _, c := range e.LeadingComments() {
			b.WriteString(strings.TrimRight(p.src[c.Start:c.End], "\r\n") + p.newline())
		}
	}
	return b.String()
}

func (p *pass) trailingComment(it tomlsyntax.Item) string {
	if e, ok := lineOf(it); ok {
		if c, ok := e.Comment(); ok {
			return " " + strings.TrimRight(p.src[c.Start:c.End], "\r\n")
		}
	}
	return ""
}

// lineOf is the line that defines a key, if it defines nothing else.
func lineOf(it tomlsyntax.Item) (tomlsyntax.Expr, bool) {
	e, ok := it.Expr()
	if !ok || e.Kind() != tomlsyntax.KeyValue || e.Value().Span() != it.Value().Span() {
		return tomlsyntax.Expr{}, false
	}
	return e, true
}
