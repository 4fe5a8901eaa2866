package manifestcheck

import (
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// keepComments gives a fix that would drop comments an edit that keeps them, above the first line
// that it changes. Where that cannot be done the fix is not safe.
func (p *pass) keepComments(f Fix) Fix {
	after := applyAll(p.tree, f.Edits)
	lost := lostComments(p.tree, after)
	if len(lost) == 0 {
		return f
	}
	src := after.Source()
	first := lastFirst(f.Edits)[len(f.Edits)-1].Span.Start
	start := strings.LastIndexByte(src[:first], '\n') + 1
	if start == 0 {
		start = textStart(src)
	}
	indent := src[start : start+len(src[start:])-len(strings.TrimLeft(src[start:], " \t"))]
	var lines strings.Builder
	for _, c := range lost {
		lines.WriteString(indent + c + p.newline())
	}
	text := src[:start] + lines.String() + src[start:]
	kept := tomlsyntax.Parse(text)
	if len(kept.Errors()) > len(after.Errors()) || len(lostComments(p.tree, kept)) > 0 {
		f.Safe = false // the line starts inside of a value
		return f
	}
	f.Edits = []tomlsyntax.Edit{difference(p.src, text)}
	return f
}

// keepingComments does so for fixes of a check that may have many of them.
func (p *pass) keepingComments(fixes []Fix) []Fix {
	for i := range fixes {
		if p.affordable() {
			fixes[i] = p.keepComments(fixes[i])
		} else {
			fixes[i].Safe = false
		}
	}
	return fixes
}

// lostComments are the texts of the comments of before that after has not, in order.
func lostComments(before, after *tomlsyntax.Tree) []string {
	all := comments(before)
	if len(all) == 0 {
		return nil
	}
	left := map[string]int{}
	for _, c := range comments(after) {
		left[c]++
	}
	return slices.DeleteFunc(all, func(c string) bool {
		left[c]--
		return left[c] >= 0
	})
}

func comments(t *tomlsyntax.Tree) []string {
	src := t.Source()
	if !strings.Contains(src, "#") {
		return nil
	}
	var all []string
	for tok := range t.Tokens() {
		if tok.Kind == tomlsyntax.TokenComment {
			all = append(all, strings.TrimRight(src[tok.Span.Start:tok.Span.End], " \t\r\n"))
		}
	}
	return all
}
