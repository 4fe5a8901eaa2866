package manifestcheck

import (
	"slices"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// entry is a key of the file that lies in a table of the schema.
type entry struct {
	item   tomlsyntax.Item
	value  tomlsyntax.Value // the item's
	name   string
	field  *Field // nil: the schema has no such key
	parent *Field
}

// path is the names that lead to the key.
func (e *entry) path() []string { return append(slices.Clip(e.parent.path), e.name) }

// scratch is what a check needs and its result does not keep.
type scratch struct {
	entries []entry
	tables  []foundTable
}

// emptied is the room of s for the next check, without anything of this one.
func (s scratch) emptied() scratch {
	clear(s.entries)
	clear(s.tables)
	return scratch{s.entries[:0], s.tables[:0]}
}

// foundTable is a table of the schema that the file has.
type foundTable struct {
	path  string
	table tomlsyntax.Table
}

// gather walks the tables of the schema once and notes every key in them, so that no rule has to
// look for keys: the model is filled on the way, and table answers from what was found. Below keys
// that the author chooses ([requires], [metadata], events) it does not go.
func (p *pass) gather(t tomlsyntax.Table, f *Field) {
	for it := range t.Items() {
		name, v := it.Name(), it.Value()
		c := f.Child(name)
		p.entries = append(p.entries, entry{it, v, name, c, f})
		if c == nil {
			continue
		}
		p.seen |= 1 << c.index
		if c.model != nil {
			read(c.model(p.model), it, v, c)
		}
		if c.Type != TypeTable && c.Type != TypeMap && c.Type != TypeAny {
			continue
		}
		sub, ok := it.Table()
		if !ok && c.Path != "capabilities.filesystem" { // of which checkLegacy speaks
			sub, ok = onlyTable(it)
		}
		if !ok {
			continue
		}
		p.tables = append(p.tables, foundTable{c.Path, sub})
		if c.Type == TypeTable {
			p.gather(sub, c)
		}
	}
}

// onlyTable is the table of [[x]] where only one such header is there: brackets too many are one mistake,
// which must not hide what the table holds.
func onlyTable(it tomlsyntax.Item) (tomlsyntax.Table, bool) {
	if !it.IsArrayOfTables() {
		return tomlsyntax.Table{}, false
	}
	all := it.Tables()
	if len(all) != 1 {
		return tomlsyntax.Table{}, false
	}
	return all[0], true
}

// table returns the table at a path of the schema, if the file has one.
func (p *pass) table(path string) (tomlsyntax.Table, bool) {
	for i := range p.tables {
		if t := &p.tables[i]; t.path == path {
			return t.table, true
		}
	}
	return tomlsyntax.Table{}, false
}

// unknownKey returns the key of that name in a table of the schema that does not know it.
func (p *pass) unknownKey(table, name string) (tomlsyntax.Item, bool) {
	for i := range p.entries {
		if e := &p.entries[i]; e.field == nil && e.name == name && e.parent.Path == table {
			return e.item, true
		}
	}
	return tomlsyntax.Item{}, false
}

// knownKey returns the key at a path of the schema.
func (p *pass) knownKey(path string) (tomlsyntax.Item, bool) {
	for i := range p.entries {
		if e := &p.entries[i]; e.field != nil && e.field.Path == path {
			return e.item, true
		}
	}
	return tomlsyntax.Item{}, false
}
