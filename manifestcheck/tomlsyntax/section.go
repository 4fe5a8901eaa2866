package tomlsyntax

// section is a header and what follows it up to the next header, immutable and shared between trees.
type section struct {
	body
	size    int
	reach   int // offset in the section up to which some broken node looked, 0 if none looked past its own end
	headed  bool
	clashes bool    // two keys clash
	errs    []Error // sorted by node, relative to the section
}

// sectionRoom hands out the parts of sections from blocks: a small document is little else than sections of few keys.
// Blocks are small, as what is left of one when its document was edited stays whole.
type sectionRoom struct {
	left     int // sections still to come, and the nodes and keys in them
	nodes    int
	keys     int
	sections []section
	indexes  []keyIndex
	offs     []int32
	ents     []entry
}

// roomFor is room for the sections of nodes, which it counts.
func roomFor(nodes []*Node) *sectionRoom {
	r := &sectionRoom{nodes: len(nodes)}
	for i, n := range nodes {
		if i == 0 || n.opensSection() {
			r.left++
		}
		if n.defines {
			r.keys += int(n.nkey)
		}
	}
	return r
}

// Block sizes of a sectionRoom.
const (
	sectionBlock = 8
	keyBlock     = 48
)

// take cuts n elements from a block, and begins another one of up to size elements if there are not as many left.
func take[T any](block *[]T, n, size int) []T {
	if len(*block) < n {
		*block = make([]T, max(n, size))
	}
	all := *block
	*block = all[n:]
	return all[:n:n]
}

// section makes a section of nodes. old, if not nil, is what it replaces.
func (r *sectionRoom) section(nodes []*Node, old *section) *section {
	s := &take(&r.sections, 1, min(r.left, sectionBlock))[0]
	s.body = body{nodes: nodes, offs: take(&r.offs, len(nodes), min(r.nodes, keyBlock))}
	s.headed = len(nodes) > 0 && nodes[0].opensSection()
	keys := 0
	for i, n := range nodes {
		s.offs[i] = int32(s.size)
		s.size += len(n.text)
		if n.reach > 0 {
			s.reach = max(s.reach, s.size+int(n.reach))
		}
		if n.defines {
			keys += int(n.nkey)
		}
		for _, e := range n.errors() {
			s.errs = append(s.errs, e.shift(int(s.offs[i])))
		}
	}
	defer r.made(len(nodes), keys)
	if old != nil && s.sameKeys(old) {
		s.keyIndex = old.keyIndex
		return s
	}
	s.keyIndex = &take(&r.indexes, 1, min(r.left, sectionBlock))[0]
	s.keyIndex.reset(take(&r.ents, keys, min(r.keys, keyBlock))[:0])
	for i, n := range nodes {
		if n.defines {
			s.define(int32(i), n)
		}
	}
	return s
}

// made takes a section off what is still to come.
func (r *sectionRoom) made(nodes, keys int) {
	r.left--
	r.nodes -= nodes
	r.keys -= keys
}

func (s *section) define(i int32, n *Node) {
	clash, seg := s.insert(i, 0, n.nkey, 0)
	if clash == root {
		return
	}
	was := &s.ents[clash]
	e := s.clashError(i, seg, n.nkey, was)
	e.Fix = s.removeTwin(i, was)
	s.errs = append(s.errs, e)
	s.clashes = true
}

// sameKeys reports whether the index of old serves s too: all nodes define the same keys, none of them twice.
func (s *section) sameKeys(old *section) bool {
	if old.clashes || len(s.nodes) != len(old.nodes) {
		return false
	}
	for i, n := range s.nodes {
		o := old.nodes[i]
		if n != o && (n.defines != o.defines || n.defines && (n.nkey != o.nkey || n.keyText() != o.keyText() || n.ns != o.ns)) {
			return false
		}
	}
	return true
}

// removeTwin is the fix for a key that is defined a second time with the very same value.
func (s *section) removeTwin(i int32, was *entry) *ErrorFix {
	n, o := s.nodes[i], s.nodes[was.node]
	same := was.leaf && n.nkey == o.nkey && !n.Broken() && n.nv > 0 && o.nv > 0 &&
		n.valueAt(0).Raw() == o.valueAt(0).Raw()
	if !same {
		return nil
	}
	off := int(s.offs[i])
	return &ErrorFix{"remove the second of the two equal lines", []Edit{{Span{off, off + len(n.text)}, ""}}}
}

func (n *Node) opensSection() bool { return n.kind == Header || n.kind == ArrayHeader }

// split cuts nodes into sections. Only the first may lack a header. old, if not nil, is what the first replaces.
func split(nodes []*Node, old *section) []*section {
	room := roomFor(nodes)
	all := make([]*section, 0, room.left+1) // one more for assemble
	for len(nodes) > 0 {
		end := 1
		for end < len(nodes) && !nodes[end].opensSection() {
			end++
		}
		all = append(all, room.section(nodes[:end:end], old))
		nodes, old = nodes[end:], nil
	}
	return all
}
