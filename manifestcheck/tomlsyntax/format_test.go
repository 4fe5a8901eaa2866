package tomlsyntax

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"canonical", "# c\n\na = 1 # d\n\n[t]\nb = [1, 2]\n", "# c\n\na = 1 # d\n\n[t]\nb = [1, 2]\n"},
		{"spaces around =", "a=1\nb  =\t2\n", "a = 1\nb = 2\n"},
		{"dotted keys", "a . b.c =1\n\"x\" .y= 2\n", "a.b.c = 1\n\"x\".y = 2\n"},
		{"headers", "[ a . b ]\n[[ c ]] #x\n", "[a.b]\n[[c]] #x\n"},
		{"margin", "  a = 1\n\t# c\n  [t]\n", "a = 1\n# c\n[t]\n"},
		{"end of line", "a = 1  \n# c \t\nb = 2 # d \n", "a = 1\n# c\nb = 2 # d\n"},
		{"comment", "a = 1# c\nb = 2     # d\n", "a = 1 # c\nb = 2 # d\n"},
		{"array", "a = [ 1,2 ,3 ]\nb = [ ]\nc = [1,]\n", "a = [1, 2, 3]\nb = []\nc = [1,]\n"},
		{"inline table", "a = {b=1,c = {}}\nd = { }\n", "a = { b = 1, c = {} }\nd = {}\n"},
		{"array over lines", "a = [\n1,\n      2, # two\n# three\n[ 4,\n5 ],\n  ]\n", "a = [\n  1,\n  2, # two\n  # three\n  [4,\n    5],\n]\n"},
		{"inline table over lines", "a = {\nb = 1,\n      c = 2\n  }\n", "a = {\n  b = 1,\n  c = 2\n}\n"},
		{"blank lines in an array", "a = [\n\n\n\n1,\n \n2]\n", "a = [\n\n  1,\n\n  2]\n"},
		{"blank lines", "\n\na = 1\n\n\n\nb = 2\n \n\n[t]\n\n\n", "a = 1\n\nb = 2\n\n[t]\n"},
		{"final line ending", "a = 1", "a = 1\n"},
		{"final line ending, crlf", "a=1\r\nb=2", "a = 1\r\nb = 2\r\n"},
		{"final white space", "a = 1\n  ", "a = 1\n"},
		{"only blank lines", "\n \n", ""},
		{"byte order mark", "\ufeff  a=1\n", "\ufeffa = 1\n"},
		{"byte order mark on a blank line", "\ufeff \n\na=1\n", "\ufeffa = 1\n"},
		{"strings stay", "a = \"\"\"\n  x  \n\n\n\n y\"\"\"\nb = ' = '\n", "a = \"\"\"\n  x  \n\n\n\n y\"\"\"\nb = ' = '\n"},
		{"broken stays", "a=1\n  b  =  @ \n\n\n\nc=2\n", "a = 1\n  b  =  @ \n\n\n\nc = 2\n"},
		{"broken at the end", "a=1\nb=", "a = 1\nb="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := Parse(tt.src)
			if d := cmp.Diff(tt.want, Patch(tt.src, Format(tree, FormatOptions{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFormatOptions(t *testing.T) {
	src := "a=1\nb=[\n1]\nc=1\n"
	at := strings.Index(src, "b")
	got := Patch(src, Format(Parse(src), FormatOptions{Indent: "\t", Range: Span{at, at + 1}}))
	if want := "a=1\nb = [\n\t1]\nc=1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if edits := Format(Parse("a=1\nb = 2\n"), FormatOptions{}); len(edits) != 2 {
		t.Errorf("more edits than spaces to insert: %v", edits)
	}
}

// content is what formatting must keep: everything but white space between tokens.
func content(t *Tree) []string {
	var all []string
	for tok := range t.Tokens() {
		text := t.Source()[tok.Span.Start:tok.Span.End]
		switch tok.Kind {
		case TokenSpace, TokenNewline:
		case TokenComment:
			all = append(all, strings.TrimRight(text, " \t"))
		default:
			all = append(all, text)
		}
	}
	return all
}

func checkFormat(t *testing.T, src string) {
	t.Helper()
	tree := Parse(src)
	out := Patch(src, Format(tree, FormatOptions{}))
	after := Parse(out)
	if d := differ(content(tree), content(after)); d != "" {
		t.Fatalf("%q becomes %q: %s", src, out, d)
	}
	if d := differ(plain(tree.Root()), plain(after.Root())); d != "" {
		t.Fatalf("%q becomes %q: %s", src, out, d)
	}
	if again := Patch(out, Format(after, FormatOptions{})); again != out {
		t.Fatalf("%q becomes %q, then %q", src, out, again)
	}
	if a, b := len(tree.Errors()), len(after.Errors()); a != b {
		t.Fatalf("%q becomes %q: %d errors become %d", src, out, a, b)
	}
}

func TestFormatCorpus(t *testing.T) {
	corpus(t, func(_, src string) { checkFormat(t, src) })
}

func FuzzFormat(f *testing.F) {
	corpus(f, func(_, src string) { f.Add(src) })
	f.Fuzz(checkFormat)
}
