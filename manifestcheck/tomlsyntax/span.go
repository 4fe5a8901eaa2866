package tomlsyntax

import (
	"slices"
	"strings"
)

// Span is a half-open range of byte offsets in a source.
type Span struct{ Start, End int }

// Edit replaces the bytes of Span by Text.
type Edit struct {
	Span Span
	Text string
}

// Patch is src after edits that all refer to src and don't overlap, in any order. Insertions at the same place are made
// in the order given.
func Patch(src string, edits []Edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b Edit) int { return a.Span.Start - b.Span.Start })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(src[at:e.Span.Start])
		b.WriteString(e.Text)
		at = e.Span.End
	}
	b.WriteString(src[at:])
	return b.String()
}
