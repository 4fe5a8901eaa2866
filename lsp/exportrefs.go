package lsp

import "github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"

// role is what a mention of an export in a manifest is.
type role uint8

const (
	roleListed role = iota // an item of [wasm].exports or [runtime].exports
	roleBound              // the value of a hook binding
)

// exportRef is one mention of an export.
type exportRef struct {
	name string
	span tomlsyntax.Span // of the string, with its quotes
	role role
	// event is the hook event of a binding, eventSpan its key.
	event     string
	eventSpan tomlsyntax.Span
}

// exportRefs are all mentions of exports in a manifest, listed ones first.
func exportRefs(t *tomlsyntax.Tree) []exportRef {
	var all []exportRef
	for _, table := range []string{"wasm", "runtime"} {
		it, ok := t.Root().Lookup(table, "exports")
		if !ok || !it.IsValue() || it.Value().Kind() != tomlsyntax.Array {
			continue
		}
		for e := range it.Value().Elements() {
			if name, ok := e.Text(); ok && len(all) < maxRefs {
				all = append(all, exportRef{name: name, span: e.Span(), role: roleListed})
			}
		}
	}
	for _, path := range bindingTables() {
		it, ok := t.Root().Lookup(path...)
		if !ok {
			continue
		}
		table, ok := it.Table()
		if !ok {
			continue
		}
		for b := range table.Items() {
			if !b.IsValue() {
				continue
			}
			if name, ok := b.Value().Text(); ok && len(all) < maxRefs {
				all = append(all, exportRef{name: name, span: b.Value().Span(), role: roleBound, event: b.Name(), eventSpan: b.KeySpan()})
			}
		}
	}
	return all
}

// maxRefs bounds the mentions looked at in one manifest.
const maxRefs = 10000

// named are the mentions of one export.
func named(refs []exportRef, name string) []exportRef {
	var all []exportRef
	for _, r := range refs {
		if r.name == name {
			all = append(all, r)
		}
	}
	return all
}

// textSpan is what is between the quotes of a string.
func textSpan(t *tomlsyntax.Tree, s tomlsyntax.Span) tomlsyntax.Span {
	_, inner := quotingOf(t.Source(), s, s.End)
	return inner
}
