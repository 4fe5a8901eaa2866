package tomlsyntax

// Apply is the tree of the text after the edits, each of which refers to the text that the one before it left. Equal to
// Parse of that text; what the edits don't touch is shared with t.
func (t *Tree) Apply(edits ...Edit) *Tree {
	src := t.src
	for _, e := range edits {
		src = src[:e.Span.Start] + e.Text + src[e.Span.End:]
	}
	return Parse(src)
}
