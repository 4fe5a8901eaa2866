package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// at is a file with one finding, on what stands between « and ».
func at(src string) File {
	start := strings.Index(src, "«")
	src = strings.Replace(src, "«", "", 1)
	end := strings.Index(src, "»")
	src = strings.Replace(src, "»", "", 1)
	return File{Path: "p.toml", Source: src, Diagnostics: []manifestcheck.Diagnostic{{
		Code: "schema/unknown-key", Severity: manifestcheck.Warning, Message: "m", Span: tomlsyntax.Span{Start: start, End: end},
	}}}
}

func render(t *testing.T, format string, color bool, files ...File) string {
	t.Helper()
	write, err := New(format, Options{Version: "1.2.3", Color: color})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := write(&b, files); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextExcerpt(t *testing.T) {
	long := strings.Repeat("x", 400)
	for _, tt := range []struct{ name, src, want string }{
		{"word", "a = «bcd»\n", "p.toml:1:5: warning: m [schema/unknown-key]\n 1 | a = bcd\n   |     ^^^\n"},
		{"later line", "a = 1\n\nb = «2» # c\n", "p.toml:3:5: warning: m [schema/unknown-key]\n 3 | b = 2 # c\n   |     ^\n"},
		{"tabs before and inside", "\ta = «b\tc»\n", "p.toml:1:6: warning: m [schema/unknown-key]\n 1 |     a = b    c\n   |         ^^^^^^\n"},
		{"wide characters", "日本 = «\"語\"»\n", "p.toml:1:6: warning: m [schema/unknown-key]\n 1 | 日本 = \"語\"\n   |        ^^^^\n"},
		{"emoji of several code points", "# 👩‍👩‍👧 «x»\n", "p.toml:1:9: warning: m [schema/unknown-key]\n 1 | # 👩‍👩‍👧 x\n   |      ^\n"},
		{"combining marks", "# e\u0301 «x»\n", "p.toml:1:6: warning: m [schema/unknown-key]\n 1 | # e\u0301 x\n   |     ^\n"},
		{"byte order mark", "\uFEFF«a» = 1\n", "p.toml:1:1: warning: m [schema/unknown-key]\n 1 | a = 1\n   | ^\n"},
		{"crlf", "a = 1\r\nb = «2»\r\n", "p.toml:2:5: warning: m [schema/unknown-key]\n 2 | b = 2\n   |     ^\n"},
		{"lone cr", "a = 1\rb = «2»", "p.toml:2:5: warning: m [schema/unknown-key]\n 2 | b = 2\n   |     ^\n"},
		{"over several lines", "a = «[\n1]»\n", "p.toml:1:5: warning: m [schema/unknown-key]\n 1 | a = [\n   |     ^\n"},
		{"nothing there", "a = «»\n", "p.toml:1:5: warning: m [schema/unknown-key]\n 1 | a = \n   |     ^\n"},
		{"end of file", "a = 1\n«»", "p.toml:2:1: warning: m [schema/unknown-key]\n 2 | \n   | ^\n"},
		{"empty file", "«»", "p.toml:1:1: warning: m [schema/unknown-key]\n 1 | \n   | ^\n"},
		{"escape sequences", "a = «\"\x1b[31m\"»\n", "p.toml:1:5: warning: m [schema/unknown-key]\n 1 | a = \"\uFFFD[31m\"\n   |     ^^^^^^^\n"},
		{"invalid bytes", "a = «\"\xff\"»\n", "p.toml:1:5: warning: m [schema/unknown-key]\n 1 | a = \"\uFFFD\"\n   |     ^^^\n"},
		{"behind a long line", long + "«y»" + long, "p.toml:1:401: warning: m [schema/unknown-key]\n 1 | …" + long[:80] + "y" + long[:78] + "\n   | " + strings.Repeat(" ", 81) + "^\n"},
		{"longer than the screen", "«" + long + "»", "p.toml:1:1: warning: m [schema/unknown-key]\n 1 | " + long[:160] + "\n   | " + strings.Repeat("^", 160) + "\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, render(t, "text", false, at(tt.src))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTextColors(t *testing.T) {
	f := at("«a»")
	if got := render(t, "text", false, f); strings.Contains(got, "\x1b") {
		t.Errorf("colours though none were asked for: %q", got)
	}
	colored := render(t, "text", true, f)
	if !strings.Contains(colored, "\x1b[1;33mwarning:\x1b[0m") {
		t.Errorf("no coloured severity in %q", colored)
	}
	plain := colored
	for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"} {
		plain = strings.ReplaceAll(plain, code, "")
	}
	if diff := cmp.Diff(render(t, "text", false, f), plain); diff != "" {
		t.Errorf("colours change the text: %s", diff)
	}
}

func TestTextRelatedAndFixes(t *testing.T) {
	f := at("a = 1\n«a» = 2\n")
	d := &f.Diagnostics[0]
	d.Related = []manifestcheck.Related{{Span: tomlsyntax.Span{Start: 0, End: 1}, Message: "the first one"}}
	d.Fixes = []manifestcheck.Fix{{Title: "remove it"}}
	want := "p.toml:2:1: warning: m [schema/unknown-key]\n 2 | a = 2\n   | ^\n  p.toml:1:1: note: the first one\n  fix: remove it\n"
	if diff := cmp.Diff(want, render(t, "text", false, f)); diff != "" {
		t.Error(diff)
	}
}

// File names and messages are other people's text.
func TestHostileNames(t *testing.T) {
	f := at("«a»")
	f.Path = "a\x1b]0;x\a/b%0A,c:d\n.toml"
	f.Diagnostics[0].Message = "one\ntwo\r%, three::four"
	for format, want := range map[string]string{
		"text":   "a\uFFFD]0;x\uFFFD/b%0A,c:d\uFFFD.toml:1:1: warning: one\uFFFDtwo\uFFFD%, three::four [schema/unknown-key]\n",
		"github": "::warning file=a\x1b]0;x\a/b%250A%2Cc%3Ad%0A.toml,line=1,endLine=1,col=1,endColumn=2,title=schema/unknown-key::one%0Atwo%0D%25, three::four\n",
	} {
		if got := render(t, format, false, f); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%q, want it to begin with\n%q", format, got, want)
		}
	}
	if got := render(t, "junit", false, f); strings.ContainsAny(got, "\x1b\a") {
		t.Errorf("control characters in XML: %q", got)
	}
	if got := render(t, "sarif", false, f); !strings.Contains(got, `"uri": "a%1B%5D0;x%07/b%250A,c:d%0A.toml"`) {
		t.Errorf("the URI is not escaped: %s", got)
	}
}

func TestSarifArtifact(t *testing.T) {
	for _, tt := range []struct{ path, uri, base string }{
		{"plugins/a b/samuel-plugin.toml", "plugins/a%20b/samuel-plugin.toml", "%SRCROOT%"},
		{"/work/日本/samuel-plugin.toml", "file:///work/%E6%97%A5%E6%9C%AC/samuel-plugin.toml", ""},
		{"<stdin>", "%3Cstdin%3E", "%SRCROOT%"},
		{"a:b/samuel-plugin.toml", "./a:b/samuel-plugin.toml", "%SRCROOT%"},
	} {
		want := sarif.NewSimpleArtifactLocation(tt.uri)
		if tt.base != "" {
			want.WithUriBaseId(tt.base)
		}
		if diff := cmp.Diff(want, sarifArtifact(tt.path)); diff != "" {
			t.Errorf("%q: %s", tt.path, diff)
		}
	}
}

// GitHub looks for files from the root of the checkout, also where the check ran in a folder of it.
func TestPathsFromTheRootOfTheCheckout(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "sub")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	outside := filepath.Join(filepath.Dir(root), "elsewhere.toml")
	for _, tt := range []struct{ path, github, sarif string }{
		{"p.toml", "file=sub/p.toml,", `"uri": "sub/p.toml"`},
		{filepath.Join(root, "q.toml"), "file=q.toml,", `"uri": "q.toml"`},
		{outside, "file=" + filepath.ToSlash(outside) + ",", `"uri": "file:///`},
	} {
		f := at("«a»")
		f.Path = tt.path
		for format, want := range map[string]string{"github": tt.github, "sarif": tt.sarif} {
			write, err := New(format, Options{Root: root})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := write(&b, []File{f}); err != nil || !strings.Contains(b.String(), want) {
				t.Errorf("%s: no %s in %s, %v", format, want, b.String(), err)
			}
		}
	}
}

