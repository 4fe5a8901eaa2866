package tomlsyntax

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func at(src string, s Span) string { return src[s.Start:s.End] }

func TestNotationsLookAlike(t *testing.T) {
	for _, src := range []string{
		"a.b.c = 1\n",
		"a = { b = { c = 1 } }\n",
		"a = { b.c = 1 }\n",
		"[a]\nb.c = 1\n",
		"[a]\nb = { c = 1 }\n",
		"[a.b]\nc = 1\n",
		"[a]\n[a.b]\nc = 1\n",
		"[a.b]\nc = 1\n[a]\n",
		"\"a\" . 'b'.\"\\u0063\" = 1",
	} {
		it, ok := Parse(src).Root().Lookup("a", "b", "c")
		n, isInt := it.Value().Int()
		if !ok || !isInt || n != 1 || it.Name() != "c" || fmt.Sprint(it.Path()) != "[a b c]" {
			t.Errorf("%q: %v %v %v", src, it.Path(), n, ok)
			continue
		}
		if name := at(src, it.KeySpan()); strings.Trim(name, `"`) != "c" && name != `"\u0063"` {
			t.Errorf("%q: key at %q", src, name)
		}
		if e, ok := it.Expr(); !ok || !strings.Contains(e.Text(), "1") {
			t.Errorf("%q: defined by %q", src, e.Text())
		}
		if _, ok := Parse(src).Root().Lookup("a", "x", "c"); ok {
			t.Errorf("%q: finds what is not there", src)
		}
	}
}

func TestItems(t *testing.T) {
	src := "x = 1\n[b.sub]\nk = 1\n[a]\nz.one = 1\ny = { p = 1 }\nz.two = 2\n[b]\nlate = 1\n[[c]]\nn = 1\n[[c]]\nn = 2\n[c.d]\n[a.z.three]\n"
	tree := Parse(src)
	if errs := tree.Errors(); len(errs) > 0 {
		t.Fatal(errs)
	}
	var lines []string
	var walk func(tab Table, depth string)
	walk = func(tab Table, depth string) {
		for it := range tab.Items() {
			lines = append(lines, fmt.Sprint(depth, it.Name(), " ", at(src, it.Span()), " ", it.IsValue(), it.IsTable(), it.IsArrayOfTables()))
			if sub, ok := it.Table(); ok {
				walk(sub, depth+"  ")
			}
			for _, sub := range it.Tables() {
				walk(sub, depth+"  - ")
			}
		}
	}
	walk(tree.Root(), "")
	want := []string{
		"x x = 1 true false false",
		"b b.sub false true false",
		"  sub b.sub false true false",
		"    k k = 1 true false false",
		"  late late = 1 true false false",
		"a a false true false",
		"  z z.one false true false",
		"    one z.one = 1 true false false",
		"    two z.two = 2 true false false",
		"    three a.z.three false true false",
		"  y y = { p = 1 } true true false",
		"    p p = 1 true false false",
		"c c false false true",
		"  - n n = 1 true false false",
		"  - n n = 2 true false false",
		"  - d c.d false true false",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
	b, _ := tree.Root().Get("b")
	tab, _ := b.Table()
	var heads []string
	for _, s := range tab.Headers() {
		heads = append(heads, at(src, s))
	}
	if d := cmp.Diff([]string{"b"}, heads); d != "" || tab.Name() != "b" {
		t.Error(d, tab.Name())
	}
}

func TestFirstDefinitionCounts(t *testing.T) {
	src := "a = 1\na = 2\n[t]\nx = 1\n[t]\nx = 2\ny = 3\n[a]\nz = 1\n"
	root := Parse(src).Root()
	for path, want := range map[string]int64{"a": 1, "t.x": 1, "t.y": 3} {
		it, _ := root.Lookup(strings.Split(path, ".")...)
		if n, _ := it.Value().Int(); n != want {
			t.Errorf("%s is %d, want %d", path, n, want)
		}
	}
}

func TestValues(t *testing.T) {
	src := "s = 'x'\ni = 1_0\nf = 1.5\nb = true\nd = 2020-01-02\nl = [1, [2], { x = 3 }]\nt = { \"p q\".r = 1, s = \"\\t\" } # c\n"
	root := Parse(src).Root()
	get := func(name string) Value {
		it, _ := root.Get(name)
		return it.Value()
	}
	if s, ok := get("s").Text(); s != "x" || !ok || get("s").Raw() != "'x'" {
		t.Error(s)
	}
	if n, ok := get("i").Int(); n != 10 || !ok {
		t.Error(n)
	}
	if f, ok := get("f").Float(); f != 1.5 || !ok {
		t.Error(f)
	}
	if b, ok := get("b").Bool(); !b || !ok {
		t.Error(b)
	}
	if d, ok := get("d").Time(); !ok || !d.Equal(time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)) {
		t.Error(d)
	}
	for _, name := range []string{"i", "missing"} {
		v := get(name)
		if _, ok := v.Text(); ok || v.Len() != 0 {
			t.Errorf("%s is a text", name)
		}
	}
	var parts []string
	for e := range get("l").Elements() {
		parts = append(parts, e.Kind().String()+" "+at(src, e.Span()))
	}
	for e := range get("t").Entries() {
		parts = append(parts, e.Key.String()+" "+at(src, e.Key.Span())+" "+at(src, e.Span()))
		for _, s := range e.Key.Segments() {
			parts = append(parts, s.Name+" "+at(src, s.Span))
		}
	}
	want := []string{
		"integer 1", "array [2]", "inline table { x = 3 }",
		"\"p q\".r \"p q\".r \"p q\".r = 1", "p q \"p q\"", "r r", "s s s = \"\\t\"", "s s",
	}
	if d := cmp.Diff(want, parts); d != "" {
		t.Error(d)
	}
	it, _ := root.Lookup("t", "p q", "r")
	if got := at(src, it.Span()); got != "\"p q\".r = 1" {
		t.Errorf("item at %q", got)
	}
}

