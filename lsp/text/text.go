// Package text holds a document's text with its line table, and converts between byte offsets
// and the protocol's positions in any of the three position encodings.
//
// A [Text] is immutable. [Text.Replace] costs a copy of the bytes and a rescan of the lines it
// touches, and shares the rest of the line table. The package knows nothing of TOML.
package text

import (
	"sort"
	"strings"
	"sync/atomic"
)

// chunkLines is the number of lines a chunk of the table is built with. An edit rescans the
// chunks it touches, so small is quick to edit and large is quick to search.
const chunkLines = 128

// Text is an immutable text and its line table.
//
// Lines end at "\n", "\r\n" or a lone "\r", as the protocol counts them; the text after the last
// line end is a line too, if only an empty one.
type Text struct {
	s      string
	chunks []chunk
	lines  int
	notes  atomic.Pointer[lineNotes]
}

// chunk is a run of consecutive lines. Its starts are relative to off, so that a chunk behind an
// edit is moved by changing two numbers.
type chunk struct {
	off    int // byte offset of its first line
	line   int // number of its first line
	starts []int32
}

// New returns s with its line table.
func New(s string) *Text {
	t := &Text{s: s}
	t.chunks = appendChunks(make([]chunk, 0, 1+len(s)/(chunkLines*24)), s, 0, len(s), 0, true)
	t.count()
	return t
}

// String returns the text.
func (t *Text) String() string { return t.s }

// Len returns the length in bytes.
func (t *Text) Len() int { return len(t.s) }

// Lines returns the number of lines, at least 1.
func (t *Text) Lines() int { return t.lines }

func (t *Text) count() {
	last := &t.chunks[len(t.chunks)-1]
	t.lines = last.line + len(last.starts)
}

// appendChunks appends the chunks of the lines that start in s[from:to], the first of which
// starts at from and has the given number. A line that starts at to is the last one when rest is
// set, and belongs to what follows otherwise.
func appendChunks(dst []chunk, s string, from, to, line int, rest bool) []chunk {
	cur := chunk{off: from, line: line, starts: make([]int32, 1, 16)}
	for i := from; i < to; {
		n := nextLine(s[i:to])
		if n < 0 {
			break
		}
		i += n
		if i == to && !rest {
			break
		}
		line++
		if len(cur.starts) == chunkLines {
			dst = append(dst, cur)
			cur = chunk{off: i, line: line, starts: make([]int32, 0, chunkLines)}
		}
		cur.starts = append(cur.starts, int32(i-cur.off))
	}
	return append(dst, cur)
}

// nextLine returns the offset behind the first line end in s, -1 if there is none.
func nextLine(s string) int {
	n := strings.IndexByte(s, '\n')
	head := s
	if n >= 0 {
		head = s[:n]
	}
	if r := strings.IndexByte(head, '\r'); r >= 0 && r+1 != n {
		return r + 1
	}
	return n + 1 - b2i(n < 0)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// chunkAt returns the index of the chunk that holds offset off.
func (t *Text) chunkAt(off int) int {
	return sort.Search(len(t.chunks), func(i int) bool { return t.chunks[i].off > off }) - 1
}

// LineStart returns the byte offset at which a line starts; lines out of range are clamped.
func (t *Text) LineStart(line int) int {
	if line <= 0 {
		return 0
	}
	if line >= t.lines {
		return len(t.s)
	}
	i := sort.Search(len(t.chunks), func(i int) bool { return t.chunks[i].line > line }) - 1
	c := &t.chunks[i]
	return c.off + int(c.starts[line-c.line])
}

// LineEnd returns the byte offset at which a line's content ends, before its line end.
func (t *Text) LineEnd(line int) int {
	if line+1 >= t.lines {
		return len(t.s)
	}
	start, end := t.LineStart(line), t.LineStart(line+1)
	if end > start && t.s[end-1] == '\n' {
		end--
		if end > start && t.s[end-1] == '\r' {
			end--
		}
		return end
	}
	if end > start && t.s[end-1] == '\r' {
		end--
	}
	return end
}

// Line returns the number of the line that holds offset off; offsets out of range are clamped.
func (t *Text) Line(off int) int {
	off = max(0, min(off, len(t.s)))
	c := &t.chunks[t.chunkAt(off)]
	rel := int32(off - c.off)
	return c.line + sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > rel }) - 1
}

// Replace returns the text with the bytes [start, end) replaced by repl. Bounds out of range are
// clamped, and exchanged when in the wrong order.
func (t *Text) Replace(start, end int, repl string) *Text {
	start, end = max(0, min(start, len(t.s))), max(0, min(end, len(t.s)))
	if start > end {
		start, end = end, start
	}
	next := &Text{s: t.s[:start] + repl + t.s[end:]}
	delta := len(repl) - (end - start)

	// A "\r" and a "\n" may meet or part at either bound, so the lines just before and behind
	// the edit are scanned again too.
	first := t.chunkAt(max(0, start-1))
	last := t.chunkAt(min(end+1, len(t.s)))
	for last+1 < len(t.chunks) && len(t.chunks[last+1].starts) < chunkLines/4 {
		last++ // what is left of earlier splits is joined again
	}
	from, to := t.chunks[first].off, len(next.s)
	if last+1 < len(t.chunks) {
		to = t.chunks[last+1].off + delta
	}
	next.chunks = make([]chunk, first, len(t.chunks)+2)
	copy(next.chunks, t.chunks[:first])
	next.chunks = appendChunks(next.chunks, next.s, from, to, t.chunks[first].line, last+1 == len(t.chunks))
	if last+1 < len(t.chunks) {
		end := &next.chunks[len(next.chunks)-1]
		lines := end.line + len(end.starts) - t.chunks[last+1].line
		for _, c := range t.chunks[last+1:] {
			next.chunks = append(next.chunks, chunk{off: c.off + delta, line: c.line + lines, starts: c.starts})
		}
	}
	next.count()
	return next
}
