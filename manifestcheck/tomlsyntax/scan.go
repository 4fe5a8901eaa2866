package tomlsyntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Classes of bytes.
const (
	bareByte   = 1 << iota // may stand in a bare key
	plainByte              // may stand in a string or comment with no further look; excludes " and \
	digitByte              //
	hexByte                //
	delimiters             // ends a bare value
)

var class = classify()

func classify() (c [256]uint8) {
	for b := range 256 {
		switch {
		case b >= '0' && b <= '9':
			c[b] = bareByte | digitByte | hexByte
		case b >= 'a' && b <= 'f', b >= 'A' && b <= 'F':
			c[b] = bareByte | hexByte
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '_', b == '-':
			c[b] = bareByte
		case b == ' ', b == '\t', b == ',', b == ']', b == '}', b == '#', b == '\n', b == '\r':
			c[b] = delimiters
		}
		if b >= ' ' && b < 0x7f && b != '"' && b != '\\' && b != '\'' || b == '\t' {
			c[b] |= plainByte
		}
	}
	return c
}

func isDigit(b byte) bool { return class[b]&digitByte != 0 }

// at is the byte at offset i, or 0 at the end. A NUL in the text looks the same; callers treat both as "nothing known".
func (p *parser) at(i int) byte {
	if i < len(p.src) {
		return p.src[i]
	}
	return 0
}

// newlineAt is the length of the line ending at i: a carriage return counts only before a line feed.
func newlineAt(s string, i int) int {
	switch {
	case i < len(s) && s[i] == '\n':
		return 1
	case i+1 < len(s) && s[i] == '\r' && s[i+1] == '\n':
		return 2
	}
	return 0
}

func (p *parser) skipSpace() {
	for p.pos < len(p.src) && (p.src[p.pos] == ' ' || p.src[p.pos] == '\t') {
		p.pos++
	}
}

// lineEnd is the offset of the line ending (or the end of the text) at or after i.
func lineEnd(s string, i int) int {
	n := strings.IndexByte(s[i:], '\n')
	if n < 0 {
		return len(s)
	}
	if n > 0 && s[i+n-1] == '\r' {
		n--
	}
	return i + n
}

// badByte looks at the byte at i, which is no plain one: it is the length of a well-formed character, or the length
// and the description of something no TOML document may hold.
func badByte(s string, i int) (n int, what string) {
	switch b := s[i]; {
	case b >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return 1, fmt.Sprintf("the byte 0x%02x is not valid UTF-8: save the file as UTF-8", b)
		}
		return n, ""
	case b == '\r':
		return 1, "a carriage return without a line feed ends no line: end lines with LF or CRLF"
	case b < ' ' && b != '\t' && b != '\n', b == 0x7f:
		return 1, fmt.Sprintf("the control character U+%04X is not allowed here", b)
	}
	return 1, ""
}

// found names what stands at offset i, for messages.
func (p *parser) found(i int) string {
	switch {
	case i >= len(p.src):
		return "the end of the file"
	case newlineAt(p.src, i) > 0:
		return "the end of the line"
	case p.src[i] == '#':
		return "a comment"
	}
	r, n := utf8.DecodeRuneInString(p.src[i:])
	if r == utf8.RuneError && n == 1 || r < ' ' || r == 0x7f {
		return fmt.Sprintf("the byte 0x%02x", p.src[i])
	}
	return "'" + string(r) + "'"
}
