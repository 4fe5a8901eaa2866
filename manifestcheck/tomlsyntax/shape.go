package tomlsyntax

// shape is what the headers of a document make: tables, arrays of tables and their elements. It knows sections by their
// number only, so that it serves every version of a document whose headers stay the same.
type shape struct {
	root   *headTable
	clash  []headClash
	mixed  []*headTable // tables that have both a body and tables below them
	bySect []*headTable // the table each section's body belongs to
}

// headTable is a table that some header defines or implies.
type headTable struct {
	name     string
	bodies   []int32 // the sections of its own headers
	children map[string]*headItem
	order    []*headItem
	at       headSeg // what first named it
}

// headItem is one name below a headTable.
type headItem struct {
	name   string
	table  *headTable   // of a table
	tables []*headTable // of an array of tables
	at     headSeg      // what first named it
}

// headSeg is a segment of a header.
type headSeg struct{ sec, seg int32 }

// headClash is a header that meets what cannot be (re)defined.
type headClash struct {
	at      headSeg
	was     headSeg
	message string
	earlier string
}

func (it *headItem) isArray() bool { return it.tables != nil }

// current is the table that keys below the name go to.
func (it *headItem) current() *headTable {
	if it.isArray() {
		return it.tables[len(it.tables)-1]
	}
	return it.table
}

func (h *headTable) child(name string) *headItem { return h.children[name] }

func (h *headTable) add(it *headItem) *headItem {
	if h.children == nil {
		h.children = map[string]*headItem{}
	}
	h.children[it.name] = it
	h.order = append(h.order, it)
	return it
}

func newShape(secs []*section) *shape {
	s := &shape{root: &headTable{at: headSeg{root, root}}, bySect: make([]*headTable, len(secs))}
	for i, sec := range secs {
		if !sec.headed {
			s.root.bodies = append(s.root.bodies, int32(i))
			s.bySect[i] = s.root
			continue
		}
		s.bySect[i] = s.place(int32(i), sec.nodes[0])
		s.bySect[i].bodies = append(s.bySect[i].bodies, int32(i))
	}
	seen := map[*headTable]bool{}
	for _, h := range s.bySect {
		if len(h.order) > 0 && !seen[h] {
			seen[h] = true
			s.mixed = append(s.mixed, h)
		}
	}
	return s
}

// place is the table that the header n of section sec defines. What cannot be defined gets a table that nothing leads
// to, or, if it is defined twice, the one that is there.
func (s *shape) place(sec int32, n *Node) *headTable {
	h := s.root
	if n.nkey == 0 {
		return &headTable{}
	}
	for i := range n.nkey - 1 {
		name := n.name(i)
		it := h.child(name)
		if it == nil {
			at := headSeg{sec, i}
			it = h.add(&headItem{name: name, table: &headTable{name: name, at: at}, at: at})
		}
		h = it.current()
	}
	at, name := headSeg{sec, n.nkey - 1}, n.name(n.nkey-1)
	it := h.child(name)
	fresh := &headTable{name: name, at: at}
	if n.kind == ArrayHeader {
		switch {
		case it == nil:
			h.add(&headItem{name: name, tables: []*headTable{fresh}, at: at})
		case it.isArray():
			it.tables = append(it.tables, fresh)
		default:
			s.report(n, headClash{at, it.at, " is a table already and cannot be an array of tables too: write it with single brackets, or give one of the two another name", "the table is defined here"})
		}
		return fresh
	}
	switch {
	case it == nil:
		h.add(&headItem{name: name, table: fresh, at: at})
		return fresh
	case it.isArray():
		s.report(n, headClash{at, it.at, " is an array of tables already: write this header with double brackets to add an element", "the array is defined here"})
		return fresh
	case len(it.table.bodies) > 0:
		s.report(n, headClash{at, headSeg{it.table.bodies[0], root}, " is defined twice: move these keys below its first header and remove this one", "first defined here"})
	}
	return it.table
}

// report notes a clash, unless the header is broken: half a header is often on its way to be another.
func (s *shape) report(n *Node, c headClash) {
	if !n.Broken() {
		c.message = "the table " + n.keyAt(0).String() + c.message
		s.clash = append(s.clash, c)
	}
}

// headerErrors are the errors that involve a header: tables defined twice, and tables that a key in a body has taken.
func (t *Tree) headerErrors() []Error {
	var errs []Error
	for _, c := range t.shape.clash {
		errs = append(errs, Error{
			Code: RedefinedTable, Span: t.headKey(c.at), Message: c.message,
			Related: []RelatedSpan{{t.headSpan(c.was), c.earlier}},
		})
	}
	for _, h := range t.shape.mixed {
		for _, sec := range h.bodies {
			errs = t.bodyClashes(errs, h, sec, root)
		}
	}
	return errs
}

// bodyClashes compares the tables that headers put below h with what the body of section sec has below parent.
func (t *Tree) bodyClashes(errs []Error, h *headTable, sec, parent int32) []Error {
	x := t.secs[sec].index
	if n := len(x.ents); n > 0 && n < len(h.order) {
		for i := x.children(parent); i != root; i = x.ents[i].next {
			if it := h.child(x.ents[i].name()); it != nil {
				errs = t.bodyClash(errs, it, sec, i)
			}
		}
		return errs
	}
	for _, it := range h.order {
		if i := x.find(parent, hashName(it.name), it.name); i != root {
			errs = t.bodyClash(errs, it, sec, i)
		}
	}
	return errs
}

func (t *Tree) bodyClash(errs []Error, it *headItem, sec, ent int32) []Error {
	e := &t.secs[sec].index.ents[ent]
	if !e.leaf && !it.isArray() && len(it.table.bodies) == 0 {
		return t.bodyClashes(errs, it.table, sec, ent)
	}
	if t.secs[it.at.sec].nodes[0].Broken() {
		return errs
	}
	name := QuoteKey(it.name)
	at := it.at
	if !it.isArray() && !e.leaf && len(it.table.bodies) > 0 {
		at = headSeg{it.table.bodies[0], root}
	}
	inBody := e.keySpan().shift(t.bases[sec])
	inHead := t.headSpan(at)
	err := Error{Code: RedefinedTable, Span: inHead, Related: []RelatedSpan{{inBody, name + " is defined here"}}}
	switch {
	case at.sec < sec:
		err.Span = inBody
		err.Related[0] = RelatedSpan{inHead, name + " is defined by this header"}
		err.Message = name + " is defined by a header already: write this key below that header, or give it another name"
	case !e.leaf:
		err.Message = "the table " + name + " is made by a dotted key already: write these keys with that prefix, or replace the dotted key"
	case e.value().kind == InlineTable:
		err.Message = "the inline table " + name + " cannot be extended after its closing brace: write these keys between its braces"
	default:
		err.Message = name + " has a value already and cannot be a table too: give one of the two another name"
	}
	return append(errs, err)
}

// headSpan is the place of a header's segment, or of the whole key for root.
func (t *Tree) headSpan(at headSeg) Span {
	if at.seg == root {
		return t.headKey(at)
	}
	return t.secs[at.sec].nodes[0].segs[at.seg].at(t.bases[at.sec])
}

func (t *Tree) headKey(at headSeg) Span {
	return t.secs[at.sec].nodes[0].key.at(t.bases[at.sec])
}
