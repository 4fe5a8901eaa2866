package tomlsyntax

import (
	"strings"
	"unicode/utf8"
)

// textEnd is where the text at i ends: at its line's end, or before the white space in front of a comment. Inside a
// container a comma or bracket ends it too.
func (p *parser) textEnd(i int, ctx context) int {
	end := lineEnd(p.src, i)
	for j := i; j < end; j++ {
		c := p.src[j]
		if c == '#' && j > i && (p.src[j-1] == ' ' || p.src[j-1] == '\t') ||
			(ctx == ctxArray || ctx == ctxInline) && (c == ',' || c == ']' || c == '}') {
			end = j
		}
	}
	for end > i+1 && (p.src[end-1] == ' ' || p.src[end-1] == '\t') {
		end--
	}
	return end
}

// junkEnd is the end of the text at pos that nothing can be made of.
func (p *parser) junkEnd(ctx context) int { return p.textEnd(p.pos, ctx) }

// junk skips the text from start, of which no key could be made, and reports it unless that is done.
func (p *parser) junk(start int, ctx context, reported bool) {
	p.pos = max(p.junkEnd(ctx), start+1)
	if reported {
		return
	}
	text := p.src[start:p.pos]
	switch {
	case strings.HasPrefix(text, "//"):
		p.report(start, start+2, "expected a key or a comment, found '//': a comment starts with '#'", replaceFix(start, start+2, "#"))
	case text[0] == ';' || text[0] == '%':
		p.report(start, start+1, "expected a key or a comment, found '"+text[:1]+"': a comment starts with '#'", replaceFix(start, start+1, "#"))
	case text[0] == ']' || text[0] == '}':
		p.report(start, start+1, "expected a key, a [header] or a comment, found '"+text[:1]+"', which closes nothing: remove it", p.removeFix(start, start+1))
	case ctx == ctxInline:
		p.report(start, p.pos, "expected a key or '}', found "+clip(text)+": write key = value", nil)
	default:
		p.report(start, p.pos, "expected a key, a [header] or a comment, found "+clip(text)+": write key = value", nil)
	}
}

// trailing deals with text after an expression that should have ended. A broken expression is not blamed again.
func (p *parser) trailing(n *Node) {
	start := p.pos
	end := p.textEnd(start, ctxTop)
	p.pos = end
	if len(p.errs) > 0 || n.kind == Junk {
		return
	}
	text := p.src[start:end]
	switch {
	case text == "," || text == ";":
		p.report(start, end, "expected the end of the line, found '"+text+"': nothing separates expressions but a new line; remove it", p.removeFix(start, end))
	case strings.HasPrefix(text, "//"):
		p.report(start, start+2, "expected the end of the line, found '//': a comment starts with '#'", replaceFix(start, start+2, "#"))
	case strings.Trim(text, "]}") == "":
		p.report(start, end, "expected the end of the line, found '"+clip(text)+"', which closes nothing: remove it", p.removeFix(start, end))
	case p.looksLikeKey(start) || p.looksLikeHeader(start):
		p.report(start, end, "expected the end of the line, found "+clip(text)+": write it on a line of its own",
			&ErrorFix{"start a new line", []Edit{{Span{start, start}, p.newline()}}})
	default:
		p.report(start, end, "expected the end of the line, found "+clip(text)+": remove it, or write '#' before it", nil)
	}
}

// conflictMarker skips the line that a failed merge left at pos, and reports it. No such line begins
// anything in TOML.
func (p *parser) conflictMarker() bool {
	c := p.at(p.pos)
	if c != '<' && c != '=' && c != '>' && c != '|' || !strings.HasPrefix(p.src[p.pos:], strings.Repeat(string(c), 7)) {
		return false
	}
	if next := p.at(p.pos + 7); next != ' ' && next != '\n' && next != '\r' && next != 0 {
		return false
	}
	start := p.pos
	p.pos = lineEnd(p.src, start)
	p.report(start, p.pos, "this line marks a conflict of a merge: keep one of the two sides and remove the marks", nil)
	return true
}

// newline is the line ending of the line at pos.
func (p *parser) newline() string {
	if newlineAt(p.src, lineEnd(p.src, p.pos)) == 2 {
		return "\r\n"
	}
	return "\n"
}

// indent is the width of the white space before the node.
func (p *parser) indent() int {
	i := p.start
	for p.at(i) == ' ' || p.at(i) == '\t' {
		i++
	}
	return i - p.start
}

// resumes reports whether the line at i looks like the document's next expression and not like a line of the open
// container: it is no further right than the expression that is open.
func (p *parser) resumes(i, indent int, keys bool) bool {
	p.far = max(p.far, lineEnd(p.src, i)+1)
	start := i
	for p.at(i) == ' ' || p.at(i) == '\t' {
		i++
	}
	return i-start <= indent && (p.looksLikeHeader(i) || keys && p.looksLikeKey(i))
}

// looksLikeKey reports whether key = stands at i.
func (p *parser) looksLikeKey(i int) bool {
	end, _ := p.keyShape(i)
	return end > i && p.at(end) == '='
}

