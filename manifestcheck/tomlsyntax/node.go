package tomlsyntax

import "strings"

// ExprKind is the kind of an expression.
type ExprKind uint8

const (
	// Blank is an empty line.
	Blank ExprKind = iota
	// CommentLine is a line that holds a comment alone.
	CommentLine
	// KeyValue is key = value, perhaps over several lines.
	KeyValue
	// Header is [key].
	Header
	// ArrayHeader is [[key]].
	ArrayHeader
	// Junk is text nothing could be made of.
	Junk
)

// Node is one expression, comment line or blank line, with its line ending. A node is immutable and is shared by all
// trees in which its text is unchanged, so that it can key what was computed from it. Its spans are relative to its own
// start.
type Node struct {
	text    string
	parts   *parts   // where its values and segments lie
	errs    *[]Error // nil: none, as in nearly all nodes
	val, nv int32    // parts.vals[val:val+nv], in preorder; the first is the value of a KeyValue
	seg, ns int32    // parts.segs[seg:seg+ns], the node's own key first
	key     span32
	comment int32 // 1 + where it starts, 0: none
	reach   int32 // bytes past the end that were looked at to find the end
	nkey    int32
	kind    ExprKind
	defines bool // a KeyValue that defines its key, be its value broken or not
}

// parts hold the values and segments of neighbouring nodes: two slices in every node would be half of its size.
type parts struct {
	vals []value
	segs []segment
}

func (n *Node) vals() []value { return n.parts.vals[n.val : n.val+n.nv] }

func (n *Node) segs() []segment { return n.parts.segs[n.seg : n.seg+n.ns] }

// valueOf is the value i of the node.
func (n *Node) valueOf(i int32) *value { return &n.parts.vals[n.val+i] }

// segment is the segment i of the node.
func (n *Node) segment(i int32) *segment { return &n.parts.segs[n.seg+i] }

// commentSpan is the comment that ends the node, from its # to the line ending; empty if there is none.
func (n *Node) commentSpan() span32 {
	if n.comment == 0 {
		return span32{}
	}
	end := strings.TrimSuffix(n.text, "\n")
	if len(end) < len(n.text) {
		end = strings.TrimSuffix(end, "\r")
	}
	return span32{n.comment - 1, int32(len(end))}
}

type span32 struct{ start, end int32 }

func (s span32) at(base int) Span { return Span{base + int(s.start), base + int(s.end)} }

// segment is one part of a dotted key.
type segment struct {
	span32
	hash   uint32 // of the decoded name
	quoted bool
	escape bool // the name must be decoded
	raw    bool // no key of TOML: the text, without quotes, is taken as the name
}

// value is one value in a node's preorder list. Its descendants follow it, up to last.
type value struct {
	span32
	last int32
	seg  int32 // an inline entry's key: segs[seg:seg+nseg]
	nseg int32
	kind ValueKind
	esc  bool // a string that must be decoded
}

// Kind is the kind of the node's expression.
func (n *Node) Kind() ExprKind { return n.kind }

// Text is the node's source, line ending included.
func (n *Node) Text() string { return n.text }

// Key is the key of a header or key/value, with spans relative to the node.
func (n *Node) Key() Key { return n.keyAt(0) }

// Value is the value of a key/value, with spans relative to the node.
func (n *Node) Value() Value { return n.valueAt(0) }

// Broken reports whether the node's text has errors. Duplicate keys and tables are not seen by a node.
func (n *Node) Broken() bool { return n.errs != nil }

// errors are the errors in the node's text, relative to it.
func (n *Node) errors() []Error {
	if n.errs == nil {
		return nil
	}
	return *n.errs
}

func (n *Node) keyAt(base int) Key { return Key{n, 0, n.nkey, n.key, base} }

func (n *Node) valueAt(base int) Value {
	if n.nv == 0 {
		return Value{}
	}
	return Value{n, 0, base}
}

func (n *Node) keyText() string { return n.text[n.key.start:n.key.end] }

// name is the decoded name of segment i.
func (n *Node) name(i int32) string {
	s := n.segment(i)
	return s.decode(n.text[s.start:s.end])
}

func (s *segment) decode(text string) string {
	switch {
	case s.raw && s.quoted:
		return strings.Trim(text, text[:1])
	case s.raw:
		return text
	case s.escape:
		return decodeBasic(text[1:len(text)-1], false)
	case s.quoted:
		return text[1 : len(text)-1]
	default:
		return text
	}
}

// terminated reports whether the node ends with a line ending: only the last of a document may not.
func (n *Node) terminated() bool { return strings.HasSuffix(n.text, "\n") }

// hashName is FNV-1a.
func hashName(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}
