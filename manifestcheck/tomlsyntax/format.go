package tomlsyntax

import "strings"

// FormatOptions say how to format.
type FormatOptions struct {
	// Indent is the indentation of one level inside brackets; two spaces if empty.
	Indent string
	// Range restricts the result to the expressions it meets. The zero Span is the whole document.
	Range Span
}

// Format is the edits that bring a document into canonical form: white space only, and no more of it than has to change.
// They all refer to the tree's source and don't overlap.
//
// Expressions start at the margin; there is one space around = and before a comment, one after a comma, one inside
// braces, none inside brackets and none at the end of a line. Where a container is broken into lines its author decides;
// its lines are indented by depth. There is at most one blank line in a row, none at either end of the document, and the
// last line has an ending. Expressions with errors stay as they are, and so do the blank lines behind them.
func Format(t *Tree, opts FormatOptions) []Edit {
	f := formatter{tree: t, indent: opts.Indent, newline: "\n"}
	if f.indent == "" {
		f.indent = "  "
	}
	if i := strings.IndexByte(t.src, '\n'); i > 0 && t.src[i-1] == '\r' {
		f.newline = "\r\n"
	}
	whole := opts.Range == Span{}
	for e := range t.Expressions() {
		s := e.Span()
		if f.inRange = whole || s.Start <= opts.Range.End && s.End > opts.Range.Start; f.inRange {
			f.expr(e)
		}
		f.seen(e)
	}
	if whole || opts.Range.End >= len(t.src) {
		f.end()
	}
	return f.edits
}

// maxIndent is the deepest level that is still indented further: the output must not grow with the square of the input.
const maxIndent = 32

type formatter struct {
	tree    *Tree
	indent  string
	newline string
	inRange bool
	edits   []Edit

	blanks   []Span // blank lines since the last other one
	text     bool   // there was another one
	broken   bool   // and it was broken
	last     Expr
	brackets []byte // that are open
}

// seen keeps what the expressions behind e depend on.
func (f *formatter) seen(e Expr) {
	if e.Kind() == Blank && !e.Broken() {
		if f.inRange {
			f.blanks = append(f.blanks, e.Span())
		}
		return
	}
	f.blanks, f.text, f.broken, f.last = f.blanks[:0], true, e.Broken(), e
}

// expr formats e and the blank lines before it.
func (f *formatter) expr(e Expr) {
	if e.Kind() == Blank && !e.Broken() {
		return
	}
	if f.text || byteOrderMark(e.node.text) == 0 { // at the start the bytes would become a mark
		f.squeeze(1)
	}
	if !e.Broken() {
		f.line(e)
	}
}

// mark is where e starts behind a byte order mark.
func (e Expr) mark() int {
	if e.base == 0 {
		return byteOrderMark(e.node.text)
	}
	return e.base
}

// squeeze leaves keep of the blank lines before the expression that comes now, and no white space in those.
func (f *formatter) squeeze(keep int) {
	if f.broken {
		return
	}
	if !f.text {
		keep = 0
	}
	for i, s := range f.blanks {
		if s.Start == 0 {
			s.Start = byteOrderMark(f.tree.src)
		}
		if i < keep {
			s.End = lineEnd(f.tree.src, s.Start)
		}
		f.replace(s, "")
	}
}

// end formats the end of the document.
func (f *formatter) end() {
	f.squeeze(0)
	if !f.text || f.broken || f.last.node.terminated() {
		return
	}
	if n := len(f.tree.src); f.last.Span().End == n {
		f.edits = append(f.edits, Edit{Span{n, n}, f.newline})
	}
}

// replace makes an edit if the text differs.
func (f *formatter) replace(s Span, text string) {
	if f.tree.src[s.Start:s.End] != text {
		f.edits = append(f.edits, Edit{s, text})
	}
}

// line formats the white space between the tokens of e.
func (f *formatter) line(e Expr) {
	f.brackets = f.brackets[:0]
	header := e.node.opensSection()
	src := f.tree.src
	prev, prevEnd, newlines := byte('\n'), e.mark(), 0
	for tok := range e.Tokens() {
		next := byte('a') // stands for any key or value
		switch tok.Kind {
		case TokenSpace, TokenByteOrderMark:
			continue
		case TokenNewline:
			next = '\n'
			newlines++
		case TokenComment:
			next = '#'
		case TokenPunctuation:
			next = src[tok.Span.Start]
		}
		if next == '\n' && newlines > 2 && tok.Span.End < e.Span().End {
			f.edits = append(f.edits, Edit{Span{prevEnd, tok.Span.End}, ""})
			prevEnd = tok.Span.End
			continue
		}
		f.replace(Span{prevEnd, tok.Span.Start}, f.gap(prev, next, header))
		if next != '\n' {
			newlines = 0
		}
		f.nest(next)
		prev, prevEnd = next, tok.Span.End
		if next == '#' {
			prevEnd = tok.Span.Start + len(strings.TrimRight(src[tok.Span.Start:tok.Span.End], " \t"))
		}
	}
	f.replace(Span{prevEnd, e.Span().End}, "")
}

// nest follows the brackets that open and close.
func (f *formatter) nest(c byte) {
	switch c {
	case '[', '{':
		f.brackets = append(f.brackets, c)
	case ']', '}':
		f.brackets = f.brackets[:max(0, len(f.brackets)-1)]
	}
}

// gap is the white space between two tokens, given by their first byte, '\n' and '#'.
func (f *formatter) gap(prev, next byte, header bool) string {
	closes := next == ']' || next == '}'
	switch {
	case next == '\n':
		return ""
	case prev == '\n':
		depth := len(f.brackets)
		if closes {
			depth--
		}
		return strings.Repeat(f.indent, min(max(depth, 0), maxIndent))
	case next == '#':
		return " "
	case header, prev == '.', next == '.', next == ',', prev == '[', next == ']':
		return ""
	case prev == '{' && next == '}':
		return ""
	case prev == '=', next == '=', prev == ',', prev == '{', next == '}':
		return " "
	}
	return ""
}
