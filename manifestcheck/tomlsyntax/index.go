package tomlsyntax

// root is the parent of the first segments of keys.
const root = int32(-1)

// body is the nodes whose keys make one table: a section's, or the one an inline table stands in.
type body struct {
	*keyIndex
	nodes []*Node
	offs  []int32 // of the nodes, relative to the body
}

// keyIndex is the tree that the dotted keys of a body make: it finds duplicates and answers look-ups. It is small, flat
// and free of pointers, because a large document has thousands of keys, and it knows nodes by their number only, so
// that it outlives edits that change no key.
type keyIndex struct {
	ents  []entry
	slots []int32 // a hash table of ents, in use beyond smallIndex
	top   int32   // the first child of root
	tail  int32
}

// entry is one name below a parent.
type entry struct {
	node, seg, val int32
	parent         int32
	first, last    int32 // children
	next           int32 // sibling
	hash           uint32
	leaf           bool // has a value; otherwise a table made by a dotted key
}

// smallIndex is the number of entries up to which comparing all hashes beats a table of them.
const smallIndex = 12

func newKeyIndex(size int) *keyIndex {
	x := &keyIndex{}
	x.reset(make([]entry, 0, size))
	return x
}

// reset makes an empty index with room for as many entries as fit in ents.
func (x *keyIndex) reset(ents []entry) {
	*x = keyIndex{ents: ents, top: root, tail: root}
	if size := cap(ents); size > smallIndex {
		n := 32
		for n < 2*size {
			n *= 2
		}
		x.slots = make([]int32, n)
	}
}

func (b *body) name(e *entry) string  { return b.nodes[e.node].name(e.seg) }
func (b *body) value(e *entry) *value { return b.nodes[e.node].valueOf(e.val) }
func (b *body) keySpan(e *entry) Span {
	return b.nodes[e.node].segment(e.seg).at(int(b.offs[e.node]))
}

// spread makes the same name below different parents land in different slots.
func spread(hash uint32, parent int32) uint32 {
	h := hash ^ uint32(parent+1)*2654435761
	return h ^ h>>15
}

// find is the child of parent with the name, or root.
func (x *body) find(parent int32, hash uint32, name string) int32 {
	if x.slots == nil {
		for i := range x.ents {
			if e := &x.ents[i]; e.hash == hash && e.parent == parent && x.name(e) == name {
				return int32(i)
			}
		}
		return root
	}
	mask := uint32(len(x.slots) - 1)
	for s := spread(hash, parent) & mask; x.slots[s] != 0; s = (s + 1) & mask {
		i := x.slots[s] - 1
		if e := &x.ents[i]; e.hash == hash && e.parent == parent && x.name(e) == name {
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

// insert adds the key segs[lo:hi] of a node with its value. If a segment stands in its way it returns the entry that was
// there and the segment that met it.
func (x *body) insert(node, lo, hi, val int32) (clash, seg int32) {
	n := x.nodes[node]
	parent := root
	for s := lo; s < hi; s++ {
		hash := n.segment(s).hash
		i, leaf := x.find(parent, hash, n.name(s)), s == hi-1
		switch {
		case i == root:
			i = x.add(entry{node: node, seg: s, val: val, parent: parent, hash: hash, leaf: leaf})
		case leaf || x.ents[i].leaf:
			return i, s
		}
		parent = i
	}
	return root, root
}

// children is the first entry below parent; the others follow by next.
func (x *keyIndex) children(parent int32) int32 {
	if parent == root {
		return x.top
	}
	return x.ents[parent].first
}

// inlineBody is an inline table's entries.
func inlineBody(n *Node, table int32) *body {
	size := 0
	vals := n.vals()
	last := vals[table].last
	for c := table + 1; c < last; c = vals[c].last {
		size += int(vals[c].nseg)
	}
	x := &body{newKeyIndex(size), []*Node{n}, []int32{0}}
	for c := table + 1; c < last; c = vals[c].last {
		v := &vals[c]
		x.insert(0, v.seg, v.seg+v.nseg, c)
	}
	return x
}

// clashError says that segment seg of a node's key, which ends at hi, names what was names already.
func (x *body) clashError(node, seg, hi int32, was *entry) Error {
	n := x.nodes[node]
	name := QuoteKey(n.name(seg))
	e := Error{Code: DuplicateKey, Span: n.segment(seg).at(int(x.offs[node]))}
	first := RelatedSpan{Span: x.keySpan(was)}
	switch {
	case !was.leaf:
		e.Code = RedefinedTable
		e.Message = name + " is a table already, made by a dotted key above: give this value another key"
		first.Message = name + " becomes a table here"
	case seg == hi-1:
		e.Message = "the key " + name + " is defined twice: remove one of the two or give this one another name"
		first.Message = "first defined here"
	case x.value(was).kind == InlineTable:
		e.Code = RedefinedTable
		e.Message = "the inline table " + name + " cannot be extended after its closing brace: write this key between its braces"
		first.Message = "the inline table is defined here"
	case x.value(was).kind == Array:
		e.Code = RedefinedTable
		e.Message = "the array " + name + " cannot be extended by a key: write the table between its brackets, or give one of the two another name"
		first.Message = "the array is defined here"
	default:
		e.Message = name + " has a value already and cannot be a table too: give one of the two another name"
		first.Message = "its value is defined here"
	}
	e.Related = []RelatedSpan{first}
	return e
}
