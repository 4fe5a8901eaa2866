package tomlsyntax

import (
	"iter"
	"strings"
)

// Expr is a node at its place in one tree.
type Expr struct {
	t        *Tree
	node     *Node
	sec, idx int32
	base     int
}

// Kind is the kind of the expression.
func (e Expr) Kind() ExprKind { return e.node.kind }

// Span covers the expression with its line ending.
func (e Expr) Span() Span { return Span{e.base, e.base + len(e.node.text)} }

// Node is the identity of the expression, shared by every tree in which its text is unchanged.
func (e Expr) Node() *Node { return e.node }

// Base is the offset of the expression's node in the source.
func (e Expr) Base() int { return e.base }

// Text is the expression's source with its line ending.
func (e Expr) Text() string { return e.node.text }

// Key is the key of a header or a key/value; without segments for the others.
func (e Expr) Key() Key { return e.node.keyAt(e.base) }

// Value is the value of a key/value; its kind is InvalidValue where there is none.
func (e Expr) Value() Value { return e.node.valueAt(e.base) }

// Comment is the span of the comment that ends the expression, from its # to the line's end.
func (e Expr) Comment() (Span, bool) {
	c := e.node.commentSpan()
	return c.at(e.base), c.end > c.start
}

// Broken reports whether the text of the expression has errors.
func (e Expr) Broken() bool { return e.node.Broken() }

// Section is the section that the expression stands in.
func (e Expr) Section() Section { return Section{e.t, e.sec} }

// LeadingComments are the spans of the comment lines right above the expression, in order, with no blank line between.
func (e Expr) LeadingComments() []Span {
	var spans []Span
	for at := e; ; {
		prev, ok := at.prev()
		if !ok || prev.node.kind != CommentLine {
			break
		}
		c, _ := prev.Comment()
		spans = append(spans, c)
		at = prev
	}
	for i, j := 0, len(spans)-1; i < j; i, j = i+1, j-1 {
		spans[i], spans[j] = spans[j], spans[i]
	}
	return spans
}

func (e Expr) prev() (Expr, bool) {
	sec, idx := e.sec, e.idx-1
	for idx < 0 {
		if sec--; sec < 0 {
			return Expr{}, false
		}
		idx = int32(len(e.t.secs[sec].nodes)) - 1
	}
	return e.t.expr(sec, idx), true
}

// Key is a dotted key.
type Key struct {
	n      *Node
	lo, hi int32
	span   span32
	base   int
}

// Span covers the key, without the brackets of a header.
func (k Key) Span() Span { return k.span.at(k.base) }

// Len is the number of segments.
func (k Key) Len() int { return int(k.hi - k.lo) }

// Segment is segment i.
func (k Key) Segment(i int) Segment {
	s := k.n.segment(k.lo + int32(i))
	return Segment{Name: k.n.name(k.lo + int32(i)), Span: s.at(k.base), Quoted: s.quoted}
}

// Segments are all segments.
func (k Key) Segments() []Segment {
	all := make([]Segment, k.Len())
	for i := range all {
		all[i] = k.Segment(i)
	}
	return all
}

// Names are the decoded names of all segments.
func (k Key) Names() []string {
	all := make([]string, k.Len())
	for i := range all {
		all[i] = k.n.name(k.lo + int32(i))
	}
	return all
}

// String is the key as one would write it, with quotes only where they are needed.
func (k Key) String() string {
	parts := k.Names()
	for i, p := range parts {
		parts[i] = QuoteKey(p)
	}
	return strings.Join(parts, ".")
}

// Segment is one part of a dotted key.
type Segment struct {
	Name   string // decoded
	Span   Span   // with its quotes
	Quoted bool
}

// Entry is one key/value of an inline table.
type Entry struct {
	Key   Key
	Value Value
}

// Span covers the entry from its key to its value's end.
func (e Entry) Span() Span {
	s := e.Key.Span()
	if v := e.Value.Span(); v.End > s.End {
		s.End = v.End
	}
	return s
}

// Section is a header with the expressions up to the next one. The first section of a document has no header.
type Section struct {
	t   *Tree
	sec int32
}

// SectionNode is the identity of a section, shared by every tree in which its text is unchanged.
type SectionNode struct{ *section }

// Sections are all sections in order.
func (t *Tree) Sections() iter.Seq[Section] {
	return func(yield func(Section) bool) {
		for i := range t.secs {
			if !yield(Section{t, int32(i)}) {
				return
			}
		}
	}
}

// ID compares equal to another section's when both have the same nodes.
func (s Section) ID() SectionNode { return SectionNode{s.t.secs[s.sec]} }

// Base is the section's offset in the source.
func (s Section) Base() int { return s.t.bases[s.sec] }

// Span covers the section's expressions.
func (s Section) Span() Span {
	return Span{s.t.bases[s.sec], s.t.bases[s.sec] + s.t.secs[s.sec].size}
}

// Header is the expression that opens the section.
func (s Section) Header() (Expr, bool) {
	if !s.t.secs[s.sec].headed {
		return Expr{}, false
	}
	return s.t.expr(s.sec, 0), true
}

// Expressions are the section's expressions in order, its header first.
func (s Section) Expressions() iter.Seq[Expr] {
	return func(yield func(Expr) bool) {
		for i := range s.t.secs[s.sec].nodes {
			if !yield(s.t.expr(s.sec, int32(i))) {
				return
			}
		}
	}
}
