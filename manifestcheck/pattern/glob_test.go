package pattern

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
)

func compile(t testing.TB, entry string) *Glob {
	t.Helper()
	g, p := Compile(entry)
	if p != nil {
		t.Fatalf("Compile(%q): %v", entry, p)
	}
	return g
}

func TestMatch(t *testing.T) {
	tests := []struct {
		name, entry, path string
		want              bool
	}{
		{"itself", "/workspace/docs", "/workspace/docs", true},
		{"a folder covers what is below it", "/workspace/docs", "/workspace/docs/a/b.md", true},
		{"not a sibling with the same beginning", "/workspace/docs", "/workspace/docs2", false},
		{"not the parent", "/workspace/docs", "/workspace", false},
		{"letters match by case", "/workspace/docs", "/workspace/Docs", false},
		{"trailing slash in the entry", "/workspace/docs/", "/workspace/docs/a", true},
		{"trailing slash in the path", "/workspace/docs", "/workspace/docs/", true},
		{"doubled slashes and dots", "/workspace//./docs", "/workspace/./docs//a", true},
		{"root", "/", "/etc/passwd", true},
		{"root matches itself", "/", "/", true},
		{"star stays in its segment", "/workspace/*.md", "/workspace/a.md", true},
		{"star does not cross a slash", "/workspace/*.md", "/workspace/a/b.md", false},
		{"star matches dot files", "/workspace/*", "/workspace/.env", true},
		{"a matched folder covers what is below it", "/workspace/*", "/workspace/a/b/c", true},
		{"star needs a segment", "/workspace/*", "/workspace", false},
		{"double star at the end includes the folder", "/workspace/docs/**", "/workspace/docs", true},
		{"double star at the end", "/workspace/docs/**", "/workspace/docs/a/b", true},
		{"double star in the middle, none", "/workspace/**/x", "/workspace/x", true},
		{"double star in the middle, several", "/workspace/**/x", "/workspace/a/b/x", true},
		{"double star in the middle, other name", "/workspace/**/x", "/workspace/a/b/y", false},
		{"double star then extension", "/workspace/**/*.go", "/workspace/a/b/c.go", true},
		{"two double stars", "/workspace/**/a/**/b", "/workspace/x/a/y/a/z/b", true},
		{"leading double star", "**/*.go", "/workspace/a.go", true},
		{"double star inside a segment is one star", "/workspace/a**b", "/workspace/axxb", true},
		{"double star inside a segment stays in it", "/workspace/a**b", "/workspace/ax/xb", false},
		{"question mark", "/workspace/?.md", "/workspace/ä.md", true},
		{"class", "/workspace/[a-c]x", "/workspace/bx", true},
		{"class, outside", "/workspace/[a-c]x", "/workspace/dx", false},
		{"negated class", "/workspace/[!a-c]x", "/workspace/dx", true},
		{"no class matches a slash", "/workspace/a[!b]c", "/workspace/a/c", false},
		{"alternatives", "/workspace/{docs,src}/*.md", "/workspace/src/a.md", true},
		{"alternatives with slashes", "/workspace/{docs/a,src}", "/workspace/docs/a/b", true},
		{"alternatives, none", "/workspace/{docs,src}/*.md", "/workspace/lib/a.md", false},
		{"nested alternatives", "/workspace/{a,{b,c}d}", "/workspace/cd", true},
		{"stars on both sides of a brace stay in the segment", "/workspace/*{*/y}", "/workspace/y", false},
		{"stars on both sides of a brace", "/workspace/*{*/y}", "/workspace/x/y", true},
		{"stars on both sides of a brace are no double star", "/workspace/*{*}/y", "/workspace/a/b/y", false},
		{"a double star before a brace is no segment", "/workspace/**{/y}", "/workspace/a/b/y", false},
		{"a double star before a brace is a star", "/workspace/**{/y}", "/workspace/a/y", true},
		{"a double star before alternatives", "/workspace/**{,x}", "/workspace/a", true},
		{"a star in braces and one behind are a double star", "/workspace/{*,x}*/y", "/workspace/a/b/y", true},
		{"escape", `/workspace/\*`, "/workspace/*", true},
		{"escape is literal", `/workspace/\*`, "/workspace/a", false},
		{"backtracking inside a segment", "/workspace/*ab*ab", "/workspace/abxabxab", true},
		{"dot dot is in no set", "/workspace", "/workspace/../etc", false},
		{"dot dot at the end", "/", "/..", false},
		{"dot dot in a name is fine", "/workspace", "/workspace/a..b", true},
		{"nul", "/", "/a\x00", false},
		{"relative path", "/workspace", "workspace/a", false},
		{"empty path", "/", "", false},
		{"bytes that are no UTF-8 match a wildcard", "/workspace/*", "/workspace/\xff", true},
		{"bytes that are no UTF-8 equal no rune", "/workspace/\ufffd*", "/workspace/\xff", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compile(t, tt.entry).Match(tt.path); got != tt.want {
				t.Errorf("%q matches %q: got %v, want %v", tt.entry, tt.path, got, tt.want)
			}
		})
	}
}

