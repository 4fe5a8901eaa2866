package tomlsyntax

import (
	"strings"
	"unicode/utf8"
)

// context is where a key or a value stands: it decides what ends it.
type context uint8

const (
	ctxTop context = iota
	ctxHeader
	ctxArray
	ctxInline
	ctxKey // a quoted segment before =
)

// key reads a dotted key and the white space after it. On an error it reports it, keeps what could be read and says
// false.
func (p *parser) key(span *span32, count *int32, ctx context) bool {
	p.skipSpace()
	*span = span32{p.rel(p.pos), p.rel(p.pos)}
	*count = 0
	for {
		p.skipSpace()
		if !p.segment(ctx) {
			if *count > 0 && p.at(p.pos) != '.' && p.at(p.pos) != '=' {
				p.missingSegment()
			}
			return false
		}
		*count++
		span.end = p.rel(p.pos)
		p.skipSpace()
		if p.at(p.pos) != '.' {
			return p.keyTail(span, ctx)
		}
		p.pos++
	}
}

// segment reads one segment at pos.
func (p *parser) segment(ctx context) bool {
	start := p.pos
	switch c := p.at(p.pos); {
	case class[c]&bareByte != 0:
		h := uint32(2166136261)
		for p.pos < len(p.src) && class[p.src[p.pos]]&bareByte != 0 {
			h = (h ^ uint32(p.src[p.pos])) * 16777619
			p.pos++
		}
		p.segs = append(p.segs, segment{span32: span32{p.rel(start), p.rel(p.pos)}, hash: h})
		return true
	case c == '"' || c == '\'':
		errs := len(p.errs)
		esc := p.shortString(c, keyContext(ctx))
		if len(p.errs) == errs && ctx != ctxHeader && p.closedByValue(start) {
			p.unclosedString(start, c, ctxKey)
		}
		s := segment{span32: span32{p.rel(start), p.rel(p.pos)}, quoted: true, escape: esc}
		s.raw = len(p.errs) > errs
		s.hash = hashName(s.decode(p.src[start:p.pos]))
		p.segs = append(p.segs, s)
		return true
	}
	return p.oddSegment(ctx)
}

// closedByValue reports whether the quoted segment that ends at pos has lost its closing quote, and
// took the one that opens the value for it, as in "key = "value".
func (p *parser) closedByValue(start int) bool {
	_, after, ok := strings.Cut(p.src[start:p.pos-1], "=")
	if !ok || strings.TrimSpace(after) != "" {
		return false
	}
	next := p.pos
	for p.at(next) == ' ' || p.at(next) == '\t' {
		next++
	}
	c := p.at(next)
	return next < len(p.src) && newlineAt(p.src, next) == 0 && c != '=' && c != '.' && c != ':'
}

// keyContext is where a quoted segment of a key in ctx stands.
func keyContext(ctx context) context {
	if ctx == ctxHeader {
		return ctxHeader
	}
	return ctxKey
}

// oddSegment deals with a segment that starts with no character of a key.
func (p *parser) oddSegment(ctx context) bool {
	if end := p.oddKeyEnd(p.pos, ctx); end > p.pos {
		p.quoteSegment(p.pos, end)
		return true
	}
	switch p.at(p.pos) {
	case '.':
		p.report(p.pos, p.pos+1, "expected a key name before '.': a name stands on each side of a dot; quote a name that has dots in it", p.removeFix(p.pos, p.pos+1))
	case '=':
		p.report(p.pos, p.pos+1, `expected a key name before '=': write one, or "" for the empty name`, nil)
	}
	return false
}

// missingSegment reports a dot behind which no name follows.
func (p *parser) missingSegment() {
	dot := p.start + strings.LastIndexByte(p.src[p.start:p.pos], '.')
	p.report(dot, dot+1, "expected a key name after '.', found "+p.found(p.pos)+": remove the dot or write the name", p.removeFix(dot, dot+1))
}

// keyTail looks at what follows the last segment of a key: more of an unquoted name costs the name its quotes only.
func (p *parser) keyTail(span *span32, ctx context) bool {
	last := &p.segs[len(p.segs)-1]
	end := p.oddKeyEnd(p.pos, ctx)
	if end <= p.pos || last.quoted {
		return true
	}
	start := p.start + int(last.start)
	p.segs = p.segs[:len(p.segs)-1]
	p.quoteSegment(start, end)
	span.end = p.rel(p.pos)
	p.skipSpace()
	return true
}

