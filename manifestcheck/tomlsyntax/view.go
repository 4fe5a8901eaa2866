package tomlsyntax

import (
	"iter"
	"slices"
)

// Table is a table of the logical view, however it is written: by a header, by dotted keys, as an inline table, or by
// several of these together. Where a document defines a name twice, the first definition counts.
type Table struct {
	t     *Tree
	head  *headTable // nil where no header leads here
	first part       // nearly always the only one; without a body there is none
	rest  []part
	names *names
}

// names is a path, last name first.
type names struct {
	name string
	up   *names
}

func (n *names) path() []string {
	var all []string
	for ; n != nil; n = n.up {
		all = append(all, n.name)
	}
	slices.Reverse(all)
	return all
}

// part is a place in the index of a body that contributes to a table.
type part struct {
	*body
	ent  int32 // root: the whole body
	base int   // of the body in the source
	sec  int32
}

// Item is one name in a table.
type Item struct {
	t    *Tree
	up   *names    // of the table it is in
	part part      // body is nil when a header defines the name
	head *headItem // nil when a key defines it
}

// Root is the document as a table.
func (t *Tree) Root() Table { return t.headTable(t.shape.root, nil) }

// maxBodies is how many of a table's headers are looked at. More than one is an error, and a document of nothing but
// errors must not take quadratic time.
const maxBodies = 8

func (t *Tree) headTable(h *headTable, n *names) Table {
	tab := Table{t: t, head: h, names: n}
	for i, sec := range h.bodies[:min(len(h.bodies), maxBodies)] {
		p := part{&t.secs[sec].body, root, t.bases[sec], sec}
		if i == 0 {
			tab.first = p
		} else {
			tab.rest = append(tab.rest, p)
		}
	}
	return tab
}

// single reports whether one place contributes to the table.
func (tab Table) single() bool { return tab.first.body != nil && len(tab.rest) == 0 }

// parts are all places that contribute to the table.
func (tab Table) parts() []part {
	if tab.first.body == nil {
		return nil
	}
	return append([]part{tab.first}, tab.rest...)
}

// Name is the last segment of the table's path, "" for the root.
func (tab Table) Name() string {
	if tab.names == nil {
		return ""
	}
	return tab.names.name
}

// Path are the names that lead to the table. The elements of an array of tables have the array's path.
func (tab Table) Path() []string { return tab.names.path() }

// Headers are the spans of the keys of the table's own headers, without brackets. There are none for a table that is
// written otherwise, and more than one only in a document with an error.
func (tab Table) Headers() []Span {
	if tab.head == nil {
		return nil
	}
	var spans []Span
	for _, sec := range tab.head.bodies {
		if tab.t.secs[sec].headed {
			spans = append(spans, tab.t.headKey(headSeg{sec, root}))
		}
	}
	return spans
}

// Get is the item with the name.
func (tab Table) Get(name string) (Item, bool) {
	hash := hashName(name)
	best, ok := Item{}, false
	for n := -1; n < len(tab.rest) && tab.first.body != nil; n++ {
		p := tab.first
		if n >= 0 {
			p = tab.rest[n]
		}
		if i := p.find(p.ent, hash, name); i != root {
			best, ok = tab.keyItem(p, i), true
			break
		}
	}
	if tab.head != nil {
		if it := tab.t.shape.child(tab.head, hash, name); it != nil && (!ok || it.at.sec < best.part.sec || !best.leaf() && !it.isArray()) {
			head := tab.headItem(it)
			if ok && !best.leaf() && !it.isArray() {
				head.part = best.part
			}
			return head, true
		}
	}
	return best, ok
}

// Lookup follows a path of names through tables.
func (tab Table) Lookup(path ...string) (Item, bool) {
	var it Item
	for i, name := range path {
		if i > 0 {
			next, ok := it.Table()
			if !ok {
				return Item{}, false
			}
			tab = next
		}
		next, ok := tab.Get(name)
		if !ok {
			return Item{}, false
		}
		it = next
	}
	return it, len(path) > 0
}

// Items are the items of the table in the order in which their names first appear.
func (tab Table) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		if tab.single() && (tab.head == nil || tab.head.first == nil) {
			p := tab.first
			for i := p.children(p.ent); i != root; i = p.ents[i].next {
				if !yield(tab.keyItem(p, i)) {
					return
				}
			}
			return
		}
		if tab.single() && tab.first.sec < tab.head.first.at.sec {
			tab.bodyThenHeaders(yield)
			return
		}
		for _, it := range tab.merged() {
			if !yield(it) {
				return
			}
		}
	}
}

// bodyThenHeaders are the items of a table whose body comes before all headers below it, as it nearly always does.
func (tab Table) bodyThenHeaders(yield func(Item) bool) {
	p := tab.first
	for i := p.children(p.ent); i != root; i = p.ents[i].next {
		it := tab.keyItem(p, i)
		if e := &p.ents[i]; tab.t.shape.child(tab.head, e.hash, p.name(e)) != nil {
			it, _ = tab.Get(p.name(e))
		}
		if !yield(it) {
			return
		}
	}
	for it := tab.head.first; it != nil; it = it.next {
		if p.find(p.ent, it.hash, it.name) == root && !yield(tab.headItem(it)) {
			return
		}
	}
}

