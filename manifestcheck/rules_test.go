package manifestcheck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func TestRulesTable(t *testing.T) {
	// The rules that the design of manifests lists; schema/unused-ignore is the one added here.
	want := map[string]string{
		"syntax":     "invalid duplicate-key redefined-table",
		"schema":     "missing-key unknown-key wrong-type invalid-value duplicate-item not-for-kind deprecated-key legacy-shape name-folder-mismatch unused-ignore",
		"version":    "invalid-semver invalid-range empty-range framework-excluded any-range",
		"protocol":   "range-excludes-host module-outside-host module-outside-range export-missing",
		"capability": "write-not-readable path-conflict redundant relative-path parent-traversal invalid-glob too-broad invalid-host invalid-env undeclared-import unused risky",
		"runtime":    "invalid-duration timeout-order memory-too-small memory-out-of-range",
		"module":     "missing not-wasm component malformed unknown-import import-signature too-large outside-folder",
		"export":     "none missing not-a-function signature reserved drift no-allocator",
		"hook":       "unknown-event missing-export conflict not-provided unbound",
		"run":        "health trap timeout memory denied failed",
	}
	got := map[string][]string{}
	for _, r := range Rules() {
		got[r.Group()] = append(got[r.Group()], r.Name())
		for what, text := range map[string]string{"summary": r.Summary, "why": r.Why, "bad": r.Bad, "good": r.Good, "fix": r.Fix} {
			if text == "" {
				t.Errorf("%s has no %s", r.Code, what)
			}
		}
		if r.Severity == Off {
			t.Errorf("%s has no severity", r.Code)
		}
		if want := "https://github.com/samuelpkg/samuel-lsp/blob/main/docs/rules/" + r.Group() + ".md#" + r.Name(); RuleURL(r.Code) != want {
			t.Errorf("%s: address %s, want %s", r.Code, RuleURL(r.Code), want)
		}
	}
	for group, names := range want {
		if diff := cmp.Diff(strings.Fields(names), got[group]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", group, diff)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d groups, want %d", len(got), len(want))
	}
}

// What the rules page calls bad has the diagnostic, and what it calls good has not.
func TestRuleExamples(t *testing.T) {
	for _, r := range Rules() {
		if r.Needs != NeedsText {
			continue
		}
		t.Run(r.Code, func(t *testing.T) {
			codes := func(src string) []string {
				var codes []string
				for _, d := range New(Config{}).Check(tomlsyntax.Parse(src), Facts{}).Diagnostics {
					codes = append(codes, d.Code)
				}
				return codes
			}
			if got := codes(r.Bad); !slices.Contains(got, r.Code) {
				t.Errorf("the bad example has %v:\n%s", got, r.Bad)
			}
			if got := codes(r.Good); slices.Contains(got, r.Code) {
				t.Errorf("the good example has it too:\n%s", r.Good)
			}
		})
	}
}

// Every rule has a marker file of its own with a case that has it and a case that has not.
func TestEveryRuleHasMarkers(t *testing.T) {
	for _, r := range Rules() {
		if r.Needs == NeedsRun {
			continue // tested where runs are, in the server
		}
		path := filepath.Join(markerRoot, r.Group(), r.Name()+".txtar")
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s has no marker file %s", r.Code, path)
			continue
		}
		with, without := 0, 0
		for _, c := range markerCases(t, path) {
			if strings.Contains(c.marked, " "+r.Code+" ") {
				with++
			} else {
				without++
			}
		}
		if with == 0 || without == 0 {
			t.Errorf("%s: %d cases have it and %d have not, want at least one of each", r.Code, with, without)
		}
	}
}

// docs/rules is what the rule table says; "go test -update" writes it.
func TestRulePages(t *testing.T) {
	dir := filepath.Join("..", "docs", "rules")
	pages := RuleDocs()
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for group, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, group+".md"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for group, text := range pages {
		got, err := os.ReadFile(filepath.Join(dir, group+".md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(text, string(got)); diff != "" {
			t.Errorf("docs/rules/%s.md is out of date, run go test -update (-want +got):\n%s", group, diff)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil || len(files) != len(pages) {
		t.Errorf("docs/rules has %d pages (%v), want %d", len(files), err, len(pages))
	}
}

func TestSeverityConfiguration(t *testing.T) {
	const src = "name = \"Lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nsumary = 1\n"
	tests := map[string]struct {
		rules map[string]Severity
		want  map[string]Severity
	}{
		"defaults":                 {nil, map[string]Severity{"schema/invalid-value": Error, "schema/unknown-key": Error}},
		"a rule":                   {map[string]Severity{"schema/invalid-value": Hint}, map[string]Severity{"schema/invalid-value": Hint, "schema/unknown-key": Error}},
		"a group":                  {map[string]Severity{"schema": Warning}, map[string]Severity{"schema/invalid-value": Warning, "schema/unknown-key": Warning}},
		"a rule wins":              {map[string]Severity{"schema": Off, "schema/unknown-key": Information}, map[string]Severity{"schema/unknown-key": Information}},
		"off":                      {map[string]Severity{"schema/invalid-value": Off}, map[string]Severity{"schema/unknown-key": Error}},
		"unknown names are naught": {map[string]Severity{"nothing": Off}, map[string]Severity{"schema/invalid-value": Error, "schema/unknown-key": Error}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := map[string]Severity{}
			for _, d := range New(Config{Rules: tt.rules}).Check(tomlsyntax.Parse(src), Facts{}).Diagnostics {
				got[d.Code] = d.Severity
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if KnownRule("nothing") || !KnownRule("schema") || !KnownRule("export/missing") {
		t.Error("KnownRule knows the wrong names")
	}
}

func TestParseSeverity(t *testing.T) {
	for _, s := range []Severity{Off, Hint, Information, Warning, Error} {
		if got, ok := ParseSeverity(s.String()); !ok || got != s {
			t.Errorf("%s: got %v, %v", s, got, ok)
		}
	}
	if _, ok := ParseSeverity("fatal"); ok {
		t.Error("fatal is a severity")
	}
}
