package tomlsyntax

// root is the parent of the first segments of keys.
const root = int32(-1)

// keyIndex is the tree that the dotted keys of one body (a section's, or an inline table's) make: it finds duplicates
// and answers look-ups. It is small and flat because a large document has thousands.
type keyIndex struct {
	ents  []entry
	slots []int32 // a hash table of ents, in use beyond smallIndex
	top   int32   // the first child of root
	tail  int32
}

// entry is one name below a parent.
type entry struct {
	n           *Node
	off         int // of n in the body
	seg, val    int32
	parent      int32
	first, last int32 // children
	next        int32 // sibling
	hash        uint32
	leaf        bool // has a value; otherwise a table made by a dotted key
}

// smallIndex is the number of entries up to which comparing all hashes beats a table of them.
const smallIndex = 12

func newKeyIndex(size int) *keyIndex {
	x := &keyIndex{ents: make([]entry, 0, size), top: root, tail: root}
	if size > smallIndex {
		n := 32
		for n < 2*size {
			n *= 2
		}
		x.slots = make([]int32, n)
	}
	return x
}

func (e *entry) name() string  { return e.n.name(e.seg) }
func (e *entry) keySpan() Span { return e.n.segs[e.seg].at(e.off) }
func (e *entry) value() *value { return &e.n.vals[e.val] }

// spread makes the same name below different parents land in different slots.
func spread(hash uint32, parent int32) uint32 {
	h := hash ^ uint32(parent+1)*2654435761
	return h ^ h>>15
}

// find is the child of parent with the name, or root.
func (x *keyIndex) find(parent int32, hash uint32, name string) int32 {
	if x.slots == nil {
		for i := range x.ents {
			if e := &x.ents[i]; e.hash == hash && e.parent == parent && e.name() == name {
				return int32(i)
			}
		}
		return root
	}
	mask := uint32(len(x.slots) - 1)
	for s := spread(hash, parent) & mask; x.slots[s] != 0; s = (s + 1) & mask {
		i := x.slots[s] - 1
		if e := &x.ents[i]; e.hash == hash && e.parent == parent && e.name() == name {
			return i
		}
	}
	return root
}

func (x *keyIndex) add(e entry) int32 {
	i := int32(len(x.ents))
	e.first, e.last, e.next = root, root, root
	x.ents = append(x.ents, e)
	first, last := &x.top, &x.tail
	if e.parent != root {
		first, last = &x.ents[e.parent].first, &x.ents[e.parent].last
	}
	if *last == root {
		*first = i
	} else {
		x.ents[*last].next = i
	}
	*last = i
	if x.slots != nil {
		mask := uint32(len(x.slots) - 1)
		s := spread(e.hash, e.parent) & mask
		for x.slots[s] != 0 {
			s = (s + 1) & mask
		}
		x.slots[s] = i + 1
	}
	return i
}

// insert adds the key segs[lo:hi] of n with its value. If a segment stands in its way it returns the entry that was
// there and the segment that met it.
func (x *keyIndex) insert(n *Node, off int, lo, hi, val int32) (clash, seg int32) {
	parent := root
	for s := lo; s < hi; s++ {
		hash := n.segs[s].hash
		i, leaf := x.find(parent, hash, n.name(s)), s == hi-1
		switch {
		case i == root:
			i = x.add(entry{n: n, off: off, seg: s, val: val, parent: parent, hash: hash, leaf: leaf})
		case leaf || x.ents[i].leaf:
			return i, s
		}
		parent = i
	}
	return root, root
}

// children iterates over the entries below parent, in order.
func (x *keyIndex) children(parent int32) int32 {
	if parent == root {
		return x.top
	}
	return x.ents[parent].first
}

// inlineIndex is the index of an inline table's entries.
func inlineIndex(n *Node, table int32) *keyIndex {
	size := 0
	last := n.vals[table].last
	for c := table + 1; c < last; c = n.vals[c].last {
		size += int(n.vals[c].nseg)
	}
	x := newKeyIndex(size)
	for c := table + 1; c < last; c = n.vals[c].last {
		v := &n.vals[c]
		x.insert(n, 0, v.seg, v.seg+v.nseg, c)
	}
	return x
}

// clashError says that segment seg of n, at off, names what was (an entry at was.off in the same coordinates) names.
func clashError(n *Node, off int, seg, hi int32, was *entry) Error {
	name := QuoteKey(n.name(seg))
	e := Error{Code: DuplicateKey, Span: n.segs[seg].at(off)}
	first := RelatedSpan{Span: was.keySpan()}
	switch {
	case !was.leaf:
		e.Code = RedefinedTable
		e.Message = name + " is a table already, made by a dotted key above: give this value another key"
		first.Message = name + " becomes a table here"
	case seg == hi-1:
		e.Message = "the key " + name + " is defined twice: remove one of the two or give this one another name"
		first.Message = "first defined here"
	case was.value().kind == InlineTable:
		e.Code = RedefinedTable
		e.Message = "the inline table " + name + " cannot be extended after its closing brace: write this key between its braces"
		first.Message = "the inline table is defined here"
	default:
		e.Message = name + " has a value already and cannot be a table too: give one of the two another name"
		first.Message = "its value is defined here"
	}
	e.Related = []RelatedSpan{first}
	return e
}
