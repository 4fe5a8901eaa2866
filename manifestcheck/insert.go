package manifestcheck

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// set returns the edits that write key = value (as TOML) at a path where nothing is yet, in the
// style of what is there: below the table's header, between the braces of an inline table, beside
// its dotted keys, or below a new header. It returns none where something else is in the way.
func (p *pass) set(value string, path ...string) []tomlsyntax.Edit {
	table := path[:len(path)-1]
	var dotted *tomlsyntax.Expr
	var dottedAt []string
	for s := range p.tree.Sections() {
		h, ok := headerPath(s)
		if !ok || !hasPrefix(path, h) {
			continue
		}
		for e := range s.Expressions() {
			if e.Kind() != tomlsyntax.KeyValue {
				continue
			}
			full := append(slices.Clone(h), e.Key().Names()...)
			switch {
			case len(full) < len(path) && hasPrefix(path, full):
				return p.setInside(e.Value(), path[len(full):], value)
			case common(full[len(h):], table[min(len(h), len(table)):]) > 0:
				dotted, dottedAt = &e, path[len(h):]
			}
		}
		if len(h) == len(table) {
			return p.addLine(s, keyText(path[len(h):])+" = "+value)
		}
	}
	if dotted != nil {
		return p.lineAfter(dotted.Span().End, keyText(dottedAt)+" = "+value)
	}
	if len(table) == 0 {
		return nil
	}
	return p.newTable(table, keyText(path[len(table):])+" = "+value)
}

// setInside adds an entry to an inline table, at any depth below it.
func (p *pass) setInside(v tomlsyntax.Value, rest []string, value string) []tomlsyntax.Edit {
	if v.Kind() != tomlsyntax.InlineTable {
		return nil
	}
	for e := range v.Entries() {
		if names := e.Key.Names(); len(names) < len(rest) && hasPrefix(rest, names) {
			return p.setInside(e.Value, rest[len(names):], value)
		}
	}
	return []tomlsyntax.Edit{p.appendEntry(v, keyText(rest)+" = "+value)}
}

// addLine adds a line to a section, behind its last expression.
func (p *pass) addLine(s tomlsyntax.Section, line string) []tomlsyntax.Edit {
	end, found := 0, false
	for e := range s.Expressions() {
		if e.Kind() != tomlsyntax.Blank && e.Kind() != tomlsyntax.CommentLine {
			end, found = e.Span().End, true
		}
	}
	if found {
		return p.lineAfter(end, line)
	}
	start := p.start()
	text := line + p.newline()
	if strings.TrimSpace(p.src[start:]) != "" {
		text += p.newline()
	}
	return []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: start, End: start}, text)}
}

// start is where the file's text begins, behind a byte order mark.
func (p *pass) start() int { return textStart(p.src) }

func textStart(src string) int {
	if strings.HasPrefix(src, "\ufeff") {
		return len("\ufeff")
	}
	return 0
}

// lineAfter adds a line at off, which is the end of an expression.
func (p *pass) lineAfter(off int, line string) []tomlsyntax.Edit {
	text := line + p.newline()
	if off > 0 && p.src[off-1] != '\n' {
		text = p.newline() + line
	}
	return []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: off, End: off}, text)}
}

// newTable adds a header with one line, or none: behind the last section that shares its first
// name, else at the end of the file.
func (p *pass) newTable(table []string, line string) []tomlsyntax.Edit {
	at := len(p.src)
	for s := range p.tree.Sections() {
		if h, ok := headerPath(s); ok && len(h) > 0 && h[0] == table[0] {
			at = bodyEnd(s)
		}
	}
	nl := p.newline()
	var b strings.Builder
	if at > p.start() && p.src[at-1] != '\n' {
		b.WriteString(nl)
	}
	if strings.TrimSpace(p.src[:at]) != "" && !strings.HasSuffix(p.src[:at], nl+nl) {
		b.WriteString(nl)
	}
	b.WriteString("[" + keyText(table) + "]" + nl)
	if line != "" {
		b.WriteString(line + nl)
	}
	return []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: at, End: at}, b.String())}
}

// remove returns the edits that remove a key or table, however it is written: its lines, its
// entries in inline tables, its headers with all below them. Comments above a header that follows
// stay with that header.
func (p *pass) remove(path ...string) []tomlsyntax.Edit {
	var edits []tomlsyntax.Edit
	for s := range p.tree.Sections() {
		h, ok := headerPath(s)
		if ok && len(h) > 0 && hasPrefix(h, path) {
			edits = append(edits, replace(tomlsyntax.Span{Start: max(s.Span().Start, p.start()), End: bodyEnd(s)}, ""))
			continue
		}
		if !ok || !hasPrefix(path, h) {
			continue
		}
		for e := range s.Expressions() {
			if e.Kind() != tomlsyntax.KeyValue {
				continue
			}
			full := append(slices.Clone(h), e.Key().Names()...)
			switch {
			case hasPrefix(full, path):
				edits = append(edits, replace(tomlsyntax.Span{Start: max(e.Span().Start, p.start()), End: e.Span().End}, ""))
			case hasPrefix(path, full):
				edits = append(edits, p.removeInside(e.Value(), path[len(full):])...)
			}
		}
	}
	return edits
}

