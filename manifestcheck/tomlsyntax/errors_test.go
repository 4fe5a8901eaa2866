package tomlsyntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found is an error as the tests below write it: code, text, and the document after its fix.
type found struct{ code, text, message, fixed string }

func errorsOf(src string) []found {
	var all []found
	for _, e := range Parse(src).Errors() {
		f := found{code: e.Code.String(), text: src[e.Span.Start:e.Span.End], message: e.Message}
		if e.Fix != nil {
			f.fixed = Patch(src, e.Fix.Edits)
		}
		all = append(all, f)
	}
	return all
}

// TestErrors pins the place of each error, the gist of its message, and what its fix makes of the document. A fix that
// is named mends the document.
func TestErrors(t *testing.T) {
	tests := []struct{ name, src, text, says, fixed string }{
		{"bare word", "kind = wasm\n", "wasm", `write "wasm"`, "kind = \"wasm\"\n"},
		{"bare words", "a = two words # c\n", "two words", "needs quotes", "a = \"two words\" # c\n"},
		{"bare range", "framework = ^2.2.0\n", "^2.2.0", `write "^2.2.0"`, "framework = \"^2.2.0\"\n"},
		{"bare list of ranges", "f = >=1, <2\n", ">=1, <2", "needs quotes", "f = \">=1, <2\"\n"},
		{"bare version", "version = 1.2.3\n", "1.2.3", "needs quotes", "version = \"1.2.3\"\n"},
		{"number and word", "v = 1.2 beta\n", "1.2 beta", "needs quotes", "v = \"1.2 beta\"\n"},
		{"duration", "t = 5s\n", "5s", "needs quotes", "t = \"5s\"\n"},
		{"bare path", "p = /a/b#c\n", "/a/b#c", "needs quotes", "p = \"/a/b#c\"\n"},
		{"odd value in an inline table", "x = { other = @ }\n", "@", "expected a value, found @", "x = { other = \"@\" }\n"},
		{"bare element", "x = [a, \"b\"]\n", "a", "needs quotes", "x = [\"a\", \"b\"]\n"},
		{"typographic quotes", "x = “a”\n", "“a”", `write "a"`, "x = \"a\"\n"},
		{"True", "x = True\n", "True", "write true", "x = true\n"},
		{"FALSE in an array", "x = [FALSE]\n", "FALSE", "write false", "x = [false]\n"},
		{"yes", "x = yes\n", "yes", "write true", "x = true\n"},
		{"off", "x = off\n", "off", "write false", "x = false\n"},
		{"null", "x = null\n", "null", "no null", ""},
		{"leading zero", "x = 007\n", "007", "leading zeros", "x = 7\n"},
		{"zero zero", "x = 00\n", "00", "leading zeros", "x = 0\n"},
		{"no digit before the point", "x = .5\n", ".5", "starts with a digit", "x = 0.5\n"},
		{"no digit behind the point", "x = -5.\n", "-5.", "follows the decimal point", "x = -5.0\n"},
		{"no digit between point and exponent", "x = 5.e3\n", "5.e3", "follows the decimal point", "x = 5.0e3\n"},
		{"underscores", "x = 1__0\n", "1__0", "underscore", "x = 10\n"},
		{"capital prefix", "x = 0XFF\n", "0XFF", "prefix", "x = 0xFF\n"},
		{"signed prefix", "x = +0xF\n", "+0xF", "no sign", "x = 0xF\n"},
		{"digit outside its base", "x = 0b12\n", "0b12", "digits of its base", "x = \"0b12\"\n"},
		{"integer out of range", "x = 9223372036854775808\n", "9223372036854775808", "must lie between", "x = \"9223372036854775808\"\n"},
		{"float out of range", "x = 1e999\n", "1e999", "64 bits", "x = \"1e999\"\n"},
		{"date without zeros", "x = 2026-3-4\n", "2026-3-4", "write 2026-03-04", "x = 2026-03-04\n"},
		{"no such day", "x = 2026-02-29\n", "2026-02-29", "range", "x = \"2026-02-29\"\n"},
		{"no such hour", "x = 24:00\n", "24:00", "range", "x = \"24:00\"\n"},
		{"no such offset", "x = 2026-01-01T00:00:00+24:00\n", "2026-01-01T00:00:00+24:00", "range", "x = \"2026-01-01T00:00:00+24:00\"\n"},
		{"value missing", "x =\n", "=", "expected a value after '=', found the end of the line", ""},
		{"value missing before a comment", "x = # c\n", "=", "found a comment", ""},
		{"value missing in an inline table", "x = {a = }\n", "=", "found '}'", ""},
		{"only a key", "name\n", "name", "expected '=' and a value", ""},
		{"no =", "name \"x\"\n", "name", "expected '='", "name = \"x\"\n"},
		{"no = and no space", "name\"x\"\n", "name", "expected '='", "name = \"x\"\n"},
		{"colon", "name: \"x\"\n", ":", "write '='", "name = \"x\"\n"},
		{"colon in an inline table", "x = {a: 1}\n", ":", "write '='", "x = {a = 1}\n"},
		{":=", "a := 1\n", ":=", "write '='", "a = 1\n"},
		{"==", "a == 1\n", "=", "single '='", "a = 1\n"},
		{"=>", "a => 1\n", ">", "single '='", "a = 1\n"},
		{"key with a colon", "before:loop = \"x\"\n", "before:loop", `write "before:loop"`, "\"before:loop\" = \"x\"\n"},
		{"key with a space", "a b = 1\n", "a b", "write \"a b\"", "\"a b\" = 1\n"},
		{"key with other letters", "ключ = 1\n", "ключ", "write", "\"ключ\" = 1\n"},
		{"key with a slash in a header", "[a.b/c]\n", "b/c", "write", "[a.\"b/c\"]\n"},
		{"no key", "= 1\n", "=", "expected a key name", ""},
		{"dot first", ".a = 1\n", ".", "before '.'", "a = 1\n"},
		{"dot twice", "a..b = 1\n", ".", "before '.'", "a.b = 1\n"},
		{"dot last", "a. = 1\n", "=", "before '='", ""},
		{"header with a dot last", "[a. ]\n", ".", "after '.'", "[a ]\n"},
		{"empty header", "[]\n", "[]", "table name", ""},
		{"empty array header", "[[ ]] # c\n", "[[ ]]", "table name", ""},
		{"open header", "[wasm\n", "[wasm", "write ']'", "[wasm]\n"},
		{"open header with a comment", "[wasm # c\n", "[wasm", "write ']'", "[wasm] # c\n"},
		{"open array header", "[[a\n", "[[a", "write ']]'", "[[a]]\n"},
		{"half-open array header", "[[a]\n", "]", "write ']]'", "[[a]]\n"},
		{"header closed twice", "[a]]\n", "]", "closes nothing", "[a]\n"},
		{"open string", "a = \"b\n", "\"b", "not closed", "a = \"b\"\n"},
		{"open string before a comment", "a = 'b # c\n", "'b", "not closed", "a = 'b' # c\n"},
		{"open string in an array", "a = [\"b, \"c\"]\n", "\"b", "not closed", "a = [\"b\", \"c\"]\n"},
		{"open string in an inline table", "a = {b = \"c, d = \"e\"}\n", "\"c", "not closed", "a = {b = \"c\", d = \"e\"}\n"},
		{"open last string in an array", "a = [\"b\", \"c]\n", "\"c", "not closed", "a = [\"b\", \"c\"]\n"},
		{"open quoted key before a string", "\"a = \"b\"\n", "\"a", "not closed", "\"a\" = \"b\"\n"},
		{"open quoted key in an inline table", "x = {\"a.b = \"c\"}\n", "\"a.b", "not closed", "x = {\"a.b\" = \"c\"}\n"},
		{"open quoted key", "\"a = 1\n", "\"a", "not closed", "\"a\" = 1\n"},
		{"open long string", "a = \"\"\"b\nc\n", "\"\"\"", "never closed", "a = \"\"\"b\nc\"\"\"\n"},
		{"open long string that ends in a backslash", "a = \"\"\"b \\", "\"\"\"", "never closed", "a = \"\"\"b \\\\\"\"\""},
		{"escape", "a = \"C:\\dir\"\n", `\d`, "no escape sequence", "a = \"C:\\\\dir\"\n"},
		{"short hex escape", "a = \"\\u12\"\n", `\u12`, "expected 4 hexadecimal digits", "a = \"\\\\u12\"\n"},
		{"surrogate", "a = \"\\ud800\"\n", `\ud800`, "no Unicode character", ""},
		{"control character", "a = \"\x01\"\n", "\x01", "write \\u0001", "a = \"\\u0001\"\n"},
		{"control character in a comment", "# \x02\n", "\x02", "U+0002", "# \n"},
		{"bad bytes", "a = \"\xff\"\n", "\xff", "0xff is not valid UTF-8", "a = \"\"\n"},
		{"carriage return", "# a\rb\n", "\r", "line feed", "# ab\n"},
		{"open array", "a = [1, 2\n", "[", "never closed", "a = [1, 2]\n"},
		{"open nested arrays", "a = [[1, [2\n", "[", "never closed", "a = [[1, [2]]]\n"},
		{"open inline table", "a = {b = 1\n", "{", "never closed", "a = {b = 1}\n"},
		{"open array over lines", "a = [\n  1, # c\n\n[t]\n", "[", "never closed", "a = [\n  1,] # c\n\n[t]\n"},
		{"wrong bracket", "a = [1}\n", "}", "write ']'", "a = [1]\n"},
		{"bracket missing inside", "a = [{b = 1]\n", "]", "closed first", "a = [{b = 1}]\n"},
		{"no comma", "a = [1 2]\n", "2", "write a comma", "a = [1, 2]\n"},
		{"no comma in an inline table", "a = {b = 1 c = 2}\n", "c", "write a comma", "a = {b = 1, c = 2}\n"},
		{"two commas", "a = [1,, 2]\n", ",", "remove the comma", "a = [1, 2]\n"},
		{"comma first", "a = {, b = 1}\n", ",", "remove the comma", "a = { b = 1}\n"},
		{"comma at the end of a line", "a = 1,\n", ",", "remove it", "a = 1\n"},
		{"semicolon at the end of a line", "a = \"b\";\n", ";", "remove it", "a = \"b\"\n"},
		{"two expressions on a line", "a = \"b\" c = 1\n", "c = 1", "line of its own", "a = \"b\" \nc = 1\n"},
		{"key behind a header", "[a] b = 1\n", "b = 1", "line of its own", "[a] \nb = 1\n"},
		{"text behind a value", "a = \"b\" oh\n", "oh", "end of the line", ""},
		{"slashes", "a = 1 // c\n", "//", "starts with '#'", "a = 1 # c\n"},
		{"line with slashes", "// c\n", "//", "starts with '#'", "# c\n"},
		{"line with a semicolon", "; c\n", ";", "starts with '#'", "# c\n"},
		{"stray bracket", "]\n", "]", "closes nothing", "\n"},
		{"mark of a merge", "<<<<<<< HEAD\n", "<<<<<<< HEAD", "conflict of a merge", ""},
		{"mark between the sides of a merge", "=======\n", "=======", "conflict of a merge", ""},
		{"mark of a merge in an array", "a = [\n  1,\n>>>>>>> other\n]\n", ">>>>>>> other", "conflict of a merge", ""},
		{"junk with a control character", "\x00\n", "\x00", "found \u2400", ""},
		{"junk", "<a>\n", "<a>", "expected a key", ""},
		{"duplicate key", "a = 1\na = 2\n", "a", "defined twice", ""},
		{"the same line twice", "a = 1\na = 1\n", "a", "defined twice", "a = 1\n"},
		{"duplicate inline key", "x = {a = 1, a = 2}\n", "a", "defined twice", ""},
		{"value as a table", "a = 1\na.b = 2\n", "a", "has a value already", ""},
		{"dotted table as a value", "a.b = 1\na = 2\n", "a", "a table already", ""},
		{"inline table extended by a key", "a = {}\na.b = 1\n", "a", "cannot be extended", ""},
		{"inline table extended by a header", "a = {}\n[a.b]\n", "a", "cannot be extended", ""},
		{"header over a value", "a = 1\n[a]\n", "a", "has a value already", ""},
		{"value under a header", "[a.b]\n[a]\nb = 1\n", "b", "defined by a header", ""},
		{"table twice", "[a]\nb = 1\n[a]\nc = 1\n", "a", "defined twice", ""},
		{"table twice, the second empty", "[a]\nb = 1\n[a]\n[c]\n", "a", "defined twice", "[a]\nb = 1\n[c]\n"},
		{"dotted table as a header", "[a]\nb.c = 1\n[a.b]\n", "a.b", "dotted key", ""},
		{"table as an array", "[a]\n[[a]]\n", "a", "cannot be an array", ""},
		{"implied table as an array", "[a.b]\n[[ a ]]\n", "a", "cannot be an array", "[a.b]\n[ a ]\n"},
		{"array as a table", "[[a]]\n[a]\n", "a", "double brackets", "[[a]]\n[[a]]\n"},
		{"array as a table, with spaces", "[[a]]\n[ a ]\n", "a", "double brackets", "[[a]]\n[[ a ]]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			errs := errorsOf(tt.src)
			if len(errs) == 0 {
				t.Fatal("no error")
			}
			e := errs[0]
			if e.text != tt.text || !strings.Contains(e.message, tt.says) {
				t.Errorf("error at %q: %s", e.text, e.message)
			}
			if len(errs) > 1 {
				t.Errorf("more errors: %v", errs[1:])
			}
			if e.fixed != tt.fixed {
				t.Errorf("the fix makes %q, want %q", e.fixed, tt.fixed)
			}
			if rest := errorsOf(e.fixed); e.fixed != "" && len(rest) > 0 {
				t.Errorf("the fix leaves %v", rest)
			}
		})
	}
}

