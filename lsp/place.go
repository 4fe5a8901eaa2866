package lsp

import (
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// placeKind says what can be written at a place.
type placeKind uint8

const (
	placeNone   placeKind = iota // nothing a manifest has a say in: comments, junk, behind a value
	placeKey                     // a key, or a segment of a dotted one
	placeHeader                  // the key of a [header]
	placeValue                   // a value, or an element of an array
)

// place is what an offset of a manifest is in. It is found from the expression there alone, so
// that its cost does not grow with the file, and in broken text as well.
type place struct {
	kind placeKind
	off  int
	// path of the table that a key belongs to, dotted segments before it included; of a value, the
	// path of its key.
	path []string
	// word is what stands at the place: a key's segment, a header's whole key, a value with its
	// quotes; empty where nothing does.
	word tomlsyntax.Span

	inline   bool // key: in an inline table
	dotted   bool // key: behind other segments of the same key
	garbled  bool // key: of characters that no bare key has
	assigned bool // key: more of the key or a = follows; header: the closing bracket does

	// before: an entry of an inline table or an element of an array that follows without a comma
	// between, so that one has to be written.
	before bool

	item  bool             // value: an element of an array
	list  tomlsyntax.Value // value: that array
	value tomlsyntax.Value // value: what stands there, if anything
}

// placeAt finds the place of an offset.
func placeAt(t *tomlsyntax.Tree, off int) place {
	none := place{off: off}
	e, ok := t.ExprAt(off)
	if !ok {
		if off == 0 {
			return place{kind: placeKey, word: tomlsyntax.Span{}}
		}
		if e, ok = t.ExprAt(off - 1); !ok {
			return none
		}
		if e.Kind() != tomlsyntax.KeyValue || !open(e.Value()) {
			return place{kind: placeKey, off: off, path: sectionPath(e.Section()), word: emptyAt(off)}
		}
	}
	if inComment(t, e, off) {
		return none
	}
	switch e.Kind() {
	case tomlsyntax.Blank:
		if above, open := openAbove(t, e); open {
			f := finder{src: t.Source(), off: off}
			return f.entry(sectionPath(above.Section()), above.Key(), above.Value(), false)
		}
		return place{kind: placeKey, off: off, path: sectionPath(e.Section()), word: emptyAt(off)}
	case tomlsyntax.Header, tomlsyntax.ArrayHeader:
		return headerPlace(t.Source(), e, off)
	case tomlsyntax.KeyValue:
		f := finder{src: t.Source(), off: off}
		return f.entry(sectionPath(e.Section()), e.Key(), e.Value(), false)
	}
	return none
}

// openAbove is the value above a blank line that lacks its closing bracket, comments passed over: that
// is what the line is to go on with. It is none behind a second blank line.
func openAbove(t *tomlsyntax.Tree, blank tomlsyntax.Expr) (tomlsyntax.Expr, bool) {
	for e := blank; e.Span().Start > 0; {
		above, ok := t.ExprAt(e.Span().Start - 1)
		switch {
		case !ok:
			return tomlsyntax.Expr{}, false
		case above.Kind() == tomlsyntax.KeyValue:
			return above, open(above.Value())
		case above.Kind() != tomlsyntax.CommentLine:
			return tomlsyntax.Expr{}, false
		}
		e = above
	}
	return tomlsyntax.Expr{}, false
}

func emptyAt(off int) tomlsyntax.Span { return tomlsyntax.Span{Start: off, End: off} }

// touches reports whether off is in a span or at one of its ends.
func touches(s tomlsyntax.Span, off int) bool { return s.Start <= off && off <= s.End }

func sectionPath(s tomlsyntax.Section) []string {
	if h, ok := s.Header(); ok {
		return h.Key().Names()
	}
	return nil
}

// inComment reports whether off is behind the # of a comment.
func inComment(t *tomlsyntax.Tree, e tomlsyntax.Expr, off int) bool {
	src := t.Source()
	line := src[strings.LastIndexByte(src[:off], '\n')+1 : off]
	if !strings.Contains(line, "#") {
		return false
	}
	for tok := range e.Tokens() {
		if tok.Kind == tomlsyntax.TokenComment && tok.Span.Start < off && off <= tok.Span.End {
			return true
		}
	}
	return false
}

func headerPlace(src string, e tomlsyntax.Expr, off int) place {
	start := e.Span().Start
	for start < off && strings.IndexByte(" \t\ufeff", src[start]) >= 0 {
		start++
	}
	for start < off && src[start] == '[' {
		start++
	}
	for start < off && strings.IndexByte(" \t", src[start]) >= 0 {
		start++
	}
	line := src[start:e.Span().End]
	end := start + len(strings.TrimRight(line, "\r\n"))
	closed := false
	if i := strings.IndexAny(line, "]#"); i >= 0 {
		end, closed = start+i, line[i] == ']'
	}
	if off > end || off == e.Span().Start {
		return place{off: off}
	}
	word := tomlsyntax.Span{Start: start, End: max(off, start+len(strings.TrimRight(src[start:end], " \t")))}
	return place{kind: placeHeader, off: off, word: word, assigned: closed}
}

// finder walks from an expression to the innermost thing at an offset.
type finder struct {
	src string
	off int
}

func (f finder) none() place { return place{off: f.off} }

// entry finds the place in key = value below a table.
func (f finder) entry(table []string, key tomlsyntax.Key, v tomlsyntax.Value, inline bool) place {
	at := key.Span()
	if f.off > at.End && strings.Contains(f.src[at.End:f.off], "=") {
		return f.in(slices.Concat(table, key.Names()), v, tomlsyntax.Value{})
	}
	for i := range key.Len() {
		seg := key.Segment(i)
		if touches(seg.Span, f.off) {
			p := place{kind: placeKey, off: f.off, path: table, word: seg.Span, inline: inline, dotted: i > 0}
			p.assigned = i+1 < key.Len() || f.follows(seg.Span.End, "=.")
			return p
		}
		table = append(slices.Clip(table), seg.Name)
	}
	if f.off > at.End && strings.TrimSpace(f.src[at.End:f.off]) == "." {
		return place{kind: placeKey, off: f.off, path: table, word: emptyAt(f.off), inline: inline, dotted: true, assigned: f.follows(f.off, "=")}
	}
	if typed := f.src[max(0, min(at.End, f.off)):f.off]; f.off > at.End && at.End > at.Start && !strings.ContainsAny(typed, " \t") {
		return place{kind: placeKey, off: f.off, path: table[:len(table)-key.Len()], word: tomlsyntax.Span{Start: at.Start, End: f.off}, inline: inline, garbled: true}
	}
	return f.none()
}

// follows reports whether the next character behind blanks is one of chars.
func (f finder) follows(off int, chars string) bool {
	rest := strings.TrimLeft(f.src[off:min(len(f.src), off+64)], " \t")
	return rest != "" && strings.IndexByte(chars, rest[0]) >= 0
}

// in finds the place in a value. list is the array that the value is an element of, if it is.
func (f finder) in(path []string, v, list tomlsyntax.Value) place {
	at := v.Span()
	here := place{kind: placeValue, off: f.off, path: path, list: list, item: list.Kind() == tomlsyntax.Array, value: v}
	if !v.Present() {
		here.word, here.value = emptyAt(f.off), tomlsyntax.Value{}
		return here
	}
	switch v.Kind() {
	case tomlsyntax.Array:
		if f.off > at.Start && (f.off < at.End || open(v)) {
			return f.inArray(path, v)
		}
		return f.none()
	case tomlsyntax.InlineTable:
		if f.off > at.Start && (f.off < at.End || open(v)) {
			return f.inTable(path, v)
		}
		return f.none()
	}
	if !touches(at, f.off) {
		return f.none()
	}
	if q := quotesOf(v.Raw()); q != "" && (f.off < at.Start+len(q) || closedString(v.Raw()) && f.off > at.End-len(q)) {
		return f.none()
	}
	here.word = at
	return here
}

func (f finder) inArray(path []string, v tomlsyntax.Value) place {
	for e := range v.Elements() {
		s := e.Span()
		if f.off < s.Start {
			break
		}
		if f.off <= s.End || open(e) {
			p := f.in(path, e, v)
			p.before = p.before || p.item && p.list == v && f.meets(p.word.End, v)
			return p
		}
	}
	if !f.afterOneOf("[,") {
		return f.none()
	}
	return place{kind: placeValue, off: f.off, path: path, word: emptyAt(f.off), item: true, list: v, before: f.meets(f.off, v)}
}

// meets reports whether the next thing from an offset on is another part of the container v.
func (f finder) meets(off int, v tomlsyntax.Value) bool {
	next := off
	for next < len(f.src) {
		if rest := strings.TrimLeft(f.src[next:], " \t\r\n"); !strings.HasPrefix(rest, "#") {
			next = len(f.src) - len(rest)
			break
		}
		line := strings.IndexByte(f.src[next:], '\n')
		if line < 0 {
			return false
		}
		next += line + 1
	}
	for e := range v.Elements() {
		if e.Span().Start == next {
			return true
		}
	}
	for e := range v.Entries() {
		if e.Key.Span().Start == next {
			return true
		}
	}
	return false
}

func (f finder) inTable(path []string, v tomlsyntax.Value) place {
	var last tomlsyntax.Entry
	for e := range v.Entries() {
		if f.off < e.Key.Span().Start {
			break
		}
		last = e
	}
	gap := f.afterOneOf("{,")
	switch {
	case last.Key.Len() > 0 && (!gap || touches(last.Key.Span(), f.off) || touches(last.Value.Span(), f.off) || open(last.Value)):
		p := f.entry(path, last.Key, last.Value, true)
		p.before = p.before || p.kind == placeKey && !p.assigned && f.meets(p.word.End, v)
		return p
	case !gap:
		return f.none()
	}
	return place{kind: placeKey, off: f.off, path: path, word: emptyAt(f.off), inline: true, before: f.meets(f.off, v)}
}

// afterOneOf reports whether the last thing before the offset is one of chars. Comments are passed
// over.
func (f finder) afterOneOf(chars string) bool {
	rest := f.src[max(0, f.off-4096):f.off]
	for rest != "" {
		line := strings.LastIndexByte(rest, '\n') + 1
		if code := strings.TrimRight(withoutComment(rest[line:]), " \t\r"); code != "" {
			return strings.IndexByte(chars, code[len(code)-1]) >= 0
		}
		rest = rest[:max(0, line-1)]
	}
	return false
}

// withoutComment is a line without the comment at its end.
func withoutComment(line string) string {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '#':
			return line[:i]
		}
	}
	return line
}