// merged are the items of a table that has several sources.
func (tab Table) merged() []Item {
	var all []Item
	parts := tab.parts()
	for n, p := range parts {
		for i := p.children(p.ent); i != root; i = p.ents[i].next {
			e := &p.ents[i]
			known := tab.head != nil && tab.t.shape.child(tab.head, e.hash, p.name(e)) != nil
			for _, q := range parts[:n] {
				known = known || q.find(q.ent, e.hash, p.name(e)) != root
			}
			if !known {
				all = append(all, tab.keyItem(p, i))
			}
		}
	}
	if tab.head != nil {
		for it := tab.head.first; it != nil; it = it.next {
			item, _ := tab.Get(it.name)
			all = append(all, item)
		}
	}
	slices.SortStableFunc(all, func(a, b Item) int { return a.KeySpan().Start - b.KeySpan().Start })
	return all
}

func (tab Table) keyItem(p part, ent int32) Item {
	p.ent = ent
	return Item{t: tab.t, up: tab.names, part: p}
}

func (tab Table) headItem(it *headItem) Item {
	return Item{t: tab.t, up: tab.names, head: it}
}

func (it Item) entry() *entry { return &it.part.ents[it.part.ent] }

// node is the node that names the item, and its place.
func (it Item) node() (*Node, int) {
	i := it.entry().node
	return it.part.nodes[i], it.part.base + int(it.part.offs[i])
}

// leaf reports whether the item is a key with a value.
func (it Item) leaf() bool { return it.part.body != nil && it.head == nil && it.entry().leaf }

// Name is the item's name, decoded.
func (it Item) Name() string {
	if it.head != nil {
		return it.head.name
	}
	return it.part.name(it.entry())
}

// Path are the names that lead to the item, its own last.
func (it Item) Path() []string { return it.names().path() }

func (it Item) names() *names { return &names{it.Name(), it.up} }

// KeySpan is the segment that first names the item.
func (it Item) KeySpan() Span {
	if it.part.body == nil {
		return it.t.headSpan(it.head.at)
	}
	key := it.part.keySpan(it.entry()).shift(it.part.base)
	if it.head != nil {
		if s := it.t.headSpan(it.head.at); s.Start < key.Start {
			return s
		}
	}
	return key
}

// Span covers the key and the value of an item that has a value; of another, the whole key that first names it.
func (it Item) Span() Span {
	if it.part.body == nil || it.head != nil && it.KeySpan() == it.t.headSpan(it.head.at) {
		return it.t.headKey(headSeg{it.head.at.sec, root})
	}
	e := it.entry()
	n, base := it.node()
	key := n.keyAt(base)
	if e.val > 0 {
		key = n.entryKey(it.part.value(e), base)
	}
	s := key.Span()
	if v := it.Value(); v.Present() {
		s.End = v.Span().End
	}
	return s
}

// IsValue reports whether a key gives the item a value, be it valid or not. An inline table is a value too.
func (it Item) IsValue() bool { return it.leaf() }

// IsTable reports whether the item is a table of any notation.
func (it Item) IsTable() bool {
	_, ok := it.Table()
	return ok
}

// IsArrayOfTables reports whether headers in double brackets define the item.
func (it Item) IsArrayOfTables() bool { return it.head != nil && it.head.isArray() }

// Value is the item's value; its kind is InvalidValue where there is none.
func (it Item) Value() Value {
	if !it.leaf() {
		return Value{}
	}
	n, base := it.node()
	if n.nv == 0 {
		return Value{}
	}
	return Value{n, it.entry().val, base}
}

// Table is the table the item is.
func (it Item) Table() (Table, bool) {
	switch {
	case it.head != nil:
		if it.head.isArray() {
			return Table{}, false
		}
		tab := it.t.headTable(it.head.table, it.names())
		if it.part.body != nil {
			tab.rest = tab.parts()
			tab.first = it.part
		}
		return tab, true
	case it.leaf():
		tab, ok := it.Value().Table()
		if ok {
			tab.t, tab.names = it.t, it.names()
		}
		return tab, ok
	case it.part.body == nil:
		return Table{}, false
	}
	return Table{t: it.t, first: it.part, names: it.names()}, true
}

// Tables are the elements of an array of tables, and the inline tables in an array.
func (it Item) Tables() []Table {
	var all []Table
	if it.IsArrayOfTables() {
		for _, h := range it.head.tables {
			all = append(all, it.t.headTable(h, it.names()))
		}
		return all
	}
	for v := range it.Value().Elements() {
		if tab, ok := v.Table(); ok {
			tab.t, tab.names = it.t, it.names()
			all = append(all, tab)
		}
	}
	return all
}

// Expr is the expression that gives the item its value, or for an item that a header or a dotted key makes, the first
// expression that names it.
func (it Item) Expr() (Expr, bool) {
	if it.t == nil {
		return Expr{}, false
	}
	return it.t.ExprAt(it.KeySpan().Start)
}
