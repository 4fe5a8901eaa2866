package tomlsyntax

import (
	"fmt"
	"strings"
)

// Quote is s as a basic string.
func Quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		default:
			if r < ' ' || r == 0x7f {
				fmt.Fprintf(&b, `\u%04X`, r)
				continue
			}
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// QuoteKey is s as a segment of a key: bare if it can be, otherwise in quotes.
func QuoteKey(s string) string {
	for i := range len(s) {
		if class[s[i]]&bareByte == 0 {
			return Quote(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}
