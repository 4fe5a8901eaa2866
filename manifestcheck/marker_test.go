package manifestcheck

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// Marker files are txtar archives below testdata/markers, one for each rule: <group>/<name>.txtar.
//
// A file CASE.toml in an archive is a manifest with its diagnostics written below the lines they
// start on, in lines that begin with "#!" and are no part of the checked text:
//
//	sumary = "typo"
//	#! error schema/unknown-key `sumary` unknown key "sumary" ...
//	#!   related 7 `summary` summary is here already
//	#!   fix safe rename to summary
//	#!   - sumary = "typo"
//	#!   + summary = "typo"
//
// The range is given by its text; `text`#2 is the second such text of the line, @4 an empty range
// before the fifth byte. All is compared exactly, and written anew by "go test -update".
// CASE.facts says what is known of module and folder (see parseFacts), CASE.config how to check
// (see parseConfig). A case whose name begins with "clean" must have no error and no warning. Every fix
// must mend its diagnostic and leave the file as valid as it was.

var update = flag.Bool("update", false, "write the expectations of marker files and the generated pages anew")

const markerRoot = "testdata/markers"

type markerCase struct {
	archive, name string
	source        string // without markers
	marked        string // as it stands in the archive
	facts         Facts
	config        Config
}

// markerCases reads every case of every archive, or of one.
func markerCases(t testing.TB, path string) []markerCase {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	side := map[string]string{}
	for _, f := range ar.Files {
		side[f.Name] = string(f.Data)
	}
	var cases []markerCase
	for _, f := range ar.Files {
		name, ok := strings.CutSuffix(f.Name, ".toml")
		if !ok {
			continue
		}
		c := markerCase{archive: path, name: name, marked: string(f.Data), source: unmark(string(f.Data))}
		if c.facts, err = parseFacts(side[name+".facts"]); err != nil {
			t.Fatalf("%s: %s.facts: %v", path, name, err)
		}
		if c.config, c.source, err = parseConfig(side[name+".config"], c.source); err != nil {
			t.Fatalf("%s: %s.config: %v", path, name, err)
		}
		cases = append(cases, c)
	}
	return cases
}

func markerFiles(t testing.TB) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(markerRoot, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txtar") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// markerSources are the manifests of all cases.
func markerSources(t testing.TB) []string {
	t.Helper()
	var sources []string
	for _, path := range markerFiles(t) {
		for _, c := range markerCases(t, path) {
			sources = append(sources, c.source)
		}
	}
	return sources
}

func TestMarkers(t *testing.T) {
	for _, path := range markerFiles(t) {
		name, _ := filepath.Rel(markerRoot, strings.TrimSuffix(path, ".txtar"))
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			got := map[string]string{}
			for _, c := range markerCases(t, path) {
				t.Run(c.name, func(t *testing.T) { got[c.name+".toml"] = runMarkerCase(t, c) })
			}
			if *update {
				updateArchive(t, path, got)
			}
		})
	}
}

// runMarkerCase checks one case and returns the text with the markers it should have.
func runMarkerCase(t *testing.T, c markerCase) string {
	t.Helper()
	check := New(c.config)
	tree := tomlsyntax.Parse(c.source)
	diags := check.Check(tree, c.facts).Diagnostics
	marked := mark(c.source, diags)
	if !*update {
		if diff := cmp.Diff(c.marked, marked); diff != "" {
			t.Errorf("diagnostics differ (-want +got):\n%s", diff)
		}
	}
	for _, d := range diags {
		if strings.HasPrefix(c.name, "clean") && d.Severity >= Warning {
			t.Errorf("a clean manifest has %s %s: %s", d.Severity, d.Code, d.Message)
		}
		for _, f := range d.Fixes {
			checkFix(t, check, c, tree, diags, d, f)
		}
	}
	return marked
}

