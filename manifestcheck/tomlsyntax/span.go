package tomlsyntax

// Span is a half-open range of byte offsets in a source.
type Span struct{ Start, End int }

// Edit replaces the bytes of Span by Text.
type Edit struct {
	Span Span
	Text string
}
