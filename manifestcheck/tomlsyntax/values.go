package tomlsyntax

// frame is an array or inline table that is open.
type frame struct {
	val   int32 // in vals
	open  int   // offset of its bracket
	close byte
	after bool // a value has been read, and a comma or the bracket comes next
}

func (f *frame) ctx() context {
	if f.close == ']' {
		return ctxArray
	}
	return ctxInline
}

// container reads the array or inline table at pos, over any number of lines and to any depth without recursion.
//
// What is well formed up to its bracket is read as it stands, whatever its lines look like. Only when that fails is it
// read again in a way that reports every error, and that ends where a line looks like the document's next expression:
// one missing bracket shall not cost the rest of the file. The first reading is not repeated for what is known to fail,
// so that many open brackets take no quadratic time.
func (p *parser) container() {
	vals, segs, errs := len(p.vals)-1, len(p.segs), len(p.errs)
	open := p.pos
	root := p.vals[vals]
	if !p.knownBad(open) {
		if p.read(true) {
			return
		}
		p.bad = p.bad[:0]
		for _, f := range p.stack {
			p.bad = append(p.bad, f.open)
		}
		p.badFar = max(p.far, lineEnd(p.src, p.pos))
		p.pos, p.vals, p.segs, p.errs = open, p.vals[:vals+1], p.segs[:segs], p.errs[:errs]
		p.vals[vals] = root
	}
	p.far = max(p.far, p.badFar+1)
	p.read(false)
}

// knownBad reports whether the container that opens at i was still open where a first reading failed.
func (p *parser) knownBad(i int) bool {
	lo, hi := 0, len(p.bad)
	for lo < hi {
		if mid := (lo + hi) / 2; p.bad[mid] < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(p.bad) && p.bad[lo] == i
}

// read reads the container whose value was appended last. A strict reading stops at the first error and says false.
func (p *parser) read(strict bool) bool {
	errs := len(p.errs)
	p.stack = p.stack[:0]
	p.push(int32(len(p.vals) - 1))
	p.content = p.pos
	indent := p.indent()
	for len(p.stack) > 0 {
		f := &p.stack[len(p.stack)-1]
		if !p.gap(f, strict, indent) {
			if !strict {
				p.unclosed(p.content)
			}
			return false
		}
		p.step(f)
		if strict && len(p.errs) > errs {
			return false
		}
		p.content = p.pos
	}
	return true
}

// push opens the container at pos, which is value val.
func (p *parser) push(val int32) {
	f := frame{val: val, open: p.pos, close: ']'}
	v := &p.vals[val]
	v.start, v.kind = p.rel(p.pos), Array
	if p.src[p.pos] == '{' {
		f.close, v.kind = '}', InlineTable
	}
	p.stack = append(p.stack, f)
	p.pos++
}

// pop closes the innermost container at pos.
func (p *parser) pop() {
	f := p.stack[len(p.stack)-1]
	p.vals[f.val].end, p.vals[f.val].last = p.rel(p.pos), int32(len(p.vals))
	p.stack = p.stack[:len(p.stack)-1]
	if len(p.stack) > 0 {
		p.stack[len(p.stack)-1].after = true
	}
}

// gap skips white space, line endings and comments inside a container. It says false where the container cannot go on:
// at the end of the text, and when not strict at a line that looks like the next expression.
func (p *parser) gap(f *frame, strict bool, indent int) bool {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t':
			p.pos++
		case '#':
			p.comment()
		case '\n', '\r':
			n := newlineAt(p.src, p.pos)
			if n == 0 {
				return true
			}
			if p.pos += n; !strict && p.resumes(p.pos, indent, f.after || f.close == ']') {
				return false
			}
		default:
			if !p.conflictMarker() {
				return true
			}
		}
	}
	p.far = len(p.src) + 1
	return false
}

// step reads the next piece of the container f: an element, an entry, a comma or the bracket.
func (p *parser) step(f *frame) {
	switch c := p.src[p.pos]; {
	case c == f.close:
		p.pos++
		p.pop()
	case c == ']' || c == '}':
		p.wrongBracket(f)
	case c == ',':
		if !f.after {
			p.report(p.pos, p.pos+1, "expected "+f.wants()+", found ',': remove the comma", p.removeFix(p.pos, p.pos+1))
		}
		f.after = false
		p.pos++
	case f.after:
		p.missingComma(f)
	case f.close == ']':
		p.element(span32{})
	default:
		p.inlineEntry()
	}
}

