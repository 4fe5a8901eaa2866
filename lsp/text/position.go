package text

import (
	"unicode/utf8"
)

// Encoding is the unit in which a position's character is counted.
type Encoding uint8

const (
	// UTF16 counts UTF-16 code units; every client has it, and it is the default.
	UTF16 Encoding = iota
	// UTF8 counts bytes.
	UTF8
	// UTF32 counts code points.
	UTF32
)

// String returns the protocol's name of the encoding.
func (e Encoding) String() string {
	switch e {
	case UTF8:
		return "utf-8"
	case UTF32:
		return "utf-32"
	default:
		return "utf-16"
	}
}

// Units returns the length of s in units of the encoding. A byte that is not part of valid UTF-8
// counts as one unit, as it does when a client decodes it to U+FFFD.
func (e Encoding) Units(s string) int {
	if e == UTF8 {
		return len(s)
	}
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		n++
		if e == UTF16 && r >= 0x10000 {
			n++
		}
	}
	return n
}

// Bytes returns how many bytes of s the first n units take; all of s when it is shorter. A count
// that ends inside a code point (half a surrogate pair, a continuation byte) is rounded down to
// its start.
func (e Encoding) Bytes(s string, n int) int {
	if e == UTF8 {
		if n >= len(s) {
			return len(s)
		}
		i := max(n, 0)
		for back := 0; i > 0 && back < utf8.UTFMax && !utf8.RuneStart(s[i]); back++ {
			i--
		}
		if _, size := utf8.DecodeRuneInString(s[i:]); i+size > n {
			return i
		}
		return max(n, 0)
	}
	i := 0
	for n > 0 && i < len(s) {
		if s[i] < utf8.RuneSelf {
			i++
			n--
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		n--
		if e == UTF16 && r >= 0x10000 {
			if n == 0 {
				return i
			}
			n--
		}
		i += size
	}
	return i
}

// Offset returns the byte offset of a position. A line behind the end is the end of the text, a
// character behind the end of its line is that line's end.
func (t *Text) Offset(line, char uint32, e Encoding) int {
	if uint64(line) >= uint64(t.lines) {
		return len(t.s)
	}
	start, end := t.LineStart(int(line)), t.LineEnd(int(line))
	return start + e.Bytes(t.s[start:end], int(min(uint64(char), uint64(end-start))))
}

// Position returns the position of a byte offset. An offset inside a line end is the end of that
// line's content.
func (t *Text) Position(off int, e Encoding) (line, char uint32) {
	off = max(0, min(off, len(t.s)))
	l := t.Line(off)
	return uint32(l), uint32(t.unitsBefore(t.LineStart(l), min(off, t.LineEnd(l)), e))
}
