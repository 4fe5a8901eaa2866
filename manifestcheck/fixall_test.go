package manifestcheck

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func TestFixAll(t *testing.T) {
	tests := map[string]struct {
		src, want string
		n         int
	}{
		"nothing to do": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n", 0,
		},
		"several at once": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nlicense = \"MIT or ISC\"\nauthors = \"Ada\"\ncapabilities.exec = \"true\"\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nlicense = \"MIT OR ISC\"\nauthors = [\"Ada\"]\ncapabilities.exec = true\n", 3,
		},
		"three of one item": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nauthors = [\"a\", \"a\", \"a\"]\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nauthors = [\"a\"]\n", 2,
		},
		"one brings another to light": {
			"[plugin]\nname = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nlicense = [\"MIT or ISC\"]\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nlicense = \"MIT OR ISC\"\n", 3,
		},
		"a guess is none of it": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skil\"\nsumary = \"x\"\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skil\"\nsumary = \"x\"\n", 0,
		},
		"a comment is kept where nothing else is left": {
			"\ufeff[wasm.runtime] # c\nfuel = 1\n", "\ufeff# c\n", 1,
		},
		"a comment of a list that moves is kept": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n[wasm]\nmodule = \"p.wasm\"\nexports = [\"a\"]\n[capabilities.network]\noutbound = [\"b.com\"] # why\nhosts = [\"a.com\"]\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n[wasm]\nmodule = \"p.wasm\"\nexports = [\"a\"]\n[capabilities.network]\n# why\nhosts = [\"a.com\", \"b.com\"]\n", 1,
		},
		"a comment in a list that becomes a string is kept": {
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nsummary = [\n  \"x\", # why\n]\n",
			"name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n# why\nsummary = \"x\"\n", 1,
		},
		"CRLF stays": {
			"name = \"lint\"\r\nversion = \"0.1.0\"\r\nkind = \"wasm\"\r\n[wasm]\r\nmodule = \"p.wasm\"\r\nexports = [\r\n  \"a\",\r\n  \"a\",\r\n]\r\n",
			"name = \"lint\"\r\nversion = \"0.1.0\"\r\nkind = \"wasm\"\r\n[wasm]\r\nmodule = \"p.wasm\"\r\nexports = [\r\n  \"a\",\r\n]\r\n\r\n[capabilities]\r\n", 2,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, n := FixAll(tt.src, check); got != tt.want || n != tt.n {
				t.Errorf("got %d fixes:\n%q\nwant %d:\n%q", n, got, tt.n, tt.want)
			}
		})
	}
}

// Fixes that undo each other, or that break the file, change nothing.
func TestFixAllIsSafe(t *testing.T) {
	flip := func(src string) []Diagnostic {
		to := "a = 2"
		if src == to {
			to = "a = 1"
		}
		return []Diagnostic{{Fixes: []Fix{{Safe: true, Edits: []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: 0, End: len(src)}, to)}}}}}
	}
	if got, n := FixAll("a = 1", flip); got != "a = 1" || n != 0 {
		t.Errorf("fixes that undo each other: got %q, %d", got, n)
	}
	breaking := func(string) []Diagnostic {
		return []Diagnostic{{Fixes: []Fix{{Safe: true, Edits: []tomlsyntax.Edit{replace(tomlsyntax.Span{Start: 0, End: 1}, "[")}}}}}
	}
	if got, n := FixAll("a = 1", breaking); got != "a = 1" || n != 0 {
		t.Errorf("a fix that breaks the file: got %q, %d", got, n)
	}
}

// Whatever the file: fix-all ends, reaches a fixed point, adds no syntax error, and no error at all but what an old shape hid.
func TestFixAllProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sources := markerSources(t)
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		for _, src := range sources {
			assertFixAll(t, src)
			assertFixAll(t, mutate(r, src, sources))
		}
	}
}

