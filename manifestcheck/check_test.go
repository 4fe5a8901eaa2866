package manifestcheck

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func check(src string) []Diagnostic {
	return New(Config{}).Check(tomlsyntax.Parse(src), Facts{}).Diagnostics
}

// One mistake never hides another: three syntax errors, a wrong host and a missing export.
func TestAllAtOnce(t *testing.T) {
	const src = `name = "lint"
version = "1.0.0
kind = "wasm"
summary "x"

[samuel]
framework = ^2.2.0

[capabilities.network]
hosts = ["https://example.com"]

[wasm]
module = "plugin.wasm"
exports = ["lnt"]
`
	facts, err := parseFacts("func lint () -> i32\nfunc samuel_protocol_version () -> i32\nprotocol 1\n")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, d := range New(Config{}).Check(tomlsyntax.Parse(src), facts).Diagnostics {
		if d.Severity == Error {
			count[d.Code]++
		}
	}
	want := map[string]int{"syntax/invalid": 3, "capability/invalid-host": 1, "export/missing": 1}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The number of diagnostics is bounded, and the last says how many are left out, at their worst severity.
func TestDiagnosticsAreBounded(t *testing.T) {
	for name, n := range map[string]int{"just fits": MaxDiagnostics, "one more": MaxDiagnostics + 1, "far more": 5 * collectLimit} {
		t.Run(name, func(t *testing.T) {
			src := "name = \"lint\"\nversion = \"1.0.0\"\nkind = \"skill\"\nauthors = [\n" + strings.Repeat("1,\n", n) + "]\n"
			got := check(src)
			if n <= MaxDiagnostics {
				if len(got) != n {
					t.Errorf("got %d, want %d", len(got), n)
				}
				return
			}
			last := got[len(got)-1]
			if len(got) != MaxDiagnostics+1 || last.Severity != Error || !strings.Contains(last.Message, "more problems are not shown") {
				t.Errorf("got %d, the last %v", len(got), last)
			}
		})
	}
}

// A checker gives the same answers from many goroutines, and whatever it was asked before.
func TestCheckerIsConcurrent(t *testing.T) {
	c := New(Config{})
	sources := markerSources(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, src := range sources {
				if diff := cmp.Diff(check(src), c.Check(tomlsyntax.Parse(src), Facts{}).Diagnostics); diff != "" {
					t.Errorf("answers differ for\n%s\n%s", src, diff)
				}
			}
		})
	}
	wg.Wait()
}

// A manifest without an error loads, and one that does not load has an error.
func TestErrorsAreWhatDoesNotLoad(t *testing.T) {
	for _, path := range markerFiles(t) {
		for _, c := range markerCases(t, path) {
			_, err := manifest.Decode(c.source)
			refused := false
			for _, d := range check(c.source) {
				refused = refused || d.Severity == Error
			}
			if err != nil && !refused && !strings.Contains(c.source, ignoreMark) {
				t.Errorf("%s %s: no error, and the framework says %v", path, c.name, err)
			}
		}
	}
}

func TestModel(t *testing.T) {
	const src = `name = "lint"
kind = "wasm"
version = 5

[capabilities]
exec = true
filesystem = { read = ["/workspace", "/etc"], write = ["/workspace/docs"] }
network.hosts = ["a.example.com"]
samuel.api = true
assistant.invoke = false

[wasm]
module = "plugin.wasm"
exports = ["lint"]
hook_handlers = { "sync.after" = "lint" }

[hooks]
"quality.check" = "other"

[runtime]
exports = ["lint", 5, "more"]
timeout = "1s"
hard_timeout = "soon"
max_memory = 9999
`
	m := New(Config{}).Check(tomlsyntax.Parse(src), Facts{}).Model
	at := func(s tomlsyntax.Span) string { return src[s.Start:s.End] }
	var got []string
	add := func(parts ...string) { got = append(got, strings.Join(parts, " ")) }
	add("name", m.Name.Text, at(m.Name.Span), at(m.Name.KeySpan))
	add("version", m.Version.Text, at(m.Version.Span))
	add("module", m.ModulePath.Text)
	add("headers", at(m.WasmHeader), at(m.CapabilitiesHeader), at(m.RuntimeHeader))
	for _, e := range m.Exports {
		add("export", e.Name, at(e.Span), e.Where)
	}
	for _, b := range m.Bindings {
		add("bound", b.Event, at(b.EventSpan), b.Export, at(b.ExportSpan), b.Where)
	}
	for _, r := range m.Requests {
		risky := ""
		if r.Risky {
			risky = "risky"
		}
		add("asks", r.Capability+":", r.String(), at(r.Span), risky)
	}
	add("budgets", m.Budgets.Timeout.String(), m.Budgets.HardTimeout.String())
	want := []string{
		`name lint "lint" name`,
		`version  5`,
		`module plugin.wasm`,
		`headers wasm capabilities runtime`,
		`export lint "lint" wasm.exports`,
		`export lint "lint" runtime.exports`,
		`export more "more" runtime.exports`,
		`bound quality.check "quality.check" other "other" hooks`,
		`bound sync.after "sync.after" lint "lint" wasm.hook_handlers`,
		`asks exec: exec true risky`,
		`asks filesystem.read: read /workspace "/workspace" `,
		`asks filesystem.read: read /etc "/etc" risky`,
		`asks filesystem.write: write /workspace/docs "/workspace/docs" risky`,
		`asks network.outbound: network a.example.com "a.example.com" risky`,
		`asks samuel.api: samuel.api true risky`,
		`budgets 1s 30s`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m.Version.OK || !m.Version.Present() || m.Budgets.MaxMemoryMiB != manifest.DefaultMaxMemoryMiB {
		t.Errorf("version %+v, budgets %+v", m.Version, m.Budgets)
	}
}

func TestNearest(t *testing.T) {
	events := choiceNames(Events())
	tests := []struct {
		name string
		in   []string
		want string
	}{
		{"sumary", []string{"name", "summary"}, "summary"},
		{"host", []string{"hosts", "outbound"}, "hosts"},
		{"quality-check", events, "quality.check"},
		{"before_loop", events, "before:loop"},
		{"on-save", events, ""},
		{"foo", []string{"skill", "wasm", "oci", "meta"}, ""},
		{"exort", []string{"exports", "module"}, "exports"},
		{"x", []string{"y"}, "y"},
		{"", []string{"abc"}, ""},
		{"whatever", nil, ""},
	}
	for _, tt := range tests {
		if got := nearest(tt.name, tt.in); got != tt.want {
			t.Errorf("nearest(%q): got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What plainRange lets pass without a look has nothing to report.
func TestPlainRange(t *testing.T) {
	plain := []string{"^1", "^1.2", "^1.2.3", "~0.2", "1.2.3", "0.0.0", "^0", "10.20.30"}
	for _, s := range plain {
		if !plainRange(s) {
			t.Errorf("%q is not plain", s)
		}
		for _, d := range check("[requires]\nother = \"" + s + "\"\n") {
			if strings.HasPrefix(d.Code, "version/") {
				t.Errorf("%q has %s", s, d.Code)
			}
		}
	}
	for _, s := range []string{"", "^", "*", "1.*", "01.2", "1..2", "1.", ".1", "1.2.3.4", "^^1", ">=1", "1-a", "1234567890", "^1 "} {
		if plainRange(s) {
			t.Errorf("%q is plain", s)
		}
	}
}
