package tomlsyntax

// shape is what the headers of a document make: tables, arrays of tables and their elements. It knows sections by their
// number only, so that it serves every version of a document whose headers stay the same.
type shape struct {
	root   *headTable
	clash  []headClash
	bodied []*headTable // tables that have a body
	tables []headTable  // all of them; never grows beyond its first block, so that pointers into it stay
	items  []headItem   // likewise
	slots  []int32      // a hash table of items, in use beyond smallIndex
}

// headTable is a table that some header defines or implies.
type headTable struct {
	id          int32
	count       int32     // of its items
	first, last *headItem // in order
	bodies      []int32   // the sections of its own headers
	one         [1]int32  // where bodies lies, as long as there is one
}

// headItem is one name below a headTable.
type headItem struct {
	name   string
	hash   uint32
	parent int32
	table  *headTable   // of a table
	tables []*headTable // of an array of tables
	next   *headItem
	at     headSeg // what first named it
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

func newShape(secs []*section) *shape {
	segs, heads := 0, 0
	for _, sec := range secs {
		if sec.headed {
			segs += int(sec.nodes[0].nkey)
			heads++
		}
	}
	s := &shape{
		tables: make([]headTable, 0, 1+segs+heads),
		items:  make([]headItem, 0, segs),
		bodied: make([]*headTable, 0, 1+heads),
	}
	if segs > smallIndex {
		n := 32
		for n < 2*segs {
			n *= 2
		}
		s.slots = make([]int32, n)
	}
	s.root = s.newTable()
	for i, sec := range secs {
		h := s.root
		if sec.headed {
			h = s.place(int32(i), sec.nodes[0])
		}
		if h.bodies == nil {
			h.bodies = h.one[:0]
			s.bodied = append(s.bodied, h)
		}
		h.bodies = append(h.bodies, int32(i))
	}
	return s
}

func (s *shape) newTable() *headTable {
	s.tables = append(s.tables, headTable{id: int32(len(s.tables))})
	return &s.tables[len(s.tables)-1]
}

// child is the item of h with the name, or nil.
func (s *shape) child(h *headTable, hash uint32, name string) *headItem {
	if s.slots == nil {
		for it := h.first; it != nil; it = it.next {
			if it.hash == hash && it.name == name {
				return it
			}
		}
		return nil
	}
	mask := uint32(len(s.slots) - 1)
	for i := spread(hash, h.id) & mask; s.slots[i] != 0; i = (i + 1) & mask {
		if it := &s.items[s.slots[i]-1]; it.hash == hash && it.parent == h.id && it.name == name {
			return it
		}
	}
	return nil
}

// add makes an item below h of a segment of the header n.
func (s *shape) add(h *headTable, n *Node, at headSeg) *headItem {
	s.items = append(s.items, headItem{name: n.name(at.seg), hash: n.segs[at.seg].hash, parent: h.id, at: at})
	it := &s.items[len(s.items)-1]
	if h.first == nil {
		h.first = it
	} else {
		h.last.next = it
	}
	h.last = it
	h.count++
	if s.slots != nil {
		mask := uint32(len(s.slots) - 1)
		i := spread(it.hash, h.id) & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = int32(len(s.items))
	}
	return it
}

// place is the table that the header n of section sec defines. What cannot be defined gets a table that nothing leads
// to, or, if it is defined twice, the one that is there.
func (s *shape) place(sec int32, n *Node) *headTable {
	h := s.root
	if n.nkey == 0 {
		return s.newTable()
	}
	for i := range n.nkey - 1 {
		it := s.child(h, n.segs[i].hash, n.name(i))
		if it == nil {
			it = s.add(h, n, headSeg{sec, i})
			it.table = s.newTable()
		}
		h = it.current()
	}
	at := headSeg{sec, n.nkey - 1}
	it := s.child(h, n.segs[at.seg].hash, n.name(at.seg))
	if it == nil {
		it = s.add(h, n, at)
		fresh := s.newTable()
		if n.kind == ArrayHeader {
			it.tables = []*headTable{fresh}
		} else {
			it.table = fresh
		}
		return fresh
	}
	switch {
	case n.kind == ArrayHeader && it.isArray():
		fresh := s.newTable()
		it.tables = append(it.tables, fresh)
		return fresh
	case n.kind == ArrayHeader:
		s.report(n, headClash{at, it.at, " is a table already and cannot be an array of tables too: write it with single brackets, or give one of the two another name", "the table is defined here"})
		return s.newTable()
	case it.isArray():
		s.report(n, headClash{at, it.at, " is an array of tables already: write this header with double brackets to add an element", "the array is defined here"})
		return s.newTable()
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
	for _, h := range t.shape.bodied {
		if h.first == nil {
			continue
		}
		for _, sec := range h.bodies {
			errs = t.bodyClashes(errs, h, sec, root)
		}
	}
	return errs
}

// bodyClashes compares the tables that headers put below h with what the body of section sec has below parent.
func (t *Tree) bodyClashes(errs []Error, h *headTable, sec, parent int32) []Error {
	x := &t.secs[sec].body
	if len(x.ents) < int(h.count) {
		for i := x.children(parent); i != root; i = x.ents[i].next {
			e := &x.ents[i]
			if it := t.shape.child(h, e.hash, x.name(e)); it != nil {
				errs = t.bodyClash(errs, it, sec, i)
			}
		}
		return errs
	}
	for it := h.first; it != nil; it = it.next {
		if i := x.find(parent, it.hash, it.name); i != root {
			errs = t.bodyClash(errs, it, sec, i)
		}
	}
	return errs
}

func (t *Tree) bodyClash(errs []Error, it *headItem, sec, ent int32) []Error {
	x := &t.secs[sec].body
	e := &x.ents[ent]
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
	inBody := x.keySpan(e).shift(t.bases[sec])
	inHead := t.headSpan(at)
	err := Error{Code: RedefinedTable, Span: inHead, Related: []RelatedSpan{{inBody, name + " is defined here"}}}
	switch {
	case at.sec < sec:
		err.Span = inBody
		err.Related[0] = RelatedSpan{inHead, name + " is defined by this header"}
		err.Message = name + " is defined by a header already: write this key below that header, or give it another name"
	case !e.leaf:
		err.Message = "the table " + name + " is made by a dotted key already: write these keys with that prefix, or replace the dotted key"
	case x.value(e).kind == InlineTable:
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