func TestComments(t *testing.T) {
	src := "# a\n\n# b\n  # c\nx = 1 # d\n[t] # e\n# f\n[u]\n"
	var lines []string
	for e := range Parse(src).Expressions() {
		if e.Kind() == Blank || e.Kind() == CommentLine {
			continue
		}
		line := e.Key().String() + ":"
		for _, s := range e.LeadingComments() {
			line += " " + at(src, s)
		}
		if s, ok := e.Comment(); ok {
			line += " | " + at(src, s)
		}
		lines = append(lines, line)
	}
	if d := cmp.Diff([]string{"x: # b # c | # d", "t: | # e", "u: # f"}, lines); d != "" {
		t.Error(d)
	}
}

func TestExprAt(t *testing.T) {
	src := "a = [\n1]\n\n[t]\nb = 1"
	tree := Parse(src)
	for off, want := range map[int]string{0: "a = [\n1]\n", 8: "a = [\n1]\n", 9: "\n", 10: "[t]\n", len(src): "b = 1"} {
		if e, ok := tree.ExprAt(off); !ok || e.Text() != want {
			t.Errorf("at %d: %q", off, e.Text())
		}
	}
	for _, off := range []int{-1, len(src) + 1} {
		if _, ok := tree.ExprAt(off); ok {
			t.Errorf("an expression at %d", off)
		}
	}
	if _, ok := Parse("a = 1\n").ExprAt(6); ok {
		t.Error("an expression behind the last line")
	}
}

func TestTokens(t *testing.T) {
	src := "\ufeff[a.'b'] # c\r\nd = [1, {e=\"\"}] @\n"
	names := map[TokenKind]string{
		TokenInvalid: "?", TokenNewline: "nl", TokenComment: "#", TokenKey: "key", TokenValue: "val", TokenPunctuation: "p",
		TokenByteOrderMark: "bom",
	}
	var got []string
	for tok := range Parse(src).Tokens() {
		if tok.Kind != TokenSpace {
			got = append(got, names[tok.Kind]+" "+strings.TrimSpace(at(src, tok.Span)))
		}
	}
	want := []string{
		"bom \ufeff", "p [", "key a", "p .", "key 'b'", "p ]", "# # c", "nl ",
		"key d", "p =", "p [", "val 1", "p ,", "p {", "key e", "p =", "val \"\"", "p }", "p ]", "? @", "nl ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a", "a b", "\"\\\n\r\t\x00\x7fé😀", "'"} {
		src := QuoteKey(s) + " = " + Quote(s)
		tree := Parse(src)
		it, ok := tree.Root().Get(s)
		if text, isText := it.Value().Text(); len(tree.Errors()) > 0 || !ok || !isText || text != s {
			t.Errorf("%q is read as %q: %v", src, text, tree.Errors())
		}
	}
}
