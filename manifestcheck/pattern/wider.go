package pattern

import "strings"

// Bounds on the questions put to one Index, so that a list of any length is judged in bounded time:
// how many entries are looked at, and how many pairs of globs are compared as languages.
const (
	maxLooks    = 1 << 18
	maxCompares = 1 << 11
)

// Index answers cover questions about the entries of one list. It is not safe for concurrent use.
//
// A place without wildcards covers exactly what lies below it, so such entries are found by looking
// the folders of the others up; only those with wildcards are looked at one by one.
type Index struct {
	globs           []*Glob
	literal         map[string]int // the first entry that names a place
	wild            []int
	looks, compares int
}

// NewIndex returns an index of globs. Nil globs are skipped.
func NewIndex(globs []*Glob) *Index {
	x := &Index{globs: globs, literal: make(map[string]int)}
	for i, g := range globs {
		if g == nil {
			continue
		}
		if path, ok := g.Literal(); !ok {
			x.wild = append(x.wild, i)
		} else if _, taken := x.literal[path]; !taken {
			x.literal[path] = i
		}
	}
	return x
}

// Covers reports whether all entries together cover g.
func (x *Index) Covers(g *Glob) Answer {
	answer := Yes
	for _, alt := range g.alts {
		if x.above(alt.prefix(), -1) >= 0 {
			continue
		}
		switch x.coversAlternative(alt) {
		case No:
			return No
		case Unknown:
			answer = Unknown
		}
	}
	return answer
}

func (x *Index) coversAlternative(alt alternative) Answer {
	if alt.literals() == len(alt) {
		path := alt.join()
		if !validPath(path) {
			return Yes // spells "..": no path at all
		}
		for _, i := range x.wild {
			if x.looks++; x.looks > maxLooks {
				return Unknown
			}
			if x.globs[i].Match(path) {
				return Yes
			}
		}
		return No
	}
	if x.looks += len(x.globs); x.looks > maxLooks {
		return Unknown
	}
	if x.compares++; x.compares > maxCompares {
		return Unknown
	}
	set := make(Set, 0, len(x.globs))
	for _, g := range x.globs {
		if g != nil {
			set = append(set, g)
		}
	}
	return set.covers(alt)
}

// Wider returns the index of an entry that covers entry i by itself, or -1. Of two equal sets the
// later one is reported as covered.
func (x *Index) Wider(i int) int {
	g := x.globs[i]
	if g == nil {
		return -1
	}
	if j := x.widerLiteral(g, i); j >= 0 && !(i < j && g.Covers(x.globs[j]) == Yes) {
		return j
	}
	_, literal := g.Literal()
	for _, j := range x.wild {
		if i == j {
			continue
		}
		if x.looks++; x.looks > maxLooks {
			return -1
		}
		if !literal {
			if x.compares++; x.compares > maxCompares {
				return -1
			}
		}
		if x.globs[j].Covers(g) == Yes && !(i < j && g.Covers(x.globs[j]) == Yes) {
			return j
		}
	}
	return -1
}

// widerLiteral finds a place without wildcards that all of g lies below.
func (x *Index) widerLiteral(g *Glob, self int) int {
	found := -1
	for _, alt := range g.alts {
		j := x.above(alt.prefix(), self)
		if j < 0 || found >= 0 && j != found {
			return -1
		}
		found = j
	}
	return found
}

// above finds an entry other than self that names path or a folder above it.
func (x *Index) above(path string, self int) int {
	for {
		if j, ok := x.literal[path]; ok && j != self {
			return j
		}
		if path == "/" {
			return -1
		}
		if path = path[:strings.LastIndexByte(path, '/')]; path == "" {
			path = "/"
		}
	}
}

// WiderHost returns for every host the index of another one in the list that covers it, or -1. Of
// two equal hosts the later one is reported as covered. Zero hosts are skipped.
func WiderHost(hosts []Host) []int {
	out := make([]int, len(hosts))
	first := make(map[Host]int, len(hosts))
	for i, h := range hosts {
		if _, taken := first[h]; !taken && h != (Host{}) {
			first[h] = i
		}
	}
	for i, h := range hosts {
		out[i] = -1
		if h == (Host{}) {
			continue
		}
		if j := first[h]; j != i {
			out[i] = j
			continue
		}
		for _, wider := range h.wider() {
			if j, ok := first[wider]; ok {
				out[i] = j
				break
			}
		}
	}
	return out
}

// wider lists the wildcards that cover h, h itself left out.
func (h Host) wider() []Host {
	if h.Any() {
		return nil
	}
	out := []Host{{sub: true}}
	for name := h.name; ; {
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return out
		}
		out = append(out, Host{name: parent, sub: true})
		name = parent
	}
}
