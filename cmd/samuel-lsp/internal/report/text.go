package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// excerptWidth bounds how much of a line is shown, in columns: a minified line of a megabyte
// must not be printed once for each of its findings.
const excerptWidth = 160

// excerptBytes bounds how much of a line is looked at for that on either side of a range. A column
// rarely takes more than four bytes.
const excerptBytes = 8 * excerptWidth

type palette struct{ bold, err, warn, info, dim, reset string }

func colors(on bool) palette {
	if !on {
		return palette{}
	}
	return palette{bold: "\x1b[1m", err: "\x1b[1;31m", warn: "\x1b[1;33m", info: "\x1b[1;36m", dim: "\x1b[2m", reset: "\x1b[0m"}
}

func (p palette) severity(s manifestcheck.Severity) string {
	switch s {
	case manifestcheck.Error:
		return p.err
	case manifestcheck.Warning:
		return p.warn
	}
	return p.info
}

// textWriter writes, for each finding, the line "path:line:col: severity: message [code]", the
// source line with carets below the range, related places, and the fixes on offer.
func textWriter(color bool) Writer {
	p := colors(color)
	return func(w io.Writer, files []File) error {
		b := bufio.NewWriter(w)
		for _, f := range files {
			l := newLines(f.Source)
			for _, d := range f.Diagnostics {
				pos := l.position(d.Span.Start)
				fmt.Fprintf(b, "%s%s:%d:%d:%s %s%s:%s %s %s[%s]%s\n",
					p.bold, printable(f.Path), pos.Line, pos.Column, p.reset,
					p.severity(d.Severity), d.Severity.String(), p.reset,
					printable(d.Message), p.dim, d.Code, p.reset)
				excerpt(b, l, d.Span, p.severity(d.Severity), p.reset)
				for _, r := range d.Related {
					at := l.position(r.Span.Start)
					fmt.Fprintf(b, "  %s:%d:%d: note: %s\n", printable(f.Path), at.Line, at.Column, printable(r.Message))
				}
				for _, x := range d.Fixes {
					fmt.Fprintf(b, "  fix: %s\n", printable(x.Title))
				}
			}
		}
		return b.Flush()
	}
}

// excerpt shows the first line of span with carets below it.
func excerpt(b *bufio.Writer, l *lines, span tomlsyntax.Span, on, off string) {
	n := l.index(span.Start)
	line, start := l.text(n)
	from := min(max(span.Start-start, 0), len(line))
	to := min(max(span.End-start, from), len(line))
	cut := ""
	if from > excerptWidth {
		keep := graphemeStart(line, from-excerptWidth/2)
		line, from, to, cut = line[keep:], from-keep, to-keep, "…"
	}
	to = min(to, runeStart(line, from+excerptBytes))
	line = line[:runeStart(line, to+excerptBytes)]
	head := cut + cells(line[:from])
	mark := cells(line[from:to])
	tail := cells(line[to:])
	headWidth, markWidth := uniseg.StringWidth(head), uniseg.StringWidth(mark)
	if over := headWidth + markWidth - excerptWidth; over > 0 {
		mark = truncate(mark, max(1, markWidth-over))
		markWidth, tail = uniseg.StringWidth(mark), ""
	}
	tail = truncate(tail, max(0, excerptWidth-headWidth-markWidth))
	gutter := strconv.Itoa(n + 1)
	fmt.Fprintf(b, " %s | %s%s%s\n", gutter, head, mark, tail)
	fmt.Fprintf(b, " %s | %s%s%s%s\n", strings.Repeat(" ", len(gutter)),
		strings.Repeat(" ", headWidth),
		on, strings.Repeat("^", max(1, markWidth)), off)
}

// graphemeStart moves offset down to the nearest start of a grapheme, so that no character is cut.
// The search begins at a character shortly before.
func graphemeStart(s string, offset int) int {
	at := runeStart(s, offset-excerptWidth)
	state := -1
	for rest := s[at:]; rest != ""; {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if at+len(c) > offset {
			return at
		}
		at += len(c)
	}
	return at
}

// runeStart moves offset down to the nearest start of a code point, within s.
func runeStart(s string, offset int) int {
	if offset >= len(s) {
		return len(s)
	}
	for offset > 0 && !utf8.RuneStart(s[offset]) {
		offset--
	}
	return max(offset, 0)
}

func truncate(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	w, at, state := 0, 0, -1
	for rest := s; rest != ""; {
		var c string
		var cw int
		c, rest, cw, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if w+cw > width {
			break
		}
		w, at = w+cw, at+len(c)
	}
	return s[:at]
}

// cells makes text safe and predictable on a terminal: a tab becomes four columns, what would
// move the cursor or change colours becomes a visible replacement.
func cells(s string) string { return printable(strings.ReplaceAll(s, "\t", "    ")) }

// printable replaces control characters and invalid bytes: file names and manifests are other
// people's text, and must not drive the reader's terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0x2028 || r == 0x2029 || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