// checkFix applies a fix and looks whether it mends its diagnostic and nothing breaks.
func checkFix(t *testing.T, check *Checker, c markerCase, tree *tomlsyntax.Tree, all []Diagnostic, d Diagnostic, f Fix) {
	t.Helper()
	fixed := applyAll(tree, f.Edits)
	if len(fixed.Errors()) > len(tree.Errors()) {
		t.Errorf("%s: the fix %q breaks the file:\n%s", d.Code, f.Title, fixed.Source())
	}
	same := func(ds []Diagnostic) int {
		n := 0
		for _, x := range ds {
			if x.Code == d.Code && x.Message == d.Message {
				n++
			}
		}
		return n
	}
	if after := check.Check(fixed, c.facts).Diagnostics; same(after) >= same(all) {
		t.Errorf("%s: the fix %q does not mend it:\n%s", d.Code, f.Title, fixed.Source())
	}
}

func updateArchive(t *testing.T, path string, got map[string]string) {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ar.Files {
		if text, ok := got[ar.Files[i].Name]; ok {
			ar.Files[i].Data = []byte(text)
		}
	}
	if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
		t.Fatal(err)
	}
}

const markerPrefix = "#!"

func unmark(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, markerPrefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// mark writes diagnostics below the lines that they start on. It undoes what parseConfig does to
// line endings and to the file's ends.
func mark(src string, diags []Diagnostic) string {
	lines := slices.Collect(strings.Lines(src))
	if len(lines) == 0 {
		lines = []string{""}
	}
	var b strings.Builder
	start := 0
	rest := diags
	for i, line := range lines {
		shown := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if i == 0 {
			shown = strings.TrimPrefix(shown, "\ufeff")
		}
		if line != "" {
			b.WriteString(shown + "\n")
		}
		end := start + len(line)
		for len(rest) > 0 && (rest[0].Span.Start < end || i == len(lines)-1) {
			writeMarker(&b, src, rest[0])
			rest = rest[1:]
		}
		start = end
	}
	return b.String()
}

func writeMarker(b *strings.Builder, src string, d Diagnostic) {
	fmt.Fprintf(b, "%s %s %s %s %s", markerPrefix, d.Severity, d.Code, place(src, d.Span), d.Message)
	for _, tag := range d.Tags {
		b.WriteString(map[Tag]string{Deprecated: " {deprecated}", Unnecessary: " {unnecessary}"}[tag])
	}
	b.WriteString("\n")
	for _, r := range d.Related {
		fmt.Fprintf(b, "%s   related %d %s %s\n", markerPrefix, 1+strings.Count(src[:r.Span.Start], "\n"), place(src, r.Span), r.Message)
	}
	for _, f := range d.Fixes {
		safe := ""
		if f.Safe {
			safe = " safe"
		}
		fmt.Fprintf(b, "%s   fix%s %s\n", markerPrefix, safe, f.Title)
		removed, added := changedLines(src, applyAll(tomlsyntax.Parse(src), f.Edits).Source())
		for _, l := range removed {
			fmt.Fprintf(b, "%s\n", strings.TrimRight(markerPrefix+"   - "+strings.TrimRight(l, "\r\n"), " "))
		}
		for _, l := range added {
			fmt.Fprintf(b, "%s\n", strings.TrimRight(markerPrefix+"   + "+strings.TrimRight(l, "\r\n"), " "))
		}
	}
}

// place gives a range by its text, as the doc comment above says.
func place(src string, s tomlsyntax.Span) string {
	line := strings.LastIndexByte(src[:s.Start], '\n') + 1
	text := src[s.Start:s.End]
	if text == "" {
		return fmt.Sprintf("@%d", s.Start-line)
	}
	nth := 1 + strings.Count(src[line:s.Start], text)
	out := "`" + text + "`"
	if strings.ContainsAny(text, "`\r\n") {
		out = fmt.Sprintf("%q", text)
	}
	if nth > 1 {
		out += fmt.Sprintf("#%d", nth)
	}
	return out
}

// changedLines are the lines of a and b between what they begin and end with alike.
func changedLines(a, b string) (removed, added []string) {
	x, y := slices.Collect(strings.Lines(a)), slices.Collect(strings.Lines(b))
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return x, y
}