func TestLeads(t *testing.T) {
	tests := []struct {
		name, entry, dir string
		want             bool
	}{
		{"root", "/workspace/docs", "/", true},
		{"parent", "/workspace/docs", "/workspace", true},
		{"itself", "/workspace/docs", "/workspace/docs", true},
		{"below", "/workspace/docs", "/workspace/docs/a", true},
		{"sibling", "/workspace/docs", "/workspace/src", false},
		{"star", "/workspace/*/a", "/workspace/x", true},
		{"beside what follows a star", "/workspace/*/a", "/workspace/x/b", false},
		{"anything under a double star", "/workspace/**/x", "/workspace/a/b", true},
		{"beside a double star", "/workspace/**/x", "/etc", false},
		{"dot dot", "/workspace", "/workspace/..", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compile(t, tt.entry).Leads(tt.dir); got != tt.want {
				t.Errorf("%q leads from %q: got %v, want %v", tt.entry, tt.dir, got, tt.want)
			}
		})
	}
}

func TestCompileProblems(t *testing.T) {
	tests := []struct {
		name, entry string
		kind        Kind
		at          string // the part of the entry that the problem stands on
		suggest     string
	}{
		{"relative", "docs", Relative, "docs", "/workspace/docs"},
		{"relative with dot", "./docs/**", Relative, "./docs/**", "/workspace/docs/**"},
		{"dot", ".", Relative, ".", "/workspace"},
		{"workspace without slash", "workspace/docs", Relative, "workspace/docs", "/workspace/docs"},
		{"home", "~/.config", Relative, "~/.config", ""},
		{"variable", "$HOME/x", Relative, "$HOME/x", ""},
		{"drive", `C:\x`, Relative, `C:\x`, ""},
		{"relative alternative", "{/a,b}", Relative, "{/a,b}", ""},
		{"empty", "", Relative, "", ""},
		{"parent inside", "/workspace/a/../b", Parent, "..", "/workspace/b"},
		{"parent outside", "/workspace/../etc", Parent, "..", ""},
		{"relative parent", "../x", Parent, "..", ""},
		{"relative parent inside", "a/../x", Parent, "..", "/workspace/x"},
		{"parent behind a glob", "/workspace/*/../b", Parent, "..", ""},
		{"parent in alternatives", "/workspace/{..,a}", Parent, "..", ""},
		{"open class", "/workspace/[ab", InvalidGlob, "[", ""},
		{"empty class", "/workspace/[]x", InvalidGlob, "[]", ""},
		{"reversed range", "/workspace/[z-a]", InvalidGlob, "z-a", ""},
		{"slash in a class", "/workspace/[a/b]", InvalidGlob, "/", ""},
		{"open alternatives", "/workspace/{a,b", InvalidGlob, "{", ""},
		{"closed alternatives", "/workspace/a}", InvalidGlob, "}", ""},
		{"trailing backslash", `/workspace/a\`, InvalidGlob, `\`, ""},
		{"escaped slash", `/workspace\/a`, InvalidGlob, `\/`, ""},
		{"nul", "/a\x00", InvalidGlob, "\x00", ""},
		{"too many alternatives", "/" + strings.Repeat("{a,b}", 7), InvalidGlob, "/" + strings.Repeat("{a,b}", 7), ""},
		{"too long", "/" + strings.Repeat("a", maxEntry), InvalidGlob, "/" + strings.Repeat("a", maxEntry), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, p := Compile(tt.entry)
			if p == nil {
				t.Fatalf("Compile(%q) = %v, want a problem", tt.entry, g)
			}
			if p.Kind != tt.kind || tt.entry[p.Start:p.End] != tt.at || p.Suggest != tt.suggest {
				t.Errorf("Compile(%q): kind %d at %q suggest %q, want kind %d at %q suggest %q (%s)",
					tt.entry, p.Kind, tt.entry[p.Start:p.End], p.Suggest, tt.kind, tt.at, tt.suggest, p.Message)
			}
			if p.Suggest != "" {
				compile(t, p.Suggest)
			}
		})
	}
}

func TestCompileList(t *testing.T) {
	var entries []string
	for i := range 20 {
		entries = append(entries, fmt.Sprintf("/%d/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", i), fmt.Sprintf("/plain/%d", i))
	}
	globs, problems := CompileList(entries)
	refused := 0
	for i := range entries {
		if (globs[i] == nil) == (problems[i] == nil) {
			t.Fatalf("%q: glob %v, problem %v", entries[i], globs[i], problems[i])
		}
		if problems[i] != nil {
			refused++
			if i%2 == 1 {
				t.Errorf("%q: %v", entries[i], problems[i])
			}
		}
	}
	if refused != 4 {
		t.Errorf("%d entries are refused, want the last 4 of 20 with 63 alternatives too many each", refused)
	}
	if set := CompileSet(entries); len(set) != len(entries)-refused || !set.Match("/plain/19") || set.Match("/19/aaaaaa") {
		t.Errorf("a set of %d, want the entries without a problem", len(set))
	}
}

func TestBroad(t *testing.T) {
	for entry, want := range map[string]bool{
		"/": true, "*": true, "/*": true, "/**": true, "**": true, "/**/*": true, "/*/**": true, "//": true, "/{a,**}": true,
		"/workspace": false, "/workspace/**": false, "**/*.go": false, "/etc": false, "/??": false,
	} {
		if got := compile(t, entry).Broad(); got != want {
			t.Errorf("Broad(%q) = %v, want %v", entry, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"/workspace/docs", "/workspace/docs/", true},
		{"/workspace/docs", "/workspace/docs/**", true},
		{"/workspace/docs/*", "/workspace/docs/**", true},
		{"/workspace/docs", "/workspace//./docs", true},
		{"/workspace/Docs", "/workspace/docs", true},
		{"/workspace/docs", "/workspace/docs/*.md", false},
		{"/workspace/docs", "/workspace", false},
		{"/workspace/{a,b}", "/workspace/{a,b}/", true},
	}
	for _, tt := range tests {
		if got := compile(t, tt.a).Place() == compile(t, tt.b).Place(); got != tt.want {
			t.Errorf("%q and %q are the same place: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// FuzzMatchAgreesWithDoublestar compares with the library on clean absolute paths. A folder covers
// what is below it here, so the library is asked for the path and each of its parents. Where a
// class could match "/" (in the library it does), three stars meet, or a star comes before "/**" (which it then
// takes for one character at least), there is nothing to compare.
func FuzzMatchAgreesWithDoublestar(f *testing.F) {
	for _, entry := range []string{
		"/workspace/docs", "/workspace/**/x", "/workspace/*/a/**", "/a/{b,c/**/d}/?", "/workspace/a**b", "/**", "/", "/**/*.go",
		`/a/\*b`, "/a/b*b?b", "/{a,b}{,/c}/**",
	} {
		for _, p := range []string{"/workspace/docs/a", "/workspace/a/b/x", "/a/c/d", "/a/c/y/d/z/w", "/", "/a/b/c"} {
			f.Add(entry, p)
		}
	}
	f.Fuzz(func(t *testing.T, entry, name string) {
		if strings.ContainsAny(entry, "[") || strings.Contains(entry, "***") || path.Clean(entry) != entry || path.Clean(name) != name || !validPath(name) || strings.ContainsRune(entry+name, '\ufffd') {
			return
		}
		if strings.Contains(entry, "/.") || strings.Contains(entry, "{") && (strings.Contains(entry, "//") || strings.Contains(entry, ".")) {
			return // segments that mean nothing, hidden in alternatives
		}
		g, p := Compile(entry)
		if p != nil || entry[0] != '/' || strings.HasPrefix(entry, "{") {
			return
		}
		for _, alt := range mustExpand(t, entry) {
			if path.Clean(alt) != alt || strings.Contains(alt, `\.`) || strings.Contains(alt, "*/**") || strings.Contains(alt, "***") {
				return
			}
		}
		want := false
		for at := name; ; at = path.Dir(at) {
			if at == "/" {
				// The library takes the root for an empty name, which "/*" then matches.
				for _, alt := range g.alts {
					want = want || len(alt) == 0
				}
				break
			}
			want = want || doublestar.MatchUnvalidated(entry, at)
			// The library takes a star before braces for nothing only where something follows: "/a*{,b}" is not
			// "/a" for it, though it is "/ab". Without the braces it is right.
			for _, alt := range mustExpand(t, entry) {
				want = want || doublestar.MatchUnvalidated(alt, at)
			}
		}
		if got := g.Match(name); got != want {
			t.Errorf("%q matches %q: got %v, doublestar says %v", entry, name, got, want)
		}
		if g.Match(name) && !g.Leads(name) {
			t.Errorf("%q matches %q, and does not lead there", entry, name)
		}
	})
}

func mustExpand(t *testing.T, entry string) []string {
	t.Helper()
	var texts []string
	if !expand(entry, &texts, maxAlternatives) {
		t.Fatalf("expand(%q): too many", entry)
	}
	return texts
}

func BenchmarkMatch(b *testing.B) {
	g := compile(b, "/workspace/**/internal/*.go")
	b.ReportAllocs()
	for b.Loop() {
		g.Match("/workspace/a/b/c/internal/d/e/internal/x.go")
	}
}