func assertFixAll(t *testing.T, src string) {
	t.Helper()
	out, _ := FixAll(src, check)
	before, after := tomlsyntax.Parse(src), tomlsyntax.Parse(out)
	if len(after.Errors()) > len(before.Errors()) {
		t.Fatalf("fix-all adds syntax errors:\n%s\n---\n%s", src, out)
	}
	if again, n := FixAll(out, check); n != 0 {
		t.Fatalf("fix-all stops before the end:\n%s\n---\n%s\n---\n%s", src, out, again)
	}
	var v map[string]any
	if _, err := toml.Decode(src, &v); err == nil {
		if _, err := toml.Decode(out, &v); err != nil {
			t.Fatalf("fix-all makes a valid file invalid: %v\n%s\n---\n%s", err, src, out)
		}
	}
	b, a := errorsOf(src), errorsOf(out)
	if len(a) > len(b) && count(a, "schema/legacy-shape") >= count(b, "schema/legacy-shape") {
		t.Fatalf("fix-all adds errors, %d to %d:\n%s\n---\n%s", len(b), len(a), src, out)
	}
}

// errorsOf are the codes of the errors of a file. An old shape is one error, whatever is wrong in it;
// written anew, it may have more.
func errorsOf(src string) []string {
	var codes []string
	for _, d := range check(src) {
		if d.Severity == Error {
			codes = append(codes, d.Code)
		}
	}
	return codes
}

func count(codes []string, code string) int {
	n := 0
	for _, c := range codes {
		if c == code {
			n++
		}
	}
	return n
}

// mutate changes some lines of a manifest: leaves them out, doubles them, takes some of another
// manifest, or changes bytes.
func mutate(r *rand.Rand, src string, others []string) string {
	lines := strings.SplitAfter(src, "\n")
	for range 1 + r.IntN(3) {
		i := r.IntN(len(lines))
		switch r.IntN(5) {
		case 0:
			lines[i] = ""
		case 1:
			lines[i] += lines[i]
		case 2:
			other := strings.SplitAfter(others[r.IntN(len(others))], "\n")
			lines[i] += other[r.IntN(len(other))]
		case 3:
			j := r.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
		default:
			b := []byte(lines[i])
			if len(b) > 0 {
				b[r.IntN(len(b))] = "[]{}=\"'., \n#ax1"[r.IntN(15)]
			}
			lines[i] = string(b)
		}
	}
	return strings.Join(lines, "")
}

func FuzzCheck(f *testing.F) {
	for _, src := range markerSources(f) {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		assertSound(t, src)
		if len(src) < 4096 {
			assertFixAll(t, src)
		}
	})
}

// assertSound looks at what must hold of the diagnostics of any text.
func assertSound(t *testing.T, src string) {
	t.Helper()
	tree := tomlsyntax.Parse(src)
	res := New(Config{}).Check(tree, Facts{})
	if len(tree.Errors()) > 0 && len(res.Diagnostics) == 0 && !strings.Contains(src, ignoreMark) {
		t.Fatalf("a syntax error without a diagnostic:\n%q", src)
	}
	within := func(s tomlsyntax.Span) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= len(src) }
	for i, d := range res.Diagnostics {
		if !within(d.Span) || d.Message == "" || d.Severity == Off || ruleByCode(d.Code) == nil {
			t.Fatalf("diagnostic %d is unsound: %+v", i, d)
		}
		for _, r := range d.Related {
			if !within(r.Span) {
				t.Fatalf("%s: related place %v of %d bytes", d.Code, r.Span, len(src))
			}
		}
		for _, f := range d.Fixes {
			end := len(src)
			for _, e := range lastFirst(f.Edits) {
				if !within(e.Span) || e.Span.End > end {
					t.Fatalf("%s: the edits of %q overlap or lie outside: %v", d.Code, f.Title, f.Edits)
				}
				end = e.Span.Start
			}
		}
	}
}

func TestSoundOnMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	sources := markerSources(t)
	for _, src := range sources {
		assertSound(t, src)
		for range 4 {
			assertSound(t, mutate(r, src, sources))
		}
	}
}
