package tomlsyntax

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
)

// Tree is a parsed document. It is immutable and safe for concurrent use.
type Tree struct {
	src   string
	secs  []*section // never empty; only the first may have no header
	bases []int      // of each section
	shape *shape
	once  sync.Once // of errs
	errs  []Error
}

// Parse reads src, whatever it holds.
func Parse(src string) *Tree {
	lines := strings.Count(src, "\n") + 1
	p := newParser(src, 0, lines)
	nodes := make([]*Node, 0, lines)
	for p.pos < len(src) {
		nodes = append(nodes, p.next())
	}
	return assemble(src, split(nodes, nil), nil)
}

// assemble makes a tree of sections. What it can it takes from old, the version before, if there is one.
func assemble(src string, secs []*section, old *Tree) *Tree {
	if len(secs) == 0 || secs[0].headed {
		secs = slices.Insert(secs, 0, new(sectionRoom).section(nil, nil))
	}
	t := &Tree{src: src, secs: secs, bases: make([]int, len(secs))}
	base := 0
	for i, s := range secs {
		t.bases[i] = base
		base += s.size
	}
	if old != nil && sameHeaders(old.secs, secs) {
		t.shape = old.shape
	} else {
		t.shape = newShape(secs)
	}
	return t
}

// Source is the text the tree was made of.
func (t *Tree) Source() string { return t.src }

// Errors are all errors of the document in the order of their places. The result must not be changed.
func (t *Tree) Errors() []Error {
	t.once.Do(func() { t.errs = t.collectErrors() })
	return t.errs
}

func (t *Tree) collectErrors() []Error {
	var all []Error
	for i, s := range t.secs {
		for _, e := range s.errs {
			all = append(all, e.shift(t.bases[i]))
		}
	}
	all = append(all, t.headerErrors()...)
	slices.SortStableFunc(all, func(a, b Error) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return a.Span.End - b.Span.End
	})
	return all
}

// Expressions are all expressions, comment lines and blank lines, in order. Their spans join without a gap.
func (t *Tree) Expressions() iter.Seq[Expr] {
	return func(yield func(Expr) bool) {
		for sec, s := range t.secs {
			for i := range s.nodes {
				if !yield(t.expr(int32(sec), int32(i))) {
					return
				}
			}
		}
	}
}

// ExprAt is the expression that holds the byte at off. At the end of a document without a final line ending, that is
// the last one.
func (t *Tree) ExprAt(off int) (Expr, bool) {
	if off < 0 || off > len(t.src) {
		return Expr{}, false
	}
	sec := sort.Search(len(t.bases), func(i int) bool { return t.bases[i] > off }) - 1
	for sec > 0 && len(t.secs[sec].nodes) == 0 {
		sec--
	}
	s := t.secs[sec]
	rel := int32(off - t.bases[sec])
	i := sort.Search(len(s.offs), func(i int) bool { return s.offs[i] > rel }) - 1
	if i < 0 {
		return Expr{}, false
	}
	e := t.expr(int32(sec), int32(i))
	if off == e.Span().End && e.node.terminated() {
		return Expr{}, false
	}
	return e, true
}

func (t *Tree) expr(sec, idx int32) Expr {
	s := t.secs[sec]
	return Expr{t, s.nodes[idx], sec, idx, t.bases[sec] + int(s.offs[idx])}
}
