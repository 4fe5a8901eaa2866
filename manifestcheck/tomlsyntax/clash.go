package tomlsyntax

import "strings"

// headerErrors are the errors that involve a header: tables defined twice, and tables that a key in a body has taken.
func (t *Tree) headerErrors() []Error {
	var errs []Error
	for _, c := range t.shape.clash {
		errs = append(errs, t.headClashError(c))
	}
	for _, h := range t.shape.bodied {
		if h.first == nil {
			continue
		}
		for _, sec := range h.bodies {
			errs = t.bodyClashes(errs, h, sec, root)
		}
	}
	return errs
}

func (t *Tree) headClashError(c headClash) Error {
	sec := t.secs[c.at.sec]
	n, base := sec.nodes[0], t.bases[c.at.sec]
	name := n.keyAt(0).String()
	e := Error{Code: RedefinedTable, Span: t.headKey(c.at), Related: []RelatedSpan{{Span: t.headSpan(c.was)}}}
	// The outer ends of the name: a bracket may stand between them and the brackets that are there.
	open := base + strings.IndexByte(n.text, '[')
	shut := base + int(n.key.end) + strings.IndexByte(n.text[n.key.end:], ']')
	switch c.kind {
	case tableTwice:
		e.Message = "the table " + name + " is defined twice: move these keys below its first header and remove this one"
		e.Related[0].Message = "first defined here"
		if len(sec.ents) == 0 {
			e.Fix = &ErrorFix{"remove the second header, which has no keys", []Edit{{Span{base, base + len(n.text)}, ""}}}
		}
	case tableAsArray:
		e.Message = name + " is a table already and cannot be an array of tables too: write this header with single brackets, or give one of the two another name"
		e.Related[0].Message = "the table is defined here"
		if c.implied {
			e.Fix = &ErrorFix{"write single brackets", []Edit{{Span{open, open + 1}, ""}, {Span{shut, shut + 1}, ""}}}
		}
	case arrayAsTable:
		e.Message = name + " is an array of tables already: write this header with double brackets to add an element"
		e.Related[0].Message = "the array is defined here"
		e.Fix = &ErrorFix{"write double brackets", []Edit{{Span{open, open}, "["}, {Span{shut, shut}, "]"}}}
	}
	return e
}

// bodyClashes compares the tables that headers put below h with what the body of section sec has below parent.
func (t *Tree) bodyClashes(errs []Error, h *headTable, sec, parent int32) []Error {
	x := &t.secs[sec].body
	if len(x.ents) < int(h.count) {
		for i := x.children(parent); i != root; i = x.ents[i].next {
			e := &x.ents[i]
			if it := t.shape.child(h, e.hash, x.name(e)); it != nil {
				errs = t.bodyClash(errs, it, sec, i)
			}
		}
		return errs
	}
	for it := h.first; it != nil; it = it.next {
		if i := x.find(parent, it.hash, it.name); i != root {
			errs = t.bodyClash(errs, it, sec, i)
		}
	}
	return errs
}

func (t *Tree) bodyClash(errs []Error, it *headItem, sec, ent int32) []Error {
	x := &t.secs[sec].body
	e := &x.ents[ent]
	if !e.leaf && !it.isArray() && len(it.table.bodies) == 0 {
		return t.bodyClashes(errs, it.table, sec, ent)
	}
	if t.secs[it.at.sec].nodes[0].Broken() {
		return errs
	}
	name := QuoteKey(it.name)
	at := it.at
	if !it.isArray() && !e.leaf && len(it.table.bodies) > 0 {
		at = headSeg{it.table.bodies[0], root}
	}
	inBody := x.keySpan(e).shift(t.bases[sec])
	inHead := t.headSpan(at)
	err := Error{Code: RedefinedTable, Span: inHead, Related: []RelatedSpan{{inBody, name + " is defined here"}}}
	switch {
	case at.sec < sec:
		err.Span = inBody
		err.Related[0] = RelatedSpan{inHead, name + " is defined by this header"}
		err.Message = name + " is defined by a header already: write this key below that header, or give it another name"
	case !e.leaf:
		err.Message = "the table " + name + " is made by a dotted key already: write these keys with that prefix, or replace the dotted key"
	case x.value(e).kind == InlineTable:
		err.Message = "the inline table " + name + " cannot be extended after its closing brace: write these keys between its braces"
	default:
		err.Message = name + " has a value already and cannot be a table too: give one of the two another name"
	}
	return append(errs, err)
}

// headSpan is the place of a header's segment, or of the whole key for root.
func (t *Tree) headSpan(at headSeg) Span {
	if at.seg == root {
		return t.headKey(at)
	}
	return t.secs[at.sec].nodes[0].segment(at.seg).at(t.bases[at.sec])
}

func (t *Tree) headKey(at headSeg) Span {
	return t.secs[at.sec].nodes[0].key.at(t.bases[at.sec])
}
