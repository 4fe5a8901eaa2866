package pattern

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds on one cover question; beyond them the answer is Unknown.
const (
	coverStates = 4096
	coverNodes  = 2048
)

// Covers reports whether every path that b matches is matched by one of the set's globs. Both
// sides are regular languages, so the answer is exact: b is walked beside the set of all states
// the covering globs can be in, over the few kinds of characters their texts tell apart, in search
// of a path that b matches and the set does not.
func (s Set) Covers(b *Glob) Answer {
	answer := Yes
	for _, alt := range b.alts {
		if alt.literals() == len(alt) {
			if !s.matchLiteral(alt) {
				return No
			}
			continue
		}
		switch s.covers(alt) {
		case No:
			return No
		case Unknown:
			answer = Unknown
		}
	}
	return answer
}

// Covers reports whether every path that b matches is matched by g.
func (g *Glob) Covers(b *Glob) Answer { return Set{g}.Covers(b) }

// matchLiteral decides for a place without wildcards: everything below a match is matched.
func (s Set) matchLiteral(alt alternative) bool {
	path := alt.join()
	if !validPath(path) {
		return true // spells "..": no path at all
	}
	return s.Match(path)
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	return dir == "/" || strings.HasPrefix(path, dir) && (len(path) == len(dir) || path[len(dir)] == '/')
}

type nodeKind uint8

// A word is "/" and a non-empty name, any number of times. The three deep nodes are "**": between
// segments, behind its "/", and within a name.
const (
	nodeSep nodeKind = iota
	nodeLit
	nodeAny
	nodeClass
	nodeStar
	nodeDeep
	nodeDeepSep
	nodeDeepName
	nodeEnd   // matched, at the end of a segment
	nodeBelow // somewhere below a match
)

type node struct {
	kind  nodeKind
	r     rune
	class *class
}

func appendNodes(nodes []node, a alternative) []node {
	for i := range a {
		if a[i].deep {
			nodes = append(nodes, node{kind: nodeDeep}, node{kind: nodeDeepSep}, node{kind: nodeDeepName})
			continue
		}
		nodes = append(nodes, node{kind: nodeSep})
		for _, o := range a[i].ops {
			n := node{r: o.r, class: o.class}
			switch o.kind {
			case opLit:
				n.kind = nodeLit
			case opAny:
				n.kind = nodeAny
			case opStar:
				n.kind = nodeStar
			case opClass:
				n.kind = nodeClass
			}
			nodes = append(nodes, n)
		}
	}
	return append(nodes, node{kind: nodeEnd}, node{kind: nodeBelow})
}

// follow adds state i, and every state reachable from it without reading, to set.
func follow(nodes []node, set bits, i int) {
	for !set.has(i) {
		set.add(i)
		switch nodes[i].kind {
		case nodeStar, nodeDeepName:
			i++
		case nodeDeep:
			i += 3
		default:
			return
		}
	}
}

// step returns the state that reading r in state i leads to, -1 for none.
func step(nodes []node, i int, r rune) int {
	n := &nodes[i]
	if r == '/' {
		switch n.kind {
		case nodeSep, nodeDeep, nodeEnd:
			return i + 1
		case nodeDeepName:
			return i - 1
		case nodeBelow:
			return i
		}
		return -1
	}
	switch n.kind {
	case nodeLit:
		if n.r == r {
			return i + 1
		}
	case nodeAny, nodeDeepSep:
		return i + 1
	case nodeClass:
		if n.class.has(r) {
			return i + 1
		}
	case nodeStar, nodeDeepName, nodeBelow:
		return i
	}
	return -1
}

func accepting(nodes []node, set bits) bool {
	for i := range nodes {
		if (nodes[i].kind == nodeEnd || nodes[i].kind == nodeBelow) && set.has(i) {
			return true
		}
	}
	return false
}