// looksLikeHeader reports whether a header stands at i that could not be an array of values.
func (p *parser) looksLikeHeader(i int) bool {
	if p.at(i) != '[' {
		return false
	}
	depth := 1
	if p.at(i+1) == '[' {
		depth = 2
	}
	end, word := p.keyShape(i + depth)
	if !word || !strings.HasPrefix(p.src[end:], "]]"[:depth]) {
		return false
	}
	end += depth
	for p.at(end) == ' ' || p.at(end) == '\t' {
		end++
	}
	return end >= len(p.src) || p.src[end] == '#' || newlineAt(p.src, end) > 0
}

// keyShape is the end of the dotted key at i with the white space after it, or i; word tells that a part of it could
// not be a value.
func (p *parser) keyShape(i int) (end int, word bool) {
	start := i
	for {
		for p.at(i) == ' ' || p.at(i) == '\t' {
			i++
		}
		from := i
		switch c := p.at(i); {
		case c == '"' || c == '\'':
			for i++; i < len(p.src) && p.src[i] != c; i++ {
				if p.src[i] == '\n' {
					return start, false
				}
				if p.src[i] == '\\' && c == '"' {
					i++
				}
			}
			i++
		default:
			for class[p.at(i)]&bareByte != 0 {
				i++
			}
			word = word || i > from && scalarKind(p.src[from:i]) == InvalidValue
		}
		if i == from || i > len(p.src) {
			return start, false
		}
		for p.at(i) == ' ' || p.at(i) == '\t' {
			i++
		}
		if p.at(i) != '.' {
			return i, word
		}
		i++
	}
}

// unclosed ends the containers that are still open after what was read of them last.
func (p *parser) unclosed(content int) {
	kept := p.errs[:0]
	for _, e := range p.errs {
		if e.Span.Start < content {
			kept = append(kept, e)
		}
	}
	p.errs = kept
	closers := make([]byte, 0, len(p.stack))
	for i := len(p.stack) - 1; i >= 0; i-- {
		f := &p.stack[i]
		closers = append(closers, f.close)
		p.vals[f.val].end, p.vals[f.val].last = p.rel(content), int32(len(p.vals))
	}
	f := p.stack[len(p.stack)-1]
	what := "the inline table is never closed: write '}' after its last entry"
	if f.close == ']' {
		what = "the array is never closed: write ']' after its last element"
	}
	p.report(f.open, f.open+1, what, &ErrorFix{"insert the missing " + clip(string(closers)), []Edit{{Span{content, content}, string(closers)}}})
	p.pos = content
}

// wrongBracket deals with ] in an inline table and } in an array: either the right one is missing before it, or it
// stands in its place.
func (p *parser) wrongBracket(f *frame) {
	c := p.src[p.pos]
	want := string(f.close)
	if n := len(p.stack); n > 1 && p.stack[n-2].close == c {
		p.report(p.pos, p.pos+1, "expected '"+want+"' before '"+string(c)+"': the bracket opened last is closed first",
			&ErrorFix{"insert " + want, []Edit{{Span{p.content, p.content}, want}}})
		p.pop()
		return
	}
	p.report(p.pos, p.pos+1, "expected '"+want+"', found '"+string(c)+"': write '"+want+"'", replaceFix(p.pos, p.pos+1, want))
	p.pos++
	p.pop()
}

// missingComma deals with something else than a comma or the bracket after an element.
func (p *parser) missingComma(f *frame) {
	c := p.src[p.pos]
	if p.closedByNext(f) {
		return
	}
	if c == '"' || c == '\'' || c == '[' || c == '{' || c == '+' || class[c]&bareByte != 0 {
		p.report(p.pos, p.pos+p.runLength(), "expected ',' or '"+string(f.close)+"', found "+p.found(p.pos)+": write a comma between two elements",
			&ErrorFix{"insert a comma", []Edit{{Span{p.content, p.content}, ","}}})
		f.after = false
		return
	}
	start := p.pos
	p.pos = max(p.textEnd(start, f.ctx()), start+1)
	p.report(start, p.pos, "expected ',' or '"+string(f.close)+"', found "+clip(p.src[start:p.pos])+": remove it", p.removeFix(start, p.pos))
}

// closedByNext deals with a string that has lost its closing quote, and took the one that opens the
// next element for it, as in ["one, "two"].
func (p *parser) closedByNext(f *frame) bool {
	v := &p.vals[len(p.vals)-1]
	start := p.start + int(v.start)
	if v.kind != String || p.start+int(v.end) != p.pos {
		return false
	}
	text := p.src[start : p.pos-1]
	comma := strings.LastIndexByte(text, ',')
	if comma < 0 || strings.HasPrefix(text[1:], text[:1]) {
		return false
	}
	if key, assigned := strings.CutSuffix(strings.TrimSpace(text[comma+1:]), "="); assigned != (f.close == '}') || !assigned && key != "" {
		return false
	}
	v.kind = InvalidValue
	p.endString(start, start+len(strings.TrimRight(text[:comma], " \t")), text[0])
	v.end = p.rel(p.pos)
	return true
}

