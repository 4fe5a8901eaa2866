package lsp

import (
	"fmt"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// refactorings offers other ways to write what stands at the place. None is offered that would
// leave the file more broken than it is.
func (a *actions) refactorings(want func(protocol.CodeActionKind) bool) {
	if want(protocol.CodeActionKindRefactorMove) {
		a.moveExports("wasm", "runtime")
		a.moveExports("runtime", "wasm")
	}
	if want(protocol.CodeActionKindRefactorExtract) {
		a.extractTable()
	}
	if want(protocol.CodeActionKindRefactorRewrite) {
		a.bindExport()
	}
}

// moveExports moves the list of exports between the two tables that may hold it.
func (a *actions) moveExports(from, to string) {
	tree := a.doc.Tree()
	it, ok := tree.Root().Lookup(from, "exports")
	if !ok || !it.IsValue() || !touchesSpan(it.Span(), a.at) || it.Value().Kind() != tomlsyntax.Array {
		return
	}
	if _, exists := tree.Root().Lookup(to, "exports"); exists {
		return
	}
	value := it.Value().Raw()
	if e, ok := it.Expr(); ok && e.Value().Span() == it.Value().Span() { // its line is about nothing else
		if c, ok := e.Comment(); ok {
			value += " " + tree.Source()[c.Start:c.End] // in an inline table that breaks what follows, and is not offered
		}
	}
	edits := manifestcheck.SetKey(tree, value, to, "exports")
	removed := manifestcheck.RemoveKey(tree, from, "exports")
	if len(edits) == 0 || len(removed) == 0 {
		return
	}
	if edits = append(edits, removed...); !disjoint(edits) || !keeps(tree, edits) {
		return
	}
	a.add(protocol.CodeActionKindRefactorMove, fmt.Sprintf("Move exports to [%s]", to), edits)
}

func touchesSpan(s, at tomlsyntax.Span) bool { return s.Start <= at.End && at.Start <= s.End }

// disjoint reports whether no two edits overlap or meet, so that their order means nothing.
func disjoint(edits []tomlsyntax.Edit) bool {
	sorted := slices.SortedFunc(slices.Values(edits), func(a, b tomlsyntax.Edit) int { return a.Span.Start - b.Span.Start })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Span.Start < sorted[i-1].Span.End {
			return false
		}
	}
	return true
}

const byteOrderMark = "\ufeff"

// extractTable writes an inline table as a table with a header, behind the section it stands in.
func (a *actions) extractTable() {
	tree := a.doc.Tree()
	e, ok := tree.ExprAt(a.at.Start)
	if !ok || e.Kind() != tomlsyntax.KeyValue || e.Broken() || e.Value().Kind() != tomlsyntax.InlineTable {
		return
	}
	if h, ok := e.Section().Header(); ok && h.Kind() == tomlsyntax.ArrayHeader {
		return // a table below an array's element cannot be told from one below the next
	}
	src, nl := tree.Source(), "\n"
	if strings.Contains(src, "\r\n") {
		nl = "\r\n"
	}
	for tok := range e.Tokens() {
		if tok.Kind == tomlsyntax.TokenComment && tok.Span.Start < e.Value().Span().End {
			return // comments between the entries would lose their place
		}
	}
	path := append(sectionPath(e.Section()), e.Key().Names()...)
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = tomlsyntax.QuoteKey(name)
	}
	var b strings.Builder
	end := lastLine(e.Section()) // comments behind it are about what follows
	b.WriteString(nl + nl + "[" + strings.Join(names, ".") + "]")
	if c, ok := e.Comment(); ok {
		b.WriteString(" " + src[c.Start:c.End])
	}
	for entry := range e.Value().Entries() {
		b.WriteString(nl + src[entry.Key.Span().Start:entry.Key.Span().End] + " = " + entry.Value.Raw())
	}
	block, gone := b.String(), e.Span()
	if strings.HasPrefix(src[gone.Start:], byteOrderMark) {
		gone.Start += len(byteOrderMark) // it stays where it is
	}
	edits := []tomlsyntax.Edit{{Span: gone}, {Span: emptyAt(end), Text: block}}
	if gone.End >= end { // the last line of its section, or its only one
		gone.End = end
		block = strings.TrimPrefix(block, nl)
		if strings.TrimSpace(strings.TrimPrefix(src[:gone.Start], byteOrderMark)) == "" || strings.HasSuffix(src[:gone.Start], nl+nl) {
			block = strings.TrimPrefix(block, nl)
		}
		edits = []tomlsyntax.Edit{{Span: gone, Text: block}}
	}
	if !keeps(tree, edits) {
		return
	}
	a.add(protocol.CodeActionKindRefactorExtract, fmt.Sprintf("Extract inline table to [%s]", strings.Join(names, ".")), edits)
}

// bindable bounds how many events an export is offered to be bound to.
const bindable = 6

// bindExport binds the export at the place to a hook event that nothing answers yet: those the
// manifest says it provides, and the one that a save fires.
func (a *actions) bindExport() {
	tree := a.doc.Tree()
	p := placeAt(tree, a.at.Start)
	name, ok := p.value.Text()
	if p.kind != placeValue || !p.item || !ok || name == "" || len(p.path) != 2 || p.path[1] != "exports" {
		return
	}
	if !slices.Contains(hookExports(tree), name) {
		return
	}
	bound := map[string]bool{}
	for _, b := range boundExports(tree) {
		bound[b.event] = true
	}
	known := manifestcheck.Events()
	events := slices.DeleteFunc(listAt(tree, "provides", "hooks"), func(e string) bool {
		return !slices.ContainsFunc(known, func(c manifestcheck.Choice) bool { return c.Value == e })
	})
	table := []string{"hooks"}
	if _, ok := tree.Root().Lookup("wasm", "hook_handlers"); ok {
		if _, ok := tree.Root().Lookup("hooks"); !ok {
			table = []string{"wasm", "hook_handlers"}
		}
	}
	n := 0
	for _, event := range unique(append(events, a.snap.Settings.Events...)) {
		if bound[event] || n == bindable {
			continue
		}
		edits := manifestcheck.SetKey(tree, tomlsyntax.Quote(name), append(slices.Clip(table), event)...)
		if len(edits) == 0 || !keeps(tree, edits) {
			continue
		}
		n++
		a.add(protocol.CodeActionKindRefactorRewrite, fmt.Sprintf("Bind %s to the hook %s", name, event), edits)
	}
}