func (s Set) covers(b alternative) Answer {
	prefix := b.prefix()
	if s.Match(prefix) {
		return Yes // and all of b lies there or below
	}
	var as []node
	var starts []int
	for _, g := range s {
		for _, alt := range g.alts {
			if other := alt.prefix(); !within(other, prefix) && !within(prefix, other) {
				continue
			}
			starts = append(starts, len(as))
			as = appendNodes(as, alt)
		}
	}
	bs := appendNodes(nil, b)
	if len(as)+len(bs) > coverNodes {
		return Unknown
	}

	type state struct {
		b, a  bits
		fresh bool // right behind a "/": a name must follow
	}
	start := state{b: newBits(len(bs)), a: newBits(len(as))}
	follow(bs, start.b, 0)
	for _, i := range starts {
		follow(as, start.a, i)
	}
	alphabet := representatives(as, bs)
	seen := make(map[string]bool)
	queue := []state{start}
	for len(queue) > 0 {
		st := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !st.fresh && accepting(bs, st.b) && !accepting(as, st.a) {
			return No
		}
		for _, r := range alphabet {
			if r == '/' && st.fresh {
				continue
			}
			next := state{b: newBits(len(bs)), fresh: r == '/'}
			if !advance(bs, st.b, next.b, r) {
				continue // nothing that b matches goes on like this
			}
			next.a = newBits(len(as))
			advance(as, st.a, next.a, r)
			if covered(as, next.a) {
				continue // nor can anything from here be missing
			}
			key := string(next.b.key(next.a.key(nil)))
			if next.fresh {
				key += "/"
			}
			if seen[key] {
				continue
			}
			if len(seen) >= coverStates {
				return Unknown
			}
			seen[key] = true
			queue = append(queue, next)
		}
	}
	return Yes
}

// advance reads r in every state of from, and reports whether any state is left.
func advance(nodes []node, from, to bits, r rune) bool {
	alive := false
	for i := range nodes {
		if from.has(i) {
			if j := step(nodes, i, r); j >= 0 {
				follow(nodes, to, j)
				alive = true
			}
		}
	}
	return alive
}

// covered reports whether the set is below one of its own matches, where it holds everything.
func covered(nodes []node, set bits) bool {
	for i := range nodes {
		if nodes[i].kind == nodeBelow && set.has(i) {
			return true
		}
	}
	return false
}

// representatives returns one rune of every kind that the nodes tell apart, and "/".
func representatives(nodeLists ...[]node) []rune {
	var literals, cuts []rune
	var classes []*class
	cuts = append(cuts, 1)
	for _, nodes := range nodeLists {
		for i := range nodes {
			switch nodes[i].kind {
			case nodeLit:
				literals = append(literals, nodes[i].r)
				cuts = append(cuts, nodes[i].r+1)
			case nodeClass:
				classes = append(classes, nodes[i].class)
				for _, p := range nodes[i].class.ranges {
					cuts = append(cuts, p[0], p[1]+1)
				}
			}
		}
	}
	slices.Sort(literals)
	literals = slices.Compact(literals)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)

	out := append([]rune{'/'}, literals...)
	seen := make(map[string]bool)
	for i, r := range cuts {
		end := rune(utf8.MaxRune + 1)
		if i+1 < len(cuts) {
			end = cuts[i+1]
		}
		if r == '/' {
			r++
		}
		if _, literal := slices.BinarySearchFunc(literals, r, cmp.Compare[rune]); literal || r >= end {
			continue
		}
		signature := make([]byte, len(classes))
		for j, c := range classes {
			if c.has(r) {
				signature[j] = 1
			}
		}
		if key := string(signature); !seen[key] {
			seen[key] = true
			out = append(out, r)
		}
	}
	return out
}

type bits []uint64

func newBits(n int) bits      { return make(bits, (n+63)/64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) key(to []byte) []byte {
	for _, w := range b {
		for range 8 {
			to = append(to, byte(w))
			w >>= 8
		}
	}
	return to
}
