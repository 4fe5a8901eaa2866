package pattern

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Glob is one compiled entry of filesystem.read or filesystem.write. It is immutable and safe
// for concurrent use.
//
// An entry is an absolute guest path or a glob: "*" and "?" stay inside a path segment, "**" as a
// whole segment stands for any number of segments, "[a-z]" and "[!a-z]" are classes (which never
// match "/"), "{a,b}" are alternatives, "\" escapes. Empty and "." segments and trailing slashes
// mean nothing. An entry also covers everything below what it matches, so that "/a", "/a/" and
// "/a/**" are the same set. Letters match by case.
type Glob struct {
	entry string
	alts  []alternative
}

// alternative is one expansion of the braces: the segments below the root. A trailing "**" is
// dropped, since what lies below a match is covered anyway; no segments at all is the root.
type alternative []segment

// segment matches one path segment, or with deep any number of them.
type segment struct {
	deep  bool
	plain bool   // ops are literals only: text is what they spell
	text  string // the segment as written; unescaped where plain
	ops   []op
}

type opKind uint8

const (
	opLit  opKind = iota // one given rune
	opAny                // "?"
	opStar               // "*"
	opClass
)

type op struct {
	kind  opKind
	r     rune
	class *class
}

// class is a set of runes; "/" is in none, whatever it says.
type class struct {
	negated bool
	ranges  [][2]rune
}

func (c *class) has(r rune) bool {
	in := false
	for _, p := range c.ranges {
		if p[0] <= r && r <= p[1] {
			in = true
			break
		}
	}
	return in != c.negated
}

func (o *op) matches(r rune) bool {
	switch o.kind {
	case opLit:
		return o.r == r
	case opClass:
		return o.class.has(r)
	}
	return true
}

// String returns the entry as it was given.
func (g *Glob) String() string { return g.entry }

// Match reports whether the guest path lies in the set. The path must be absolute; a path with a
// ".." segment or a NUL is in no set.
func (g *Glob) Match(path string) bool {
	if !validPath(path) {
		return false
	}
	for _, a := range g.alts {
		if a.match(path) {
			return true
		}
	}
	return false
}

// Leads reports whether dir is matched or is a folder on the way to something that may be: the
// folders a guest must be able to see to reach what was declared. It errs on the side of yes
// only for entries that can match nothing at all.
func (g *Glob) Leads(dir string) bool {
	if !validPath(dir) {
		return false
	}
	for _, a := range g.alts {
		if a.leads(dir) {
			return true
		}
	}
	return false
}

// Broad reports whether the set holds everything at some depth, like "/", "*" or "/**": entries
// that name no place.
func (g *Glob) Broad() bool {
	for _, a := range g.alts {
		broad := true
		for i := range a {
			broad = broad && a[i].wild()
		}
		if broad {
			return true
		}
	}
	return false
}

// Literal reports whether the entry names one place without any wildcard, and which.
func (g *Glob) Literal() (path string, ok bool) {
	if len(g.alts) != 1 || g.alts[0].literals() != len(g.alts[0]) {
		return "", false
	}
	return g.alts[0].prefix(), true
}

// Prefixes returns, for every alternative, the longest folder (or file) that all its matches are or
// lie below.
func (g *Glob) Prefixes() []string {
	out := make([]string, len(g.alts))
	for i, a := range g.alts {
		out[i] = a.prefix()
	}
	return out
}

// Set is the union of globs.
type Set []*Glob

// Match reports whether any of the globs matches path.
func (s Set) Match(path string) bool {
	for _, g := range s {
		if g.Match(path) {
			return true
		}
	}
	return false
}

// Leads reports whether dir leads to what any of the globs may match.
func (s Set) Leads(dir string) bool {
	for _, g := range s {
		if g.Leads(dir) {
			return true
		}
	}
	return false
}

// CompileSet compiles the valid ones among entries. An invalid entry, as CompileList says which are,
// matches nothing.
func CompileSet(entries []string) Set {
	globs, _ := CompileList(entries)
	return slices.DeleteFunc(globs, func(g *Glob) bool { return g == nil })
}

