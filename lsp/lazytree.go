package lsp

import (
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// lazyTree is a syntax tree that is built off the read loop, by whoever needs it first, from an
// earlier tree that was built: a burst of changes costs one reparse.
type lazyTree struct {
	text *text.Text

	building sync.Mutex
	tree     atomic.Pointer[tomlsyntax.Tree]
	// base is an earlier tree that is built already, nil to parse afresh; it is let go of once
	// this one is built.
	base atomic.Pointer[lazyTree]
	edit *tomlsyntax.Edit // what leads here from base; nil: find the difference
}

// replaced returns the tree of a text that replaces this one.
func (l *lazyTree) replaced(t *text.Text) *lazyTree {
	next := &lazyTree{text: t}
	base := l.base.Load()
	if l.tree.Load() != nil {
		base = l
	}
	next.base.Store(base)
	return next
}

// edited returns the tree after one edit.
func (l *lazyTree) edited(t *text.Text, e tomlsyntax.Edit) *lazyTree {
	next := l.replaced(t)
	if next.base.Load() == l {
		next.edit = &e
	}
	return next
}

func (l *lazyTree) get() *tomlsyntax.Tree {
	if tree := l.tree.Load(); tree != nil {
		return tree
	}
	l.building.Lock()
	defer l.building.Unlock()
	if tree := l.tree.Load(); tree != nil {
		return tree
	}
	var tree *tomlsyntax.Tree
	var from *tomlsyntax.Tree
	if base := l.base.Load(); base != nil {
		from = base.tree.Load() // nil if it was let go of
	}
	switch {
	case from == nil:
		tree = tomlsyntax.Parse(l.text.String())
	case l.edit != nil:
		tree = from.Apply(*l.edit)
	default:
		tree = from.Apply(difference(from.Source(), l.text.String()))
	}
	l.tree.Store(tree)
	l.base.Store(nil)
	return tree
}

// difference returns one edit that turns from into to.
func difference(from, to string) tomlsyntax.Edit {
	limit := min(len(from), len(to))
	head := commonPrefix(from[:limit], to[:limit])
	for head > 0 && head < len(from) && !utf8.RuneStart(from[head]) {
		head--
	}
	limit -= head
	tail := commonSuffix(from[len(from)-limit:], to[len(to)-limit:])
	for tail > 0 && !utf8.RuneStart(from[len(from)-tail]) {
		tail--
	}
	return tomlsyntax.Edit{
		Span: tomlsyntax.Span{Start: head, End: len(from) - tail},
		Text: strings.Clone(to[head : len(to)-tail]),
	}
}

// block is compared at once, which is many times faster than byte by byte.
const block = 1 << 10

// commonPrefix returns the length of the common prefix of two strings of the same length.
func commonPrefix(a, b string) int {
	i := 0
	for i+block <= len(a) && a[i:i+block] == b[i:i+block] {
		i += block
	}
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return i
}

// commonSuffix returns the length of the common suffix of two strings of the same length.
func commonSuffix(a, b string) int {
	i := len(a)
	for i >= block && a[i-block:i] == b[i-block:i] {
		i -= block
	}
	for i > 0 && a[i-1] == b[i-1] {
		i--
	}
	return len(a) - i
}