// quoteSegment takes the text in [start, end) for a key name that lacks its quotes.
func (p *parser) quoteSegment(start, end int) {
	text := p.src[start:end]
	p.segs = append(p.segs, segment{span32: span32{p.rel(start), p.rel(end)}, hash: hashName(text), raw: true})
	p.pos = end
	if !utf8.ValidString(text) {
		p.report(start, end, "the key is not valid UTF-8: save the file as UTF-8", nil)
		return
	}
	quoted := Quote(text)
	p.report(start, end, "expected a key, found "+clip(text)+": a key without quotes has letters, digits, '_' and '-' only; write "+clip(quoted),
		&ErrorFix{"put quotes around the key", []Edit{{Span{start, end}, quoted}}})
}

// oddKeyEnd is the end of a key name that has characters no bare key may have, if from i to the = that follows it, or
// to the bracket, there is nothing but such a name. Otherwise it is i.
func (p *parser) oddKeyEnd(i int, ctx context) int {
	end := i
	for j := i; j < len(p.src); j++ {
		switch c := p.src[j]; {
		case c == '\n' || c == '#' || c == '"' || c == '\'' || c == '[' || c == '{' || c == '}' || c == ',':
			return i
		case ctx == ctxHeader && c == ']':
			return end
		case c == ']':
			return i
		case c == '=':
			if ctx == ctxHeader || end > i && p.src[end-1] == ':' {
				return i
			}
			return end
		case c == '.' && (j == i || class[p.at(j+1)]&delimiters != 0):
			return i
		case c != ' ' && c != '\t' && c != '\r':
			end = j + 1
		}
	}
	return i
}

// equals reads the = after a key, and mends what people write in its place. It says whether the key gets a value at
// all, and whether there is one to read.
func (p *parser) equals(key span32, ctx context) (defined, valued bool) {
	at := p.pos
	switch p.at(at) {
	case '=':
		p.pos++
		if c := p.at(p.pos); c == '=' || c == '>' {
			p.report(p.pos, p.pos+1, "expected a value after '=', found "+p.found(p.pos)+": a single '=' joins a key and its value", p.removeFix(p.pos, p.pos+1))
			p.pos++
		}
	case ':':
		end := at + 1
		if p.at(end) == '=' {
			end++
		}
		p.report(at, end, "expected '=' after the key, found '"+p.src[at:end]+"': write '='",
			&ErrorFix{"write '='", []Edit{{Span{p.start + int(key.end), end}, " ="}}})
		p.pos = end
	default:
		valued = p.missingEquals(key, ctx)
		return valued, valued
	}
	end, mended := p.pos, p.src[at] != '='
	p.skipSpace()
	if p.valueMissing(ctx) {
		if mended {
			return true, false // one slip, one error
		}
		p.report(at, end, "expected a value after '=', found "+p.found(p.pos)+`: write a value, "" for an empty string`, nil)
		return true, false
	}
	return true, true
}

// valueMissing reports whether nothing stands at pos that could be a value.
func (p *parser) valueMissing(ctx context) bool {
	if p.pos >= len(p.src) || newlineAt(p.src, p.pos) > 0 {
		return true
	}
	switch p.src[p.pos] {
	case '#':
		return true
	case ',', '}', ']':
		return ctx == ctxInline
	}
	return false
}

// missingEquals reports a key that no = follows, and says whether a value does.
func (p *parser) missingEquals(key span32, ctx context) bool {
	start, end := p.start+int(key.start), p.start+int(key.end)
	if p.valueMissing(ctx) {
		p.report(start, end, "expected '=' and a value after the key, found "+p.found(p.pos)+": write "+clip(p.src[start:end])+` = "..."`, nil)
		return false
	}
	switch c := p.src[p.pos]; {
	case c == '"' || c == '\'' || c == '[' || c == '{' || c == '+' || class[c]&bareByte != 0:
		p.report(start, end, "expected '=' after the key, found "+p.found(p.pos)+": write '=' between the key and its value",
			&ErrorFix{"insert '='", []Edit{{Span{end, end}, " ="}}})
		if p.pos == end {
			p.errs[len(p.errs)-1].Fix.Edits[0].Text = " = "
		}
		return true
	}
	_, n := utf8.DecodeRuneInString(p.src[p.pos:])
	p.report(p.pos, p.pos+n, "expected '=' after the key, found "+p.found(p.pos)+": write "+clip(p.src[start:end])+` = "..."`, nil)
	p.pos = p.junkEnd(ctx)
	return false
}