// Place returns a name for where the entry points that is the same for entries that differ only in
// trailing slashes, "." segments, trailing "*" and "**" segments, and the case of letters.
func (g *Glob) Place() string {
	places := make([]string, len(g.alts))
	for i, a := range g.alts {
		places[i] = strings.ToLower(a.place())
	}
	return strings.Join(places, "\x00")
}

// match walks pattern and path side by side, and goes back to the last "**" on a mismatch: as a
// segment is matched as a whole, the earliest match of what stands before a "**" is as good as any.
func (a alternative) match(path string) bool {
	pi, pos := 0, 0
	backPi, backPos := -1, 0
	for pi < len(a) {
		if a[pi].deep {
			pi++
			backPi, backPos = pi, pos
			continue
		}
		seg, next := nextSegment(path, pos)
		if seg == "" {
			return false // the path is too short, and going back leaves less of it
		}
		if a[pi].match(seg) {
			pi, pos = pi+1, next
			continue
		}
		if backPi < 0 {
			return false
		}
		_, backPos = nextSegment(path, backPos)
		pi, pos = backPi, backPos
	}
	return true
}

func (a alternative) leads(dir string) bool {
	pos := 0
	for i := range a {
		seg, next := nextSegment(dir, pos)
		if seg == "" || a[i].deep {
			return true
		}
		if !a[i].match(seg) {
			return false
		}
		pos = next
	}
	return true
}

// literals returns how many leading segments are plain.
func (a alternative) literals() int {
	for i := range a {
		if !a[i].plain {
			return i
		}
	}
	return len(a)
}

func (a alternative) prefix() string { return a[:a.literals()].join() }

func (a alternative) join() string {
	if len(a) == 0 {
		return "/"
	}
	var b strings.Builder
	for i := range a {
		b.WriteByte('/')
		b.WriteString(a[i].text)
	}
	return b.String()
}

func (a alternative) place() string {
	n := len(a)
	for n > 0 && (a[n-1].deep || len(a[n-1].ops) == 1 && a[n-1].ops[0].kind == opStar) {
		n--
	}
	return a[:n].join()
}

// wild reports whether the segment matches every name.
func (s *segment) wild() bool {
	star, runes := s.deep, 0
	for i := range s.ops {
		switch s.ops[i].kind {
		case opStar:
			star = true
		case opAny:
			runes++
		default:
			return false
		}
	}
	return star && runes <= 1
}

func (s *segment) match(name string) bool {
	if s.plain {
		return s.text == name
	}
	oi, pos := 0, 0
	backOp, backPos := -1, 0
	for pos < len(name) || oi < len(s.ops) {
		if oi < len(s.ops) && s.ops[oi].kind == opStar {
			oi++
			backOp, backPos = oi, pos
			continue
		}
		if oi < len(s.ops) && pos < len(name) {
			r, size := utf8.DecodeRuneInString(name[pos:])
			broken := r == utf8.RuneError && size == 1 // equal to no rune an entry can name
			if s.ops[oi].matches(r) && !(broken && s.ops[oi].kind == opLit) {
				oi, pos = oi+1, pos+size
				continue
			}
		}
		if backOp < 0 || backPos >= len(name) {
			return false
		}
		_, size := utf8.DecodeRuneInString(name[backPos:])
		backPos += size
		oi, pos = backOp, backPos
	}
	return true
}

// nextSegment returns the next segment of path at or after pos that is neither empty nor ".",
// and the offset behind it; "" at the end.
func nextSegment(path string, pos int) (string, int) {
	for pos < len(path) {
		if path[pos] == '/' {
			pos++
			continue
		}
		end := len(path)
		if i := strings.IndexByte(path[pos:], '/'); i >= 0 {
			end = pos + i
		}
		if seg := path[pos:end]; seg != "." {
			return seg, end
		}
		pos = end
	}
	return "", pos
}

func validPath(path string) bool {
	if path == "" || path[0] != '/' || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for pos := 0; ; {
		seg, next := nextSegment(path, pos)
		if seg == "" {
			return true
		}
		if seg == ".." {
			return false
		}
		pos = next
	}
}
