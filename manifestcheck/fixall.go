package manifestcheck

import (
	"slices"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// fixRounds bounds the rounds of FixAll; each mends what the one before brought to light.
const fixRounds = 32

// FixAll applies the safe fixes of what check finds, all that don't overlap at once, and again
// until none is left. It returns the new text and how many fixes were applied. A fix that would
// leave the file with more syntax errors than it has is left out, as is one inside of what is no TOML
// unless it makes TOML of it, and everything when fixes undo each other.
func FixAll(src string, check func(src string) []Diagnostic) (out string, n int) {
	seen := map[string]bool{src: true}
	out = src
	for range fixRounds {
		next, k := fixOnce(out, safeFixes(check(out)))
		if k == 0 {
			return out, n
		}
		if seen[next] {
			return src, 0
		}
		seen[next] = true
		out, n = next, n+k
	}
	return out, n
}

// safeFixes returns the first safe fix of each diagnostic.
func safeFixes(diags []Diagnostic) []Fix {
	var fixes []Fix
	for _, d := range diags {
		for _, f := range d.Fixes {
			if f.Safe && len(f.Edits) > 0 {
				fixes = append(fixes, f)
				break
			}
		}
	}
	return fixes
}

// fixOnce applies the fixes that don't overlap: together if the file stays as valid as it was,
// else one by one without those that break it.
func fixOnce(src string, fixes []Fix) (string, int) {
	if len(fixes) == 0 {
		return src, 0
	}
	t := tomlsyntax.Parse(src)
	errs := len(t.Errors())
	fixes = slices.DeleteFunc(slices.Clone(fixes), func(f Fix) bool {
		return f.inBroken(t) && len(applyAll(t, f.Edits).Errors()) >= errs
	})
	var taken []tomlsyntax.Edit
	n := 0
	for _, f := range fixes {
		if !slices.ContainsFunc(f.Edits, func(e tomlsyntax.Edit) bool { return touchesAny(e.Span, taken) }) {
			taken = append(taken, f.Edits...)
			n++
		}
	}
	if next := applyAll(t, taken); len(next.Errors()) <= errs && next.Source() != src {
		return next.Source(), n
	}
	for _, f := range fixes {
		if next := applyAll(t, f.Edits); len(next.Errors()) <= errs && next.Source() != src {
			return next.Source(), 1
		}
	}
	return src, 0
}

// inBroken says whether a fix changes a line that is no TOML: what it means is a guess, and only what
// makes TOML of it is safe.
func (f *Fix) inBroken(t *tomlsyntax.Tree) bool {
	return slices.ContainsFunc(f.Edits, func(e tomlsyntax.Edit) bool {
		x, ok := t.ExprAt(e.Span.Start)
		return ok && x.Broken()
	})
}

// touchesAny says whether a span overlaps or meets one of the edits; two insertions at one place
// would depend on their order.
func touchesAny(s tomlsyntax.Span, edits []tomlsyntax.Edit) bool {
	return slices.ContainsFunc(edits, func(e tomlsyntax.Edit) bool {
		return s.Start <= e.Span.End && e.Span.Start <= s.End
	})
}
