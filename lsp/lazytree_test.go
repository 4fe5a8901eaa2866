package lsp

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// TestLazyTree edits at random, asks for the tree at some versions only and lets some go: a tree
// is always that of its own text.
func TestLazyTree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a = 1\n", "\"", "é", "😀\n", "[x]\n", "", "b = [\n"}
	for range 50 {
		x := text.New(strings.Repeat("key = \"é\"\n", rng.IntN(300)))
		tree := &lazyTree{text: x}
		for range 30 {
			start := rng.IntN(x.Len() + 1)
			end := min(x.Len(), start+rng.IntN(8))
			edit := tomlsyntax.Edit{Span: tomlsyntax.Span{Start: start, End: end}, Text: pieces[rng.IntN(len(pieces))]}
			x = x.Replace(start, end, edit.Text)
			if rng.IntN(5) == 0 {
				tree = tree.replaced(x)
			} else {
				tree = tree.edited(x, edit)
			}
			switch rng.IntN(4) {
			case 0:
				if got := tree.get().Source(); got != x.String() {
					t.Fatalf("the tree of another text:\n%q\n%q", got, x)
				}
			case 1:
				tree.tree.Store(nil)
			}
		}
		if got := tree.get().Source(); got != x.String() {
			t.Fatalf("the tree of another text:\n%q\n%q", got, x)
		}
	}
}

func TestDifference(t *testing.T) {
	long := strings.Repeat("x = 1\n", 1000)
	for _, tc := range []struct{ name, from, to string }{
		{"same", "abc", "abc"},
		{"both empty", "", ""},
		{"from empty", "", "abc"},
		{"to empty", "abc", ""},
		{"insert in a run", "aaaa", "aaaaa"},
		{"delete in a run", "aaaaa", "aaaa"},
		{"code points that share bytes", "é", "è"},
		{"emoji", "a😀b", "a😁b"},
		{"no UTF-8", "\xff\xfe", "\xff\xfd"},
		{"long", long + "a" + long, long + "b" + long},
		{"long prefix", long, long + "x"},
		{"long suffix", long, "x" + long},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := difference(tc.from, tc.to)
			if got := tc.from[:e.Span.Start] + e.Text + tc.from[e.Span.End:]; got != tc.to {
				t.Errorf("%+v makes %q", e, got)
			}
		})
	}
}
