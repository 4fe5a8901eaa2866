package manifestcheck

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// What a checker remembers of earlier versions changes no answer: after each of many edits it says
// what a new checker says of the same text.
func TestEditsGiveTheAnswersOfAFreshCheck(t *testing.T) {
	const long = 4 << 10
	sources := []string{benchManifest(long), benchManifest(2 * long)}
	for _, src := range markerSources(t) {
		if strings.Contains(src, "[requires]") || strings.Contains(src, "exports") {
			sources = append(sources, src)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, src := range sources {
		c := New(Config{})
		tree := tomlsyntax.Parse(src)
		for range 60 {
			tree = tree.Apply(randomEdit(r, tree.Source()))
			got, want := c.Check(tree, Facts{}).Diagnostics, check(tree.Source())
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("-fresh +remembering:\n%s\nof\n%s", cmp.Diff(want, got), tree.Source())
			}
		}
	}
}

// Every fix does the same to a file with a byte order mark, and leaves the mark where it is.
func TestFixesKeepTheByteOrderMark(t *testing.T) {
	const mark = "\ufeff"
	for _, src := range markerSources(t) {
		if strings.HasPrefix(src, mark) {
			continue
		}
		plain, marked := check(src), check(mark+src)
		if len(plain) != len(marked) {
			t.Errorf("%d findings with the mark, %d without it, in\n%s", len(marked), len(plain), src)
			continue
		}
		for i := range plain {
			if len(plain[i].Fixes) != len(marked[i].Fixes) {
				t.Errorf("%s: %d fixes with the mark, %d without it, in\n%s", plain[i].Code, len(marked[i].Fixes), len(plain[i].Fixes), src)
				continue
			}
			for j, f := range plain[i].Fixes {
				want := mark + applyAll(tomlsyntax.Parse(src), f.Edits).Source()
				if got := applyAll(tomlsyntax.Parse(mark+src), marked[i].Fixes[j].Edits).Source(); got != want {
					t.Errorf("%s, %s (-want +got):\n%s", plain[i].Code, f.Title, cmp.Diff(want, got))
				}
			}
		}
	}
}

// randomEdit changes a few bytes, a line, or takes a line out.
func randomEdit(r *rand.Rand, src string) tomlsyntax.Edit {
	at := r.IntN(len(src) + 1)
	start := strings.LastIndexByte(src[:at], '\n') + 1
	end := len(src)
	if i := strings.IndexByte(src[at:], '\n'); i >= 0 {
		end = at + i + 1
	}
	switch r.IntN(6) {
	case 0:
		return replace(tomlsyntax.Span{Start: start, End: end}, "")
	case 1:
		return replace(tomlsyntax.Span{Start: end, End: end}, src[start:end])
	case 2:
		return replace(tomlsyntax.Span{Start: start, End: start}, []string{"x-1 = \"^1.0\"\n", "Bad_Name = \"*\"\n", "y = 5\n", "\"a.b\".c = 1\n", "# remark\n"}[r.IntN(5)])
	case 3:
		return replace(tomlsyntax.Span{Start: at, End: min(at+1, len(src))}, "")
	}
	return replace(tomlsyntax.Span{Start: at, End: at}, []string{"x", "\"", "=", ".", "1", " ", "^"}[r.IntN(7)])
}
