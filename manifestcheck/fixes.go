package manifestcheck

import (
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// quote writes s as a TOML string.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f:
			const hex = "0123456789ABCDEF"
			b.WriteString(`\u00`)
			b.WriteByte(hex[r>>4])
			b.WriteByte(hex[r&15])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// quoteList writes an array of strings.
func quoteList(items []string) string {
	q := make([]string, len(items))
	for i, s := range items {
		q[i] = quote(s)
	}
	return "[" + strings.Join(q, ", ") + "]"
}

func replace(at tomlsyntax.Span, text string) tomlsyntax.Edit {
	return tomlsyntax.Edit{Span: at, Text: text}
}

// Bounds of the fixes of one check that take time with the length of the file or of a list: a
// number, and the bytes that all of them together may look through.
const (
	maxCostly      = 128
	maxCostlyBytes = 4 << 20
)

// affordable says whether another costly fix may be computed.
func (p *pass) affordable() bool {
	p.costly++
	return p.costly <= maxCostly && p.costly*len(p.src) <= maxCostlyBytes
}

// maxSteps bounds the steps of one fix, each of which reads the file again where it changed it.
const maxSteps = 128

// keeps says whether the edits leave the file no more broken than it is. Fixes that move text
// about ask it before they are offered.
func (p *pass) keeps(edits []tomlsyntax.Edit) bool {
	return len(applyAll(p.tree, edits).Errors()) <= len(p.tree.Errors())
}

// fix returns a fix if its edits are there and keep the file valid, else none. Trying them costs,
// so that the fixes of one check are bounded.
func (p *pass) fix(title string, safe bool, edits ...tomlsyntax.Edit) []Fix {
	if len(edits) == 0 || !p.affordable() || !p.keeps(edits) {
		return nil
	}
	return []Fix{{Title: title, Edits: edits, Safe: safe, Preferred: true}}
}

// applyAll applies edits that all refer to t and don't overlap.
func applyAll(t *tomlsyntax.Tree, edits []tomlsyntax.Edit) *tomlsyntax.Tree {
	return t.Apply(lastFirst(edits)...)
}

// lastFirst orders edits so that applying one does not move the next.
func lastFirst(edits []tomlsyntax.Edit) []tomlsyntax.Edit {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b tomlsyntax.Edit) int { return b.Span.Start - a.Span.Start })
	return edits
}

// newline is the line ending that the file uses.
func (p *pass) newline() string {
	if i := strings.IndexByte(p.src, '\n'); i > 0 && p.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// lineStart and lineEnd bound the line of an offset; lineEnd is behind its line ending.
func (p *pass) lineStart(off int) int {
	return max(strings.LastIndexByte(p.src[:off], '\n')+1, min(off, p.start()))
}

func (p *pass) lineEnd(off int) int {
	if i := strings.IndexByte(p.src[off:], '\n'); i >= 0 {
		return off + i + 1
	}
	return len(p.src)
}

// indentOf is the white space before off if nothing else stands before it on its line.
func (p *pass) indentOf(off int) (string, bool) {
	indent := p.src[p.lineStart(off):off]
	return indent, strings.TrimLeft(indent, " \t") == ""
}

// afterComma returns the offset behind the comma that follows off, with only blanks between.
func (p *pass) afterComma(off int) (int, bool) {
	i := off
	for i < len(p.src) && (p.src[i] == ' ' || p.src[i] == '\t') {
		i++
	}
	if i < len(p.src) && p.src[i] == ',' {
		return i + 1, true
	}
	return off, false
}

// removeAmong removes the i-th of the elements or entries that stand between two brackets.
func (p *pass) removeAmong(spans []tomlsyntax.Span, i int) tomlsyntax.Edit {
	at := spans[i]
	if _, alone := p.indentOf(at.Start); alone {
		end, _ := p.afterComma(at.End)
		rest := strings.TrimSpace(p.src[end:p.lineEnd(end)])
		if rest == "" || rest[0] == '#' {
			return replace(tomlsyntax.Span{Start: p.lineStart(at.Start), End: p.lineEnd(end)}, "")
		}
	}
	switch {
	case i+1 < len(spans) && !strings.Contains(p.src[at.End:spans[i+1].Start], "\n"):
		at.End = spans[i+1].Start
	case i > 0 && !strings.Contains(p.src[spans[i-1].End:at.Start], "\n"):
		at.Start = spans[i-1].End
	default:
		at.End, _ = p.afterComma(at.End)
	}
	return replace(at, "")
}

func elementSpans(list tomlsyntax.Value) []tomlsyntax.Span {
	var spans []tomlsyntax.Span
	for e := range list.Elements() {
		spans = append(spans, e.Span())
	}
	return spans
}

// removeElement removes element i of an array.
func (p *pass) removeElement(list tomlsyntax.Value, i int) tomlsyntax.Edit {
	return p.removeAmong(elementSpans(list), i)
}

// appendElement adds an element (as TOML) at the end of an array.
func (p *pass) appendElement(list tomlsyntax.Value, text string) tomlsyntax.Edit {
	spans := elementSpans(list)
	if len(spans) == 0 {
		return replace(tomlsyntax.Span{Start: list.Span().Start + 1, End: list.Span().Start + 1}, text)
	}
	last := spans[len(spans)-1]
	comma, trailing := p.afterComma(last.End)
	indent, alone := p.indentOf(last.Start)
	switch {
	case alone && trailing:
		at := p.lineEnd(comma)
		return replace(tomlsyntax.Span{Start: at, End: at}, indent+text+","+p.newline())
	case alone:
		return replace(tomlsyntax.Span{Start: last.End, End: last.End}, ","+p.newline()+indent+text)
	}
	return replace(tomlsyntax.Span{Start: last.End, End: last.End}, ", "+text)
}

// appendEntry adds an entry (as TOML) at the end of an inline table.
func (p *pass) appendEntry(table tomlsyntax.Value, text string) tomlsyntax.Edit {
	var last tomlsyntax.Span
	n := 0
	for e := range table.Entries() {
		last = e.Span()
		n++
	}
	if n == 0 {
		return replace(table.Span(), "{ "+text+" }")
	}
	return replace(tomlsyntax.Span{Start: last.End, End: last.End}, ", "+text)
}
