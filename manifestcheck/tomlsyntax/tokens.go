package tomlsyntax

import "iter"

// TokenKind is the kind of a token.
type TokenKind uint8

const (
	// TokenInvalid is text that is part of nothing.
	TokenInvalid TokenKind = iota
	// TokenSpace is white space within a line.
	TokenSpace
	// TokenNewline is a line ending.
	TokenNewline
	// TokenComment is a comment from its # to the end of its line.
	TokenComment
	// TokenKey is a segment of a key.
	TokenKey
	// TokenValue is a value that is neither array nor inline table.
	TokenValue
	// TokenPunctuation is one of = . , [ ] { }.
	TokenPunctuation
	// TokenByteOrderMark is the mark a document may begin with.
	TokenByteOrderMark
)

// Token is a piece of the source. The tokens of a tree follow each other without a gap.
type Token struct {
	Kind TokenKind
	Span Span
}

// Tokens are the tokens of the document. Joined, they are the source, whatever it holds.
func (t *Tree) Tokens() iter.Seq[Token] {
	return func(yield func(Token) bool) {
		for e := range t.Expressions() {
			for tok := range e.Tokens() {
				if !yield(tok) {
					return
				}
			}
		}
	}
}

// Tokens are the tokens of the expression.
func (e Expr) Tokens() iter.Seq[Token] {
	return func(yield func(Token) bool) {
		l := lexer{n: e.node, base: e.base, yield: yield}
		if e.base == 0 {
			if n := byteOrderMark(e.node.text); n > 0 && !l.leaf(TokenByteOrderMark, span32{0, int32(n)}) {
				return
			}
		}
		l.run()
	}
}

// lexer cuts a node's text into the leaves that the parser found and what lies between them.
type lexer struct {
	n     *Node
	base  int
	pos   int32
	yield func(Token) bool
}

func (l *lexer) run() {
	for _, s := range l.n.segs()[:l.n.nkey] {
		if !l.leaf(TokenKey, s.span32) {
			return
		}
	}
	vals := l.n.vals()
	for i := range vals {
		v := &vals[i]
		for _, s := range l.n.segs()[v.seg : v.seg+v.nseg] {
			if !l.leaf(TokenKey, s.span32) {
				return
			}
		}
		if v.kind != Array && v.kind != InlineTable && !l.leaf(TokenValue, v.span32) {
			return
		}
	}
	l.gap(int32(len(l.n.text)))
}

// leaf emits what lies before s, and s.
func (l *lexer) leaf(kind TokenKind, s span32) bool {
	if s.start < l.pos || s.end == s.start {
		return true
	}
	return l.gap(s.start) && l.emit(kind, s.end)
}

func (l *lexer) emit(kind TokenKind, end int32) bool {
	start := l.pos
	l.pos = end
	return l.yield(Token{kind, Span{l.base + int(start), l.base + int(end)}})
}

// gap emits the text up to end, which is no key and no value.
func (l *lexer) gap(end int32) bool {
	for l.pos < end {
		kind, n := gapToken(l.n.text[l.pos:end])
		if !l.emit(kind, l.pos+int32(n)) {
			return false
		}
	}
	return true
}

func gapToken(s string) (TokenKind, int) {
	n := 1
	switch s[0] {
	case ' ', '\t':
		for n < len(s) && (s[n] == ' ' || s[n] == '\t') {
			n++
		}
		return TokenSpace, n
	case '#':
		return TokenComment, lineEnd(s, 0)
	case '=', '.', ',', '[', ']', '{', '}':
		return TokenPunctuation, 1
	}
	if n := newlineAt(s, 0); n > 0 {
		return TokenNewline, n
	}
	for n < len(s) && !startsGapToken(s, n) {
		n++
	}
	return TokenInvalid, n
}

func startsGapToken(s string, i int) bool {
	switch s[i] {
	case ' ', '\t', '#', '=', '.', ',', '[', ']', '{', '}', '\n':
		return true
	}
	return newlineAt(s, i) > 0
}
