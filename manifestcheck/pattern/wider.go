package pattern

import "strings"

// maxWildcards bounds how many entries with wildcards of one list are compared with each other.
const maxWildcards = 64

// Wider returns for every glob the index of another one in the list that covers it, or -1. Of
// two equal sets the later one is reported as covered. Nil globs are skipped.
//
// A place without wildcards covers exactly what lies below it, so such entries are found by
// looking the folders of the others up; only entries with wildcards are compared one by one.
func Wider(globs []*Glob) []int {
	out := make([]int, len(globs))
	literal := make(map[string]int)
	var wild []int
	for i, g := range globs {
		out[i] = -1
		if g == nil {
			continue
		}
		if path, ok := g.Literal(); !ok {
			if len(wild) < maxWildcards {
				wild = append(wild, i)
			}
		} else if _, taken := literal[path]; !taken {
			literal[path] = i
		}
	}
	for i, g := range globs {
		if g == nil {
			continue
		}
		if j := widerLiteral(literal, g, i); j >= 0 && !(i < j && g.Covers(globs[j]) == Yes) {
			out[i] = j
			continue
		}
		for _, j := range wild {
			if i != j && globs[j].Covers(g) == Yes && !(i < j && g.Covers(globs[j]) == Yes) {
				out[i] = j
				break
			}
		}
	}
	return out
}

// widerLiteral finds a place without wildcards that all of g lies below.
func widerLiteral(literal map[string]int, g *Glob, self int) int {
	found := -1
	for _, prefix := range g.Prefixes() {
		j := above(literal, prefix, self)
		if j < 0 || found >= 0 && j != found {
			return -1
		}
		found = j
	}
	return found
}

func above(literal map[string]int, path string, self int) int {
	for {
		if j, ok := literal[path]; ok && j != self {
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

// WiderHost is Wider for hosts. Zero hosts are skipped.
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