func (f *frame) wants() string {
	if f.close == ']' {
		return "a value or ']'"
	}
	return "a key or '}'"
}

// element reads a value inside a container; its key, in an inline table, is segs[seg.start:seg.end].
func (p *parser) element(seg span32) {
	f := &p.stack[len(p.stack)-1]
	ctx := f.ctx()
	f.after = true
	i := int32(len(p.vals))
	p.vals = append(p.vals, value{seg: seg.start, nseg: seg.end - seg.start})
	if c := p.src[p.pos]; c == '[' || c == '{' {
		p.push(i)
		return
	}
	p.leaf(i, ctx)
}

// inlineEntry reads key = value inside an inline table.
func (p *parser) inlineEntry() {
	f := &p.stack[len(p.stack)-1]
	f.after = true
	start, lo, errs := p.pos, int32(len(p.segs)), len(p.errs)
	var span span32
	var count int32
	if !p.key(&span, &count, ctxInline) {
		p.junk(start, ctxInline, len(p.errs) > errs)
		return
	}
	seg := span32{lo, lo + count}
	if _, valued := p.equals(span, ctxInline); valued {
		p.element(seg)
		return
	}
	p.vals = append(p.vals, value{
		span32: span32{p.rel(p.pos), p.rel(p.pos)}, last: int32(len(p.vals)) + 1, seg: seg.start, nseg: count,
	})
}

// leaf reads a value that is no container into vals[i].
func (p *parser) leaf(i int32, ctx context) {
	start := p.pos
	v := &p.vals[i]
	v.start, v.last = p.rel(start), i+1
	if c := p.at(start); c == '"' || c == '\'' {
		v.kind = String
		errs := len(p.errs)
		v.esc = p.str(c, ctx)
		if len(p.errs) > errs {
			v.kind = InvalidValue
		}
		v.end = p.rel(p.pos)
		return
	}
	end := start
	for end < len(p.src) && class[p.src[end]]&delimiters == 0 {
		end++
	}
	if end-start == len("2006-01-02") && p.at(end) == ' ' && isDigit(p.at(end+1)) && p.src[start+4] == '-' {
		for end++; end < len(p.src) && class[p.src[end]]&delimiters == 0; {
			end++
		}
	}
	v.kind = scalarKind(p.src[start:end])
	p.pos = end
	if v.kind == InvalidValue || ctx == ctxTop && p.moreText(end) {
		v.kind = InvalidValue
		p.pos = p.textEnd(start, ctx)
		p.badScalar(start, p.pos)
	}
	v.end = p.rel(p.pos)
}

// checkInline reports keys that an inline table of n defines twice.
func (p *parser) checkInline(n *Node) {
	vals := n.vals()
	for i := range vals {
		v := &vals[i]
		if v.kind != InlineTable || !suspicious(n, int32(i)) {
			continue
		}
		x := body{newKeyIndex(smallIndex + int(n.ns)), []*Node{n}, []int32{0}}
		for c := int32(i) + 1; c < v.last; c = vals[c].last {
			e := &vals[c]
			if clash, seg := x.insert(0, e.seg, e.seg+e.nseg, c); clash != root {
				errs := append(n.errors(), x.clashError(0, seg, e.seg+e.nseg, &x.ents[clash]))
				n.errs = &errs
			}
		}
	}
}

// suspicious rules out at little cost that a small inline table has the same name twice.
func suspicious(n *Node, table int32) bool {
	var seen [smallIndex]uint32
	count := 0
	vals := n.vals()
	last := vals[table].last
	for c := table + 1; c < last; c = vals[c].last {
		if vals[c].nseg == 0 {
			continue
		}
		if count == len(seen) {
			return true
		}
		hash := n.segment(vals[c].seg).hash
		for _, s := range seen[:count] {
			if s == hash {
				return true
			}
		}
		seen[count] = hash
		count++
	}
	return false
}