func TestRelated(t *testing.T) {
	tests := []struct{ name, src string }{
		{"keys", "«a» = 1\nb = 1\n«a» = 2\n"},
		{"keys behind a header", "x = 1\n[t]\n«a».b = 1\n«a» = 2\n"},
		{"inline keys", "x = 1\nt = { «a» = 1, «a» = 2 }\n"},
		{"tables", "[«a.b»]\n[c]\n[«a.b»]\n"},
		{"tables, the second by a key", "[a.«b»]\n[a]\n«b» = 1\n"},
		{"tables, the first by a key", "[a]\n«b» = 1\n[a.«b».c]\n"},
		{"array and table", "[[a.«b»]]\n[«a.b»]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src, marks := marked(tt.src)
			errs := Parse(src).Errors()
			if len(errs) != 1 || len(errs[0].Related) != 1 {
				t.Fatalf("errors %+v", errs)
			}
			if d := cmp.Diff(marks, []Span{errs[0].Related[0].Span, errs[0].Span}); d != "" {
				t.Error(d)
			}
		})
	}
}

// marked is text without its «marks», and where they were.
func marked(text string) (src string, marks []Span) {
	for {
		before, rest, ok := strings.Cut(text, "«")
		src += before
		if !ok {
			return src, marks
		}
		inside, after, _ := strings.Cut(rest, "»")
		marks = append(marks, Span{len(src), len(src) + len(inside)})
		src, text = src+inside, after
	}
}