// open reports whether a value goes on behind what is there of it: an array or inline table without
// its closing bracket, at any depth.
func open(v tomlsyntax.Value) bool {
	raw := v.Raw()
	if raw == "" {
		return false
	}
	switch v.Kind() {
	case tomlsyntax.Array:
		return raw[len(raw)-1] != ']' || len(raw) == 1 || lastOpen(v)
	case tomlsyntax.InlineTable:
		return raw[len(raw)-1] != '}' || len(raw) == 1 || lastOpen(v)
	}
	return false
}

// lastOpen reports whether the last part of a container took the closing bracket for its own.
func lastOpen(v tomlsyntax.Value) bool {
	var last tomlsyntax.Value
	for e := range v.Elements() {
		last = e
	}
	for e := range v.Entries() {
		last = e.Value
	}
	return last.Present() && last.Span().End == v.Span().End
}

// quotesOf is the delimiter that a string begins with, "" for what is no string.
func quotesOf(raw string) string {
	for _, q := range [...]string{`"""`, "'''", `"`, "'"} {
		if strings.HasPrefix(raw, q) {
			return q
		}
	}
	return ""
}

// closedString reports whether a string has its closing delimiter.
func closedString(raw string) bool {
	q := quotesOf(raw)
	return q != "" && len(raw) >= 2*len(q) && strings.HasSuffix(raw, q) && (len(q) == 3 || !escapedEnd(raw, q))
}

// escapedEnd reports whether the quote at the end of a basic string is an escaped one.
func escapedEnd(raw, q string) bool {
	if q != `"` {
		return false
	}
	body := strings.TrimRight(raw[:len(raw)-1], `\`)
	return (len(raw)-1-len(body))%2 == 1
}
