package manifestcheck

import "strings"

// nearest returns the candidate that name was most likely meant to be, or "" if none is close: at
// most one slip for every three characters, or a difference of case, of dashes, or of an ending.
func nearest(name string, candidates []string) string {
	best, bestCost := "", max((len(name)+2)/3, 1)+1
	folded := foldName(name)
	for _, c := range candidates {
		if c == name {
			continue
		}
		f := foldName(c)
		if f == folded {
			return c
		}
		cost := distance(folded, f, bestCost)
		if cost > 1 && len(folded) >= 3 && (strings.HasPrefix(f, folded) || strings.HasPrefix(folded, f) && len(f) >= 3) {
			cost = 1
		}
		if cost < bestCost {
			best, bestCost = c, cost
		}
	}
	return best
}

// foldName drops what people mix up: case, and what joins words.
func foldName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '_' || r == ' ' || r == '.' || r == ':':
			return -1
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// distance counts the insertions, deletions, changes and swaps of neighbours that make b of a, in
// bytes; above most it may return any number above most.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	if len(a) > 64 || len(b) > 64 {
		return most + 1
	}
	var rows [3][65]int
	before, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		low := i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			v := min(prev[j]+1, cur[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				v = min(v, before[j-2]+1)
			}
			cur[j] = v
			low = min(low, v)
		}
		if low > most {
			return low
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
