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

// headClash is a header that meets a table or array that another header defined.
type headClash struct {
	kind    clashKind
	at, was headSeg
	implied bool // what was there has no header of its own
}

type clashKind uint8

const (
	tableTwice clashKind = iota
	tableAsArray
	arrayAsTable
)

func (it *headItem) isArray() bool { return it.tables != nil }

// current is the table that keys below the name go to.
func (it *headItem) current() *headTable {
	if it.isArray() {
		return it.tables[len(it.tables)-1]
	}
	return it.table
}

func newShape(secs []*section) *shape {
	segs, heads, nameless := 0, 0, 0
	for _, sec := range secs {
		if !sec.headed {
			continue
		}
		heads++
		if n := int(sec.nodes[0].nkey); n > 0 {
			segs += n
		} else {
			nameless++
		}
	}
	s := &shape{
		tables: make([]headTable, 0, 1+segs+nameless),
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
	s.items = append(s.items, headItem{name: n.name(at.seg), hash: n.segment(at.seg).hash, parent: h.id, at: at})
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
		it := s.child(h, n.segment(i).hash, n.name(i))
		if it == nil {
			it = s.add(h, n, headSeg{sec, i})
			it.table = s.newTable()
		}
		h = it.current()
	}
	at := headSeg{sec, n.nkey - 1}
	it := s.child(h, n.segment(at.seg).hash, n.name(at.seg))
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
		s.report(n, headClash{tableAsArray, at, it.at, len(it.table.bodies) == 0})
		return s.newTable()
	case it.isArray():
		s.report(n, headClash{arrayAsTable, at, it.at, false})
		return s.newTable()
	case len(it.table.bodies) > 0:
		s.report(n, headClash{tableTwice, at, headSeg{it.table.bodies[0], root}, false})
	}
	return it.table
}

// report notes a clash, unless the header is broken: half a header is often on its way to be another.
func (s *shape) report(n *Node, c headClash) {
	if !n.Broken() {
		s.clash = append(s.clash, c)
	}
}
