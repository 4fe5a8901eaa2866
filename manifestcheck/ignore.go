package manifestcheck

import (
	"fmt"
	"sort"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// unusedIgnore is the code of a comment that silences nothing.
const unusedIgnore = "schema/unused-ignore"

const ignoreMark = "samuel-lsp" + ignoreColon

// ignoreColon is the part of the mark that a text without one is told by soonest: colons are rare.
const ignoreColon = ": ignore["

// ignore is one code of one "# samuel-lsp: ignore[...]" comment.
type ignore struct {
	code    string
	span    tomlsyntax.Span // of the code
	comment tomlsyntax.Span // of the whole comment
	alone   bool            // the only code of its comment
	lines   tomlsyntax.Span // where it holds: a diagnostic that starts here is silenced
	used    bool
}

func (g *ignore) covers(code string, at int) bool {
	if at < g.lines.Start || at > g.lines.End {
		return false
	}
	group, _, _ := strings.Cut(code, "/")
	return g.code == code || g.code == group
}

// findIgnores reads the ignore comments of a file, in order. One at a line's end holds for that
// line, one on a line of its own for the next line that is no comment.
func findIgnores(t *tomlsyntax.Tree) []ignore {
	src := t.Source()
	if !strings.Contains(src, ignoreColon) {
		return nil
	}
	var all []ignore
	var comments commentFinder
	var held tomlsyntax.Span
	for from := 0; ; {
		i := strings.Index(src[from:], ignoreMark)
		if i < 0 {
			return all
		}
		mark := from + i
		from = mark + len(ignoreMark)
		comment, ok := comments.around(t, mark)
		if !ok {
			continue
		}
		end := strings.IndexByte(src[from:comment.End], ']')
		if end < 0 {
			continue
		}
		// A comment in a row of comments speaks of the same line as the one above it.
		if comment.Start >= held.Start || len(all) == 0 {
			held = heldLines(src, comment)
		}
		codes := strings.Split(src[from:from+end], ",")
		at := from
		for _, c := range codes {
			code := strings.TrimSpace(c)
			start := at + strings.Index(c, code)
			all = append(all, ignore{
				code: code, span: tomlsyntax.Span{Start: start, End: start + len(code)},
				comment: comment, alone: len(codes) == 1, lines: held,
			})
			at += len(c) + 1
		}
	}
}

// commentFinder finds the comments that hold given offsets, each behind the one before.
type commentFinder struct {
	expr     tomlsyntax.Span
	comments []tomlsyntax.Span // of the expression
}

// around returns the comment that holds an offset, also inside an array of several lines.
func (c *commentFinder) around(t *tomlsyntax.Tree, off int) (tomlsyntax.Span, bool) {
	if off < c.expr.Start || off >= c.expr.End {
		e, ok := t.ExprAt(off)
		if !ok {
			return tomlsyntax.Span{}, false
		}
		c.expr, c.comments = e.Span(), nil
		for tok := range e.Tokens() {
			if tok.Kind == tomlsyntax.TokenComment {
				c.comments = append(c.comments, tok.Span)
			}
		}
	}
	for len(c.comments) > 0 && c.comments[0].End <= off {
		c.comments = c.comments[1:]
	}
	if len(c.comments) == 0 || c.comments[0].Start > off {
		return tomlsyntax.Span{}, false
	}
	return c.comments[0], true
}

// heldLines are the offsets of the line that a comment speaks of.
func heldLines(src string, comment tomlsyntax.Span) tomlsyntax.Span {
	start := strings.LastIndexByte(src[:comment.Start], '\n') + 1
	end := endOfLine(src, comment.End)
	if strings.Trim(src[start:comment.Start], " \t\ufeff") != "" {
		return tomlsyntax.Span{Start: start, End: end}
	}
	for end < len(src) {
		start, end = end+1, endOfLine(src, end+1)
		if !strings.HasPrefix(strings.TrimLeft(src[start:end], " \t"), "#") {
			break
		}
	}
	return tomlsyntax.Span{Start: start, End: end}
}

// endOfLine is the offset of the line feed that ends the line of off, or the end of the file.
func endOfLine(src string, off int) int {
	if i := strings.IndexByte(src[min(off, len(src)):], '\n'); i >= 0 {
		return off + i
	}
	return len(src)
}

// Ignored says whether a comment in the file silences a rule for what starts at an offset. The
// server asks it for what runs find, which this package does not know.
func (r *Result) Ignored(code string, at int) bool {
	for _, g := range ignoresAt(r.ignores, at) {
		if g.covers(code, at) {
			return true
		}
	}
	return false
}

// ignoresAt are the ignores that hold for the line of an offset. Ignores are in the order of the
// lines they hold for.
func ignoresAt(all []ignore, at int) []ignore {
	end := sort.Search(len(all), func(i int) bool { return all[i].lines.Start > at })
	start := end
	for start > 0 && all[start-1].lines.End >= at {
		start--
	}
	return all[start:end]
}

// applyIgnores drops what is silenced, and reports what silences nothing.
func (p *pass) applyIgnores(ignores []ignore) []Diagnostic {
	if len(ignores) == 0 {
		return p.diags
	}
	kept := p.diags[:0]
	for _, d := range p.diags {
		if !silenced(ignores, d) {
			kept = append(kept, d)
		}
	}
	p.diags = kept
	judged := p.dropped == 0
	for i := range ignores {
		if p.full() {
			break
		}
		if d, ok := p.judgeIgnore(&ignores[i], judged); ok && !silenced(ignores, d) {
			p.report(d)
		}
	}
	return p.diags
}

func silenced(ignores []ignore, d Diagnostic) bool {
	hit := false
	here := ignoresAt(ignores, d.Span.Start)
	for i := range here {
		if g := &here[i]; g.covers(d.Code, d.Span.Start) {
			g.used, hit = true, true
		}
	}
	return hit
}

// judgeIgnore says what is wrong with an ignore. One whose rule could not speak (switched off, or
// without the module or folder it needs) is not judged.
//
// Nor is any where findings were left out (judged is false): what it silences may be among them.
func (p *pass) judgeIgnore(g *ignore, judged bool) (Diagnostic, bool) {
	d := Diagnostic{Code: unusedIgnore, Span: g.span, Tags: []Tag{Unnecessary}}
	if !KnownRule(g.code) {
		d.Severity = Warning
		d.Fixes = p.dropIgnore(g)
		d.Message = fmt.Sprintf("%q is no rule: write a code such as schema/unknown-key, or a group", g.code)
		if near := NearestRule(g.code); near != "" {
			d.Message = fmt.Sprintf("%q is no rule: did you mean %q?", g.code, near)
			d.Fixes = append([]Fix{{Title: "write " + near, Edits: []tomlsyntax.Edit{replace(g.span, near)}, Preferred: true}}, d.Fixes...)
		}
		return d, true
	}
	if g.used || !judged || !p.couldSpeak(g.code) {
		return Diagnostic{}, false
	}
	d.Fixes = p.dropIgnore(g)
	d.Message = fmt.Sprintf("nothing here is silenced by ignore[%s]: remove it", g.code)
	return d, true
}

// couldSpeak says whether all rules of a code or group had what they need to be judged.
func (p *pass) couldSpeak(name string) bool {
	for _, r := range Rules() {
		if r.Code != name && r.Group() != name {
			continue
		}
		if p.off(r.Code) {
			return false
		}
		switch r.Needs {
		case NeedsModule:
			if p.facts.Module == ModuleUnknown {
				return false
			}
		case NeedsFolder:
			if p.facts.Folder == "" {
				return false
			}
		case NeedsRun:
			return false
		}
	}
	return true
}

// dropIgnore removes a code from its comment, or the comment with its last code.
func (p *pass) dropIgnore(g *ignore) []Fix {
	if !p.affordable() {
		return nil
	}
	at, title := g.span, "remove "+g.code
	if g.alone {
		title = "remove the comment"
		at = g.comment
		if indent, alone := p.indentOf(at.Start); alone {
			at = tomlsyntax.Span{Start: at.Start - len(indent), End: p.lineEnd(at.Start)}
		} else {
			at.Start = len(strings.TrimRight(p.src[:at.Start], " \t"))
		}
	} else if i, ok := p.afterComma(at.End); ok {
		at.End = i
		for at.End < len(p.src) && p.src[at.End] == ' ' {
			at.End++
		}
	} else {
		at.Start = strings.LastIndexByte(p.src[:at.Start], ',')
	}
	return []Fix{{Title: title, Edits: []tomlsyntax.Edit{replace(at, "")}}}
}
