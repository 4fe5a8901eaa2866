package tomlsyntax

import (
	"slices"
	"sort"
	"strings"
)

// Apply is the tree of the text after the edits, each of which refers to the text that the one before it left. It is
// equal to Parse of that text, and shares with t what the edits don't touch. Spans beyond the text are cut to it.
func (t *Tree) Apply(edits ...Edit) *Tree {
	c := t.change(edits)
	if c.was.Start == c.was.End && c.now.Start == c.now.End {
		return t
	}
	sec, idx := t.firstTouched(c.was.Start)
	if sec == len(t.secs) {
		sec, idx = len(t.secs)-1, len(t.secs[len(t.secs)-1].nodes)
	}
	p := newParser(c.src, t.bases[sec], smallBlock)
	if idx < len(t.secs[sec].offs) {
		p.pos += int(t.secs[sec].offs[idx])
	} else {
		p.pos += t.secs[sec].size
	}
	start := p.pos
	var fresh []*Node
	at := cursor{t, sec, idx}
	for p.pos < len(c.src) && !at.resume(p, c) {
		fresh = append(fresh, p.next())
	}
	if p.pos >= len(c.src) {
		at = cursor{t, len(t.secs), 0}
	}
	own(fresh, strings.Clone(c.src[start:p.pos]))
	return assemble(c.src, t.replace(sec, idx, fresh, at), t)
}

// change is what edits do together: the text was[Start:End] becomes now[Start:End] of src.
type change struct {
	src string
	was Span
	now Span
}

func (t *Tree) change(edits []Edit) change {
	c := change{src: t.src, was: Span{len(t.src), 0}}
	var buf []byte
	if len(edits) > 1 {
		buf = []byte(t.src)
	}
	for i, e := range edits {
		size := len(c.src)
		if buf != nil {
			size = len(buf)
		}
		start := min(max(e.Span.Start, 0), size)
		end := min(max(e.Span.End, start), size)
		if buf != nil {
			buf = slices.Replace(buf, start, end, []byte(e.Text)...)
		} else {
			c.src = t.src[:start] + e.Text + t.src[end:]
		}
		if i == 0 {
			c.was, c.now = Span{start, end}, Span{start, start + len(e.Text)}
			continue
		}
		c.now.Start = min(c.now.Start, start)
		c.was.Start = c.now.Start
		if end > c.now.End {
			c.was.End += end - c.now.End
			c.now.End = end
		}
		c.now.End += len(e.Text) - (end - start)
	}
	if buf != nil {
		c.src = string(buf)
	}
	c.trim(t.src)
	return c
}

// trim leaves out what is the same at both ends: many clients send more than they changed.
func (c *change) trim(old string) {
	const step = 64
	a, b := old[c.was.Start:max(c.was.Start, c.was.End)], c.src[c.now.Start:c.now.End]
	n := 0
	for n+step <= min(len(a), len(b)) && a[n:n+step] == b[n:n+step] {
		n += step
	}
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	m := 0
	for m+step <= min(len(a), len(b)) && a[len(a)-m-step:len(a)-m] == b[len(b)-m-step:len(b)-m] {
		m += step
	}
	for m < min(len(a), len(b)) && a[len(a)-m-1] == b[len(b)-m-1] {
		m++
	}
	c.now = Span{c.now.Start + n, c.now.End - m}
	c.was = Span{c.was.Start + n, c.was.Start + n + len(a) - m}
}

// firstTouched is the first node that a change at off concerns: one whose text, or whose way to its end, it meets.
func (t *Tree) firstTouched(off int) (sec, idx int) {
	last := sort.Search(len(t.bases), func(i int) bool { return t.bases[i] > off })
	for i := range last {
		s, rel := t.secs[i], off-t.bases[i]
		if s.reach <= rel && s.size < rel {
			continue
		}
		from := 0
		if s.reach <= rel {
			from = max(0, sort.Search(len(s.offs), func(i int) bool { return int(s.offs[i]) > rel })-2)
		}
		for j := from; j < len(s.nodes); j++ {
			n := s.nodes[j]
			end := int(s.offs[j]) + len(n.text)
			if end+int(n.reach) > rel || end == rel && !n.terminated() {
				return i, j
			}
		}
	}
	if last < len(t.secs) {
		return last, 0
	}
	return len(t.secs), 0
}

// cursor is a node of the tree that is being replaced.
type cursor struct {
	t        *Tree
	sec, idx int
}

func (a *cursor) valid() bool {
	for a.sec < len(a.t.secs) && a.idx >= len(a.t.secs[a.sec].nodes) {
		a.sec, a.idx = a.sec+1, 0
	}
	return a.sec < len(a.t.secs)
}

func (a *cursor) offset() int { return a.t.bases[a.sec] + int(a.t.secs[a.sec].offs[a.idx]) }

// resume reports whether the parser stands, behind the change, where a node of the old tree starts, and moves there.
func (a *cursor) resume(p *parser, c change) bool {
	old := p.pos - c.now.End + c.was.End
	if p.pos < c.now.End {
		return false
	}
	for a.valid() && a.offset() < old {
		a.next(old)
	}
	if !a.valid() || a.offset() != old {
		return false
	}
	if (p.pos == 0) != (old == 0) {
		return byteOrderMark(a.t.secs[a.sec].nodes[a.idx].text) == 0
	}
	return true
}

// next moves towards the node at offset old, over whole sections where it can.
func (a *cursor) next(old int) {
	if s := a.t.secs[a.sec]; a.t.bases[a.sec]+s.size <= old {
		a.sec, a.idx = a.sec+1, 0
		return
	}
	a.idx++
}

// own makes the nodes refer to text, which is theirs alone, instead of keeping a whole document alive.
func own(nodes []*Node, text string) {
	for _, n := range nodes {
		n.text, text = text[:len(n.text)], text[len(n.text):]
	}
}

// replace is the sections of t with the nodes from (sec, idx) up to the cursor replaced by fresh.
func (t *Tree) replace(sec, idx int, fresh []*Node, to cursor) []*section {
	middle := slices.Concat(t.secs[sec].nodes[:idx], fresh)
	after := len(t.secs)
	if to.valid() {
		after = to.sec
		if s := t.secs[to.sec]; to.idx > 0 || !s.headed {
			middle = append(middle, s.nodes[to.idx:]...)
			after++
		}
	}
	if sec > 0 && len(middle) > 0 && !middle[0].opensSection() {
		sec--
		middle = slices.Concat(t.secs[sec].nodes, middle)
	}
	return slices.Concat(t.secs[:sec], split(middle, t.secs[sec]), t.secs[after:])
}

// sameHeaders reports whether the headers of both lists make the same tables in the same order.
func sameHeaders(a, b []*section) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !sameHeader(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameHeader(a, b *section) bool {
	if a.headed != b.headed || !a.headed {
		return a.headed == b.headed
	}
	x, y := a.nodes[0], b.nodes[0]
	return x.kind == y.kind && x.nkey == y.nkey && x.Broken() == y.Broken() &&
		x.keyText() == y.keyText()
}
