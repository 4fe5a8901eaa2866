package tomlsyntax

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// str reads the string at pos, of any notation, and says whether it has to be decoded.
func (p *parser) str(quote byte, ctx context) (escapes bool) {
	if p.at(p.pos+1) == quote && p.at(p.pos+2) == quote {
		return p.longString(quote)
	}
	return p.shortString(quote, ctx)
}

// shortString reads a string of one line.
func (p *parser) shortString(quote byte, ctx context) (escapes bool) {
	start := p.pos
	for p.pos++; p.pos < len(p.src); {
		c := p.src[p.pos]
		switch {
		case class[c]&plainByte != 0:
			p.pos++
		case c == quote:
			p.pos++
			return escapes
		case newlineAt(p.src, p.pos) > 0:
			p.unclosedString(start, quote, ctx)
			return escapes
		case c == '\\' && quote == '"':
			escapes = true
			p.escape(false)
		default:
			p.odd(quote == '"')
		}
	}
	p.unclosedString(start, quote, ctx)
	return escapes
}

// longString reads a string of several lines.
func (p *parser) longString(quote byte) (escapes bool) {
	start := p.pos
	errs := len(p.errs)
	for p.pos += 3; p.pos < len(p.src); {
		c := p.src[p.pos]
		switch {
		case class[c]&plainByte != 0 || newlineAt(p.src, p.pos) > 0:
			p.pos++
		case c == quote:
			n := 1
			for n < 5 && p.at(p.pos+n) == quote {
				n++
			}
			p.pos += n
			if n >= 3 {
				return escapes
			}
		case c == '\\' && quote == '"':
			escapes = true
			p.escape(true)
		default:
			p.odd(quote == '"')
		}
	}
	p.errs = p.errs[:errs]
	p.unclosedLong(start, quote)
	return escapes
}

// odd reads a byte that needs a second look, and reports it if it may not stand in a string.
func (p *parser) odd(escapable bool) {
	n, what := badByte(p.src, p.pos)
	if what != "" {
		fix := p.removeFix(p.pos, p.pos+n)
		if c := p.src[p.pos]; escapable && c < utf8.RuneSelf {
			text := fmt.Sprintf(`\u%04X`, c)
			what += ": write " + text
			fix = &ErrorFix{"write it as " + text, []Edit{{Span{p.pos, p.pos + n}, text}}}
		}
		p.report(p.pos, p.pos+n, what, fix)
	}
	p.pos += n
}

// escape reads the escape sequence at pos.
func (p *parser) escape(long bool) {
	start := p.pos
	p.pos++
	switch c := p.at(p.pos); c {
	case 'b', 't', 'n', 'f', 'r', 'e', '"', '\\':
		p.pos++
		return
	case 'x':
		p.hexEscape(start, 2)
		return
	case 'u':
		p.hexEscape(start, 4)
		return
	case 'U':
		p.hexEscape(start, 8)
		return
	case ' ', '\t', '\n', '\r':
		if end := p.foldedLine(); long && end > 0 {
			p.pos = end
			return
		}
	}
	end := p.pos
	if p.pos < len(p.src) && newlineAt(p.src, p.pos) == 0 {
		_, n := utf8.DecodeRuneInString(p.src[p.pos:])
		end += n
	}
	text := p.src[start:end]
	if !utf8.ValidString(text) || end == start+1 {
		end, text = start+1, `\`
	}
	p.report(start, end, `'`+text+`' is no escape sequence: write '\`+text+`' for a backslash, or use single quotes, in which a backslash stands for itself`,
		&ErrorFix{"double the backslash", []Edit{{Span{start, start}, `\`}}})
	p.pos = max(end, start+1)
}

// foldedLine is where the line ending after a backslash at the end of a line stands, past white space, or 0.
func (p *parser) foldedLine() int {
	i := p.pos
	for p.at(i) == ' ' || p.at(i) == '\t' {
		i++
	}
	if newlineAt(p.src, i) > 0 {
		return i
	}
	return 0
}

// hexEscape reads the n digits of \xHH, \uHHHH or \UHHHHHHHH.
func (p *parser) hexEscape(start, n int) {
	p.pos++
	digits := p.pos
	for p.pos < digits+n && class[p.at(p.pos)]&hexByte != 0 {
		p.pos++
	}
	text := p.src[start:p.pos]
	if p.pos < digits+n {
		p.report(start, p.pos, fmt.Sprintf("expected %d hexadecimal digits after '%s', found %d: write all of them, or '\\\\' for a backslash", n, text[:2], p.pos-digits),
			&ErrorFix{"double the backslash", []Edit{{Span{start, start}, `\`}}})
		return
	}
	r, _ := strconv.ParseUint(p.src[digits:p.pos], 16, 64)
	if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
		p.report(start, p.pos, "'"+text+"' is no Unicode character: the code must be at most 10FFFF and no surrogate (D800 to DFFF)", nil)
	}
}

// decodeString is the text a valid string stands for.
func decodeString(raw string, escapes bool) string {
	long := len(raw) >= 6 && raw[1] == raw[0] && raw[2] == raw[0]
	if !long {
		if escapes {
			return decodeBasic(raw[1:len(raw)-1], false)
		}
		return raw[1 : len(raw)-1]
	}
	body := raw[3 : len(raw)-3]
	body = body[newlineAt(body, 0):]
	if escapes {
		return decodeBasic(body, true)
	}
	return body
}

var simpleEscapes = [256]byte{
	'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r', 'e': 0x1b, '"': '"', '\\': '\\',
}

// decodeBasic replaces the escape sequences of a valid basic string's body.
func decodeBasic(s string, long bool) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		c := s[i+1]
		s = s[i+2:]
		digits := 0
		switch c {
		case 'x':
			digits = 2
		case 'u':
			digits = 4
		case 'U':
			digits = 8
		case ' ', '\t', '\r', '\n':
			if long {
				s = strings.TrimLeft(s, " \t\r\n")
			}
		default:
			b.WriteByte(simpleEscapes[c])
		}
		if digits > 0 && len(s) >= digits {
			r, _ := strconv.ParseUint(s[:digits], 16, 32)
			b.WriteRune(rune(r))
			s = s[digits:]
		}
	}
}