// TestRecovery pins that a broken expression costs itself alone: the keys of the others are all there.
func TestRecovery(t *testing.T) {
	tests := []struct {
		name, src string
		keys      string // that are left, in order
		errs      int
	}{
		{"open array", "a = [1,\n  2\nb = 1\n[c]\nd = 1\n", "a b c.d", 1},
		{"open array at a header", "a = [\n  \"x\",\n\n# about c\n[c]\nd = 1\n", "a c.d", 1},
		{"open array with arrays in it", "a = [\n  [1, 2],\n  [3\nb = 1\n", "a b", 1},
		{"open inline table", "a = { x = 1\nb = 2\n[c]\nd = 1\n", "a b c.d", 1},
		{"open long string", "a = \"\"\"x\n  y\nb = 1\n[c]\nd = 1\n", "a b c.d", 1},
		{"open string", "a = \"x\nb = 1\n", "a b", 1},
		{"open header", "[a\nb = 1\n[c]\nd = 1\n", "a.b c.d", 1},
		{"key without value", "a\nb = 1\nc =\nd = 1\n", "b c d", 2},
		{"junk", "a = 1\n}}}\n@\nb = 1\n", "a b", 2},
		{"colons as in YAML", "a:\n  b: 1\nc = 2\n", "a b c", 2},
		{"conflict of a merge", "a = 1\n<<<<<<< HEAD\nb = 1\n=======\nc = 1\n>>>>>>> x\nd = 1\n", "a b c d", 3},
		{"conflict of a merge in an array", "a = [\n  1,\n<<<<<<< HEAD\n  2,\n=======\n  3,\n>>>>>>> x\n]\nb = 1\n", "a b", 3},
		{"indented", "  a = [1,\n    2\n  b = 1\n", "a b", 1},
		{"broken element over lines", "a = [\n  1,\n  @,\n  [2,\n   3],\n]\nb = 1\n", "a b", 1},
		{"broken entry over lines", "a = {\n  x = 1,\n  y = @,\n  z = 2\n}\nb = 1\n", "a b", 1},
		{"array that looks like headers", "a = [\n[1],\n[\"b\"],\n[true]\n]\nb = 1\n", "a b", 0},
		{"four errors", "a = @\nb = [1\nc = \"\n\nd: 1\n[t]\ne = 1\n", "a b c d t.e", 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := Parse(tt.src)
			var keys []string
			for it := range tree.Root().Items() {
				if tab, ok := it.Table(); ok && !it.IsValue() {
					for sub := range tab.Items() {
						keys = append(keys, it.Name()+"."+sub.Name())
					}
					continue
				}
				keys = append(keys, it.Name())
			}
			if got := strings.Join(keys, " "); got != tt.keys {
				t.Errorf("keys %q, want %q", got, tt.keys)
			}
			if errs := errorsOf(tt.src); len(errs) != tt.errs {
				t.Errorf("%d errors: %v", len(errs), errs)
			}
		})
	}
}

// TestFixesOfCorpus applies the fix of every error of every invalid document: the error must go away. Where text is
// removed, the same error may follow in its place, as often as there is text.
func TestFixesOfCorpus(t *testing.T) {
	corpus(t, func(name, src string) {
		for _, e := range Parse(src).Errors() {
			if e.Fix == nil || e.Fix.Edits[0].Text == "" {
				continue
			}
			for _, after := range Parse(Patch(src, e.Fix.Edits)).Errors() {
				if fmt.Sprint(after.Span, after.Message) == fmt.Sprint(e.Span, e.Message) {
					t.Errorf("%s: %q leaves %s", name, e.Fix.Title, e.Message)
				}
			}
		}
	})
}