// runLength is the length of the token at pos that a comma is missing before.
func (p *parser) runLength() int {
	i := p.pos
	for class[p.at(i)]&bareByte != 0 {
		i++
	}
	return max(i-p.pos, 1)
}

// emptyHeader deals with a header of which no name could be read.
func (p *parser) emptyHeader(open, inner int) {
	end := p.textEnd(open, ctxTop)
	if close := strings.IndexByte(p.src[inner:end], ']'); close >= 0 && strings.TrimSpace(p.src[inner:inner+close]) == "" {
		end = inner + close
		for p.at(end) == ']' {
			end++
		}
	}
	if len(p.errs) == 0 {
		p.report(open, end, "expected a table name in the brackets, found "+p.found(p.pos)+": write the name, as in [table]", nil)
	}
	p.pos = end
}

// unclosedHeader deals with a header whose brackets do not follow its name, which ends at end.
func (p *parser) unclosedHeader(open, end int, brackets string) {
	defer func() { p.pos = p.textEnd(p.pos, ctxTop) }()
	if len(p.errs) > 0 {
		return
	}
	switch {
	case p.at(p.pos) == ']':
		p.report(p.pos, p.pos+1, "expected ']]' after the name of an array of tables, found ']': write ']]', or '[' in front for a table", replaceFix(p.pos, p.pos+1, brackets))
		p.pos++
	case p.at(p.pos) == '#' || p.pos >= len(p.src) || newlineAt(p.src, p.pos) > 0:
		p.report(open, end, "expected '"+brackets+"' after the table name, found "+p.found(p.pos)+": write '"+brackets+"'",
			&ErrorFix{"insert " + brackets, []Edit{{Span{end, end}, brackets}}})
	default:
		_, n := utf8.DecodeRuneInString(p.src[p.pos:])
		p.report(p.pos, p.pos+n, "expected '.' or '"+brackets+"' after the table name, found "+p.found(p.pos)+": write '"+brackets+"'", nil)
	}
}

// unclosedString ends a string that its line ends before its quote.
func (p *parser) unclosedString(start int, quote byte, ctx context) {
	end := p.textEnd(start, ctxTop)
	switch ctx {
	case ctxArray, ctxInline, ctxHeader:
		end = start + len(strings.TrimRight(p.src[start:end], " \t,]}"))
	case ctxKey:
		if eq := strings.IndexByte(p.src[start:end], '='); eq > 0 {
			end = start + len(strings.TrimRight(p.src[start:start+eq], " \t"))
		}
	}
	p.endString(start, max(end, start+1), quote)
}

// endString ends a string of one line where its quote should be, and forgets what was found wrong behind that.
func (p *parser) endString(start, end int, quote byte) {
	kept := p.errs[:0]
	for _, e := range p.errs {
		if e.Span.Start < end {
			kept = append(kept, e)
		}
	}
	p.errs = kept
	p.pos = end
	q := p.closing(end, string(quote))
	p.report(start, end, "the string is not closed on its line: write "+string(quote)+" at its end, or three quotes on each side of a text of several lines",
		&ErrorFix{"insert the closing quote", []Edit{{Span{end, end}, q}}})
}

// unclosedLong ends a string of several lines that nothing closes before the next line that looks like an expression.
func (p *parser) unclosedLong(start int, quote byte) {
	end, indent := len(p.src), p.indent()
	for i := lineEnd(p.src, start); i < len(p.src); i = lineEnd(p.src, i) {
		i += newlineAt(p.src, i)
		if p.resumes(i, indent, true) {
			end = i
			break
		}
	}
	p.far = len(p.src) + 1
	end = start + max(3, len(strings.TrimRight(p.src[start:end], " \t\r\n")))
	p.pos = end
	q := strings.Repeat(string(quote), 3)
	p.report(start, start+3, "the string is never closed: write "+q+" at its end",
		&ErrorFix{"insert the closing quotes", []Edit{{Span{end, end}, p.closing(end, q)}}})
}

// closing is what closes a string at end: a backslash there must not take the quote for itself.
func (p *parser) closing(end int, quotes string) string {
	n := 0
	for n < end && p.src[end-n-1] == '\\' {
		n++
	}
	if n%2 == 1 && quotes[0] == '"' {
		return `\` + quotes
	}
	return quotes
}

func (p *parser) removeFix(start, end int) *ErrorFix {
	return &ErrorFix{"remove it", []Edit{{Span{start, end}, ""}}}
}

func replaceFix(start, end int, text string) *ErrorFix {
	return &ErrorFix{"write " + clip(text), []Edit{{Span{start, end}, text}}}
}

// clip is text for a message: short, well formed and on one line.
func clip(text string) string {
	const limit = 60
	text = strings.Map(func(r rune) rune {
		switch {
		case r < ' ':
			return '\u2400' + r // the picture of the control character
		case r == 0x7f:
			return '\u2421'
		}
		return r
	}, text)
	if len(text) > limit {
		text = text[:limit-3]
		for len(text) > 0 && !utf8.RuneStart(text[len(text)-1]) {
			text = text[:len(text)-1]
		}
		text += "..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