func (p *pass) removeInside(v tomlsyntax.Value, rest []string) []tomlsyntax.Edit {
	var spans []tomlsyntax.Span
	var edits []tomlsyntax.Edit
	hit := -1
	for e := range v.Entries() {
		names := e.Key.Names()
		switch {
		case hasPrefix(names, rest):
			hit = len(spans)
		case hasPrefix(rest, names):
			edits = append(edits, p.removeInside(e.Value, rest[len(names):])...)
		}
		spans = append(spans, e.Span())
	}
	if hit >= 0 {
		if len(spans) == 1 {
			return []tomlsyntax.Edit{replace(v.Span(), "{}")}
		}
		edits = append(edits, p.removeAmong(spans, hit))
	}
	return edits
}

// rename returns the edits that give a key or table another last name, wherever it is written.
func (p *pass) rename(path []string, name string) []tomlsyntax.Edit {
	var edits []tomlsyntax.Edit
	last := len(path) - 1
	segment := func(k tomlsyntax.Key, before int) {
		if i := last - before; i >= 0 && i < k.Len() {
			edits = append(edits, replace(k.Segment(i).Span, tomlsyntax.QuoteKey(name)))
		}
	}
	var within func(v tomlsyntax.Value, at []string)
	within = func(v tomlsyntax.Value, at []string) {
		for e := range v.Entries() {
			full := append(slices.Clone(at), e.Key.Names()...)
			if hasPrefix(full, path) {
				segment(e.Key, len(at))
			} else if hasPrefix(path, full) {
				within(e.Value, full)
			}
		}
	}
	for s := range p.tree.Sections() {
		h, ok := headerPath(s)
		if ok && hasPrefix(h, path) {
			header, _ := s.Header()
			segment(header.Key(), 0)
			continue
		}
		if !ok || !hasPrefix(path, h) {
			continue
		}
		for e := range s.Expressions() {
			if e.Kind() != tomlsyntax.KeyValue {
				continue
			}
			full := append(slices.Clone(h), e.Key().Names()...)
			if hasPrefix(full, path) {
				segment(e.Key(), len(h))
			} else if hasPrefix(path, full) {
				within(e.Value(), full)
			}
		}
	}
	return edits
}

// headerPath is the path of a section's table; the first section's is empty. Sections without a
// usable header have none.
func headerPath(s tomlsyntax.Section) ([]string, bool) {
	h, ok := s.Header()
	if !ok {
		return nil, true
	}
	names := h.Key().Names()
	return names, len(names) > 0
}

// bodyEnd is the end of a section without the comments that lead to the next header.
func bodyEnd(s tomlsyntax.Section) int {
	end, comments := s.Span().End, -1
	for e := range s.Expressions() {
		switch {
		case e.Kind() != tomlsyntax.CommentLine:
			comments = -1
		case comments < 0:
			comments = e.Span().Start
		}
	}
	if comments >= 0 {
		return comments
	}
	return end
}

func hasPrefix(path, prefix []string) bool {
	return len(path) >= len(prefix) && slices.Equal(path[:len(prefix)], prefix)
}

// common is the number of first names that two paths share.
func common(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func keyText(path []string) string {
	parts := make([]string, len(path))
	for i, s := range path {
		parts[i] = tomlsyntax.QuoteKey(s)
	}
	return strings.Join(parts, ".")
}

// rewrite makes one fix of several steps, each made on the result of those before it.
func (p *pass) rewrite(title string, safe bool, steps ...func(*pass) []tomlsyntax.Edit) []Fix {
	if len(steps) > maxSteps {
		return nil
	}
	q := p
	for _, step := range steps {
		t := applyAll(q.tree, step(q))
		q = &pass{checker: p.checker, tree: t, src: t.Source(), root: t.Root(), facts: p.facts, model: p.model}
	}
	if q.src == p.src || len(q.tree.Errors()) > len(p.tree.Errors()) {
		return nil
	}
	return []Fix{{Title: title, Edits: []tomlsyntax.Edit{difference(p.src, q.src)}, Safe: safe, Preferred: true}}
}

// difference is the one edit that turns a into b. It splits no character and no line ending.
func difference(a, b string) tomlsyntax.Edit {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	for start > 0 && (inside(a, start) || inside(b, start)) {
		start--
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	for end > 0 && (inside(a, len(a)-end) || inside(b, len(b)-end)) {
		end--
	}
	return replace(tomlsyntax.Span{Start: start, End: len(a) - end}, b[start:len(b)-end])
}

// inside says whether off lies within a character or a line ending.
func inside(s string, off int) bool {
	return off > 0 && off < len(s) && (!utf8.RuneStart(s[off]) || s[off-1] == '\r' && s[off] == '\n')
}
