package tomlsyntax

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// describe is everything a tree says, for comparison with another of the same text.
func describe(t *Tree) []string {
	var all []string
	for e := range t.Expressions() {
		c, _ := e.Comment()
		all = append(all, fmt.Sprint("expr ", e.Kind(), e.Span(), e.Key().Span(), e.Key().Segments(), c, e.LeadingComments()))
		for _, v := range e.Node().vals() {
			all = append(all, fmt.Sprint("value ", v))
		}
	}
	for tok := range t.Tokens() {
		all = append(all, fmt.Sprint("token ", tok))
	}
	for _, e := range t.Errors() {
		fix := ErrorFix{}
		if e.Fix != nil {
			fix = *e.Fix
		}
		all = append(all, fmt.Sprint("error ", e.Code, e.Span, e.Message, e.Related, fix))
	}
	return append(all, fmt.Sprint(plain(t.Root())), fmt.Sprint("sections ", len(t.secs)))
}

// checkApply edits a document and compares the tree with one made afresh.
func checkApply(t *testing.T, before *Tree, edits ...Edit) *Tree {
	t.Helper()
	after := before.Apply(edits...)
	want := before.Source()
	for _, e := range edits {
		want = want[:e.Span.Start] + e.Text + want[e.Span.End:]
	}
	if after.Source() != want {
		t.Fatalf("source %q, want %q", after.Source(), want)
	}
	if d := cmp.Diff(describe(Parse(want)), describe(after)); d != "" {
		t.Fatalf("%q + %+v:\n%s", before.Source(), edits, d)
	}
	return after
}

var editPieces = []string{
	"", "a", "=", "\n", "\r\n", "\r", "[", "]", "{", "}", "\"", "'", "\"\"\"", "'''", ",", ".", "#", " ", "\t", "1", "a = 1\n",
	"[a]\n", "[[b]]\n", "b.c = 2\n", "x = {", "y = [\n", "  1,\n", "\ufeff", "\xff\xfe", "é", "\x00", "true", "2020-01-01", "\\",
}

func TestApplyRandom(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	corpus(t, func(_, src string) {
		if len(src) > 4000 {
			return
		}
		tree := Parse(src)
		for range 8 {
			n := len(tree.Source())
			start := r.Intn(n + 1)
			end := min(n, start+r.Intn(4)*r.Intn(8))
			edits := []Edit{{Span{start, end}, editPieces[r.Intn(len(editPieces))]}}
			if r.Intn(4) == 0 {
				m := n - (end - start) + len(edits[0].Text)
				at := r.Intn(m + 1)
				edits = append(edits, Edit{Span{at, min(m, at+r.Intn(3))}, editPieces[r.Intn(len(editPieces))]})
			}
			tree = checkApply(t, tree, edits...)
		}
	})
}

func TestApplyShares(t *testing.T) {
	src := "name = \"a\"\n[one]\nx = 1\ny = 2\n[two]\nz = 3\n"
	before := Parse(src)
	at := strings.Index(src, "1")
	after := checkApply(t, before, Edit{Span{at, at + 1}, "42"})
	var shared []bool
	for e := range after.Expressions() {
		found := false
		for o := range before.Expressions() {
			found = found || o.Node() == e.Node()
		}
		shared = append(shared, found)
	}
	if d := cmp.Diff([]bool{true, true, false, true, true, true}, shared); d != "" {
		t.Error(d)
	}
	var same []bool
	for s := range after.Sections() {
		found := false
		for o := range before.Sections() {
			found = found || o.ID() == s.ID()
		}
		same = append(same, found)
	}
	if d := cmp.Diff([]bool{true, false, true}, same); d != "" {
		t.Error(d)
	}
	if before.Apply() != before || before.Apply(Edit{Span{at, at + 1}, "1"}) != before {
		t.Error("an edit that changes nothing makes a new tree")
	}
}

func FuzzApply(f *testing.F) {
	for i, p := range editPieces {
		f.Add("a = 1\n[b]\nc = [\n 1,\n]\n", uint16(i), uint16(i%3), p)
		f.Add("a = \"\"\"\nb = {\n[t]\n", uint16(3*i), uint16(i%2), p)
	}
	corpus(f, func(name, src string) {
		if len(src) < 500 {
			f.Add(src, uint16(len(src)/2), uint16(1), editPieces[len(name)%len(editPieces)])
		}
	})
	f.Fuzz(func(t *testing.T, src string, at, n uint16, text string) {
		start := min(int(at), len(src))
		checkApply(t, Parse(src), Edit{Span{start, min(len(src), start+int(n))}, text})
	})
}
