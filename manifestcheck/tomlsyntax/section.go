package tomlsyntax

// section is a header and what follows it up to the next header, immutable and shared between trees.
type section struct {
	nodes  []*Node
	offs   []int32 // of each node, relative to the section
	size   int
	reach  int // offset in the section up to which some broken node looked, 0 if none looked past its own end
	headed bool
	index  *keyIndex
	errs   []Error // sorted, relative to the section
}

func newSection(nodes []*Node) *section {
	s := &section{nodes: nodes, offs: make([]int32, len(nodes))}
	s.headed = len(nodes) > 0 && nodes[0].opensSection()
	size, keys := 0, 0
	broken := false
	for i, n := range nodes {
		s.offs[i] = int32(size)
		size += len(n.text)
		if n.reach > 0 {
			s.reach = max(s.reach, size+int(n.reach))
		}
		if n.defines {
			keys += int(n.nkey)
		}
		broken = broken || len(n.errs) > 0
	}
	s.size = size
	s.index = newKeyIndex(keys)
	for i, n := range nodes {
		if broken {
			for _, e := range n.errs {
				s.errs = append(s.errs, e.shift(int(s.offs[i])))
			}
		}
		if !n.defines {
			continue
		}
		if clash, seg := s.index.insert(n, int(s.offs[i]), 0, n.nkey, 0); clash != root {
			e := clashError(n, int(s.offs[i]), seg, n.nkey, &s.index.ents[clash])
			e.Fix = s.removeTwin(n, int(s.offs[i]), &s.index.ents[clash])
			s.errs = append(s.errs, e)
		}
	}
	return s
}

// removeTwin is the fix for a key that is defined a second time with the very same value.
func (s *section) removeTwin(n *Node, off int, was *entry) *ErrorFix {
	same := was.leaf && was.val == 0 && n.nkey == was.n.nkey && !n.Broken() && len(n.vals) > 0 && len(was.n.vals) > 0 &&
		n.valueAt(0).Raw() == was.n.valueAt(0).Raw()
	if !same {
		return nil
	}
	return &ErrorFix{"remove the second of the two equal lines", []Edit{{Span{off, off + len(n.text)}, ""}}}
}

func (n *Node) opensSection() bool { return n.kind == Header || n.kind == ArrayHeader }

// split cuts nodes into sections. Only the first may lack a header.
func split(nodes []*Node) []*section {
	var all []*section
	for len(nodes) > 0 {
		end := 1
		for end < len(nodes) && !nodes[end].opensSection() {
			end++
		}
		all = append(all, newSection(nodes[:end:end]))
		nodes = nodes[end:]
	}
	return all
}