// A version that is none by SemVer must not stand where SARIF wants one.
func TestSarifSemanticVersion(t *testing.T) {
	for version, want := range map[string]bool{"1.2.3": true, "0.0.0-20260101000000-abcdef123456+dirty": true, "devel": false} {
		write, err := New("sarif", Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := write(&b, nil); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), `"semanticVersion": "`+version+`"`); got != want {
			t.Errorf("%s as a semantic version: %t", version, got)
		}
	}
}

func TestJUnitSeverities(t *testing.T) {
	weak := at("«a»")
	weak.Diagnostics[0].Severity = manifestcheck.Hint
	got := render(t, "junit", false, at("«a»"), weak, File{Path: "clean.toml"})
	for _, want := range []string{`<testsuites tests="3" failures="1">`, `<failure message="m" type="warning">p.toml:1:1: warning: m</failure>`, `<system-out>p.toml:1:1: hint: m</system-out>`, `<testcase name="no findings" classname="clean.toml">`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// A file on one line costs no more for each of its findings than one on many.
func TestLongLineWithManyFindings(t *testing.T) {
	const n = 5_000
	f := File{Path: "p.toml", Source: strings.Repeat("日 = 1,\t", n)}
	for i := range n {
		f.Diagnostics = append(f.Diagnostics, manifestcheck.Diagnostic{
			Code: "syntax/invalid", Severity: manifestcheck.Error, Message: "m", Span: tomlsyntax.Span{Start: i * 9, End: i*9 + 3},
		})
	}
	for _, format := range Formats() {
		if got := render(t, format, false, f); !strings.Contains(got, "34994") {
			t.Errorf("%s: the last finding's column is not there", format)
		}
	}
	if got := len(render(t, "text", false, f)); got > n*900 {
		t.Errorf("the report has %d bytes", got)
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("yaml", Options{}); err == nil || !strings.Contains(err.Error(), "text, json, sarif, github, junit") {
		t.Errorf("the error is %v", err)
	}
}

func FuzzReports(f *testing.F) {
	f.Add("a = 1\r\n\tb = \"日本\"\n", 3, 9)
	f.Add("\uFEFF\xff\x00👩‍👩‍👧", 0, 100)
	f.Add(strings.Repeat("\t", 300), 200, 290)
	f.Fuzz(func(t *testing.T, src string, start, end int) {
		start = min(max(start, 0), len(src))
		end = min(max(end, start), len(src))
		file := File{Path: "p", Source: src, Diagnostics: []manifestcheck.Diagnostic{{Code: "syntax/invalid", Severity: manifestcheck.Error, Message: src, Span: tomlsyntax.Span{Start: start, End: end}}}}
		for _, format := range Formats() {
			out := render(t, format, false, file)
			if format == "text" && strings.ContainsAny(out, "\x1b\r\a\x00") {
				t.Fatalf("control characters reach the terminal: %q", out)
			}
		}
	})
}
