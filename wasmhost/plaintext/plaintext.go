// Package plaintext knows which characters of a guest's text could drive a terminal or an editor, or
// make the text look like another one.
package plaintext

// Controls reports the control characters, line breaks and tabs among them.
func Controls(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }

// Breaks reports the characters, apart from carriage return and line feed, at which editors break
// lines.
func Breaks(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

// Reorders reports marks that make text look like another text.
func Reorders(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0xfeff
}

// Escapes reports the characters that begin a terminal sequence.
func Escapes(r rune) bool { return r == 0x1b || r == 0x9b }

// maxEscape bounds a terminal sequence, in bytes, so that text full of sequences that never end is read
// in linear time.
const maxEscape = 512

// EscapeLength returns how many bytes the terminal sequence takes that b, a []byte or a string, begins
// with. One that does not end takes its introducer only.
func EscapeLength[T []byte | string](b T) int {
	intro, kind := 2, byte('[')
	if b[0] == 0x1b {
		if len(b) < 2 {
			return 1
		}
		kind = b[1]
	}
	b = b[:min(len(b), maxEscape)]
	switch kind {
	case '[': // a control sequence ends at the first byte from @ to ~
		for i := intro; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				return i + 1
			}
		}
	case ']', 'P', 'X', '^', '_': // a string ends at BEL or ESC \
		for i := intro; i < len(b); i++ {
			if b[i] == 0x07 {
				return i + 1
			}
			if b[i] == 0x1b && i+1 < len(b) && b[i+1] == '\\' {
				return i + 2
			}
		}
	}
	return intro
}
