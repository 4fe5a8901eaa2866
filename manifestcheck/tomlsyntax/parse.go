package tomlsyntax

import (
	"slices"
	"strings"
)

// parser reads one node after the other. While a node is read, all places are offsets in src; they become relative to
// the node when it is finished.
type parser struct {
	src   string
	pos   int
	start int // of the node being read
	far   int // how far the node being read depends on the text

	vals  []value // of the node being read
	segs  []segment
	errs  []Error
	stack []frame

	content int // the end of what was read last inside a container

	// Containers known not to end well: where they open, and how far one looks to know. See container.
	bad    []int
	badFar int

	slab slab
}

// newParser reads src from pos on, and expects about as many nodes.
func newParser(src string, pos, nodes int) *parser {
	return &parser{src: src, pos: pos, slab: slab{left: nodes}}
}

// next reads the node at pos, which is the start of a line and not the end of the text.
func (p *parser) next() *Node {
	p.start, p.far = p.pos, p.pos
	p.errs = p.errs[:0]
	var n *Node
	n, p.vals, p.segs = p.slab.node()
	if p.pos == 0 {
		p.pos = byteOrderMark(p.src)
	}
	p.skipSpace()
	switch {
	case p.pos >= len(p.src) || newlineAt(p.src, p.pos) > 0:
		n.kind = Blank
	case p.src[p.pos] == '#':
		n.kind = CommentLine
	case p.src[p.pos] == '[':
		p.header(n)
	case p.conflictMarker():
		n.kind = Junk
	default:
		p.keyValue(n)
	}
	p.finishLine(n)
	p.finish(n)
	return n
}

// byteOrderMark is the length of the mark a text begins with. Those of UTF-16 stand before UTF-8 text at times.
func byteOrderMark(s string) int {
	switch {
	case strings.HasPrefix(s, "\xef\xbb\xbf"):
		return 3
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return 2
	}
	return 0
}

// finishLine reads what may follow an expression on its line: white space, a comment and the line ending.
func (p *parser) finishLine(n *Node) {
	p.skipSpace()
	if p.at(p.pos) != '#' && p.pos < len(p.src) && newlineAt(p.src, p.pos) == 0 {
		p.trailing(n)
		p.skipSpace()
	}
	if p.at(p.pos) == '#' {
		n.comment = p.rel(p.pos) + 1
		p.comment()
	}
	p.pos += newlineAt(p.src, p.pos)
}

// comment reads from # to the end of the line.
func (p *parser) comment() {
	for p.pos++; p.pos < len(p.src); {
		c := p.src[p.pos]
		if class[c]&plainByte != 0 || c == '"' || c == '\\' || c == '\'' {
			p.pos++
			continue
		}
		if newlineAt(p.src, p.pos) > 0 {
			return
		}
		n, what := badByte(p.src, p.pos)
		if what != "" {
			p.report(p.pos, p.pos+n, what, p.removeFix(p.pos, p.pos+n))
		}
		p.pos += n
	}
}

// finish makes the node's places relative and moves its parts to where they stay.
func (p *parser) finish(n *Node) {
	n.text = p.src[p.start:p.pos]
	if p.far > p.pos {
		n.reach = int32(p.far - p.pos)
	}
	p.slab.keep(n, p.vals, p.segs)
	if len(p.errs) > 0 {
		errs := make([]Error, len(p.errs))
		for i, e := range p.errs {
			errs[i] = e.shift(-p.start)
		}
		n.errs = &errs
	}
	p.checkInline(n)
}

// rel is an offset relative to the node being read.
func (p *parser) rel(i int) int32 { return int32(i - p.start) }

func (p *parser) report(start, end int, message string, fix *ErrorFix) {
	p.errs = append(p.errs, Error{Code: Invalid, Span: Span{start, end}, Message: message, Fix: fix})
}

// keyValue reads key = value.
func (p *parser) keyValue(n *Node) {
	n.kind = KeyValue
	keyStart := p.pos
	ok := p.key(&n.key, &n.nkey, ctxTop)
	if !ok {
		if n.nkey == 0 {
			n.kind = Junk
		}
		p.junk(keyStart, ctxTop, len(p.errs) > 0)
		return
	}
	defined, valued := p.equals(n.key, ctxTop)
	n.defines = defined
	switch {
	case valued:
		p.topValue()
	case defined:
		p.vals = append(p.vals, value{span32: span32{p.rel(p.pos), p.rel(p.pos)}, last: 1})
	}
}

// topValue reads the value of an expression.
func (p *parser) topValue() {
	p.vals = append(p.vals, value{})
	switch p.at(p.pos) {
	case '[', '{':
		p.container()
	default:
		p.leaf(0, ctxTop)
	}
}

// header reads [key] or [[key]].
func (p *parser) header(n *Node) {
	open := p.pos
	n.kind = Header
	p.pos++
	brackets := "]"
	if p.at(p.pos) == '[' {
		n.kind = ArrayHeader
		p.pos++
		brackets = "]]"
	}
	inner := p.pos
	if !p.key(&n.key, &n.nkey, ctxHeader) && n.nkey == 0 {
		p.emptyHeader(open, inner)
		return
	}
	end := p.rel(p.pos)
	if n.nkey > 0 {
		end = n.key.end
	}
	p.skipSpace()
	if strings.HasPrefix(p.src[p.pos:], brackets) {
		p.pos += len(brackets)
		return
	}
	p.unclosedHeader(open, p.start+int(end), brackets)
}

// slab hands out nodes and room for their parts from blocks: a document has many thousands of nodes.
type slab struct {
	nodes []Node
	parts *parts
	left  int // nodes that are expected still
}

// Block sizes, in nodes.
const (
	smallBlock = 2
	largeBlock = 512
)

// node is a new node; vals and segs are room for its parts, to be appended to.
func (s *slab) node() (n *Node, vals []value, segs []segment) {
	const spare = 8
	size := min(max(s.left, smallBlock), largeBlock)
	if len(s.nodes) == 0 {
		s.nodes = make([]Node, size)
	}
	p := s.parts
	if p == nil || cap(p.vals)-len(p.vals) < spare || cap(p.segs)-len(p.segs) < spare {
		p = &parts{make([]value, 0, size+spare), make([]segment, 0, size+spare)}
		s.parts = p
	}
	s.left--
	n, s.nodes = &s.nodes[0], s.nodes[1:]
	return n, p.vals[len(p.vals):], p.segs[len(p.segs):]
}

// keep takes the parts of a node that is finished. Those that outgrew their room get one of their own.
func (s *slab) keep(n *Node, vals []value, segs []segment) {
	p := s.parts
	v, g := len(p.vals), len(p.segs)
	n.nv, n.ns = int32(len(vals)), int32(len(segs))
	if v+len(vals) > cap(p.vals) || g+len(segs) > cap(p.segs) {
		n.parts = &parts{slices.Clone(vals), slices.Clone(segs)} // the room of one of them is still free for the next node
		return
	}
	n.parts, n.val, n.seg = p, int32(v), int32(g)
	p.vals, p.segs = p.vals[:v+len(vals)], p.segs[:g+len(segs)]
}
