package lsp

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/protocol"
)

// TestFeaturesAreDocumented compares docs/features.md with what the server handles and announces.
func TestFeaturesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/features.md")
	if err != nil {
		t.Fatal(err)
	}
	methods, capabilities, tests := map[string]bool{}, map[string]bool{}, map[string]bool{}
	quoted := regexp.MustCompile("`([^`]+)`")
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "-") || strings.TrimSpace(cells[1]) == "feature" {
			continue
		}
		for i, set := range []map[string]bool{methods, capabilities, tests} {
			for _, m := range quoted.FindAllStringSubmatch(cells[i+2], -1) {
				set[m[1]] = true
			}
		}
	}

	requests, _, notifications := tables(features())
	handled := slices.Concat(slices.Collect(maps.Keys(requests)), slices.Collect(maps.Keys(notifications)))
	slices.Sort(handled)
	if diff := cmp.Diff(handled, slices.Sorted(maps.Keys(methods))); diff != "" {
		t.Errorf("methods handled (-) and documented (+):\n%s", diff)
	}
	if diff := cmp.Diff(announced(t), slices.Sorted(maps.Keys(capabilities))); diff != "" {
		t.Errorf("capabilities announced (-) and documented (+):\n%s", diff)
	}
	there := existingTests(t)
	for name := range tests {
		if !there[name] {
			t.Errorf("there is no test %s", name)
		}
	}
}

// announced are the capabilities announced to a client that can do everything the server asks about.
func announced(t *testing.T) []string {
	t.Helper()
	client := newClient(&protocol.InitializeParams{Capabilities: protocol.ClientCapabilities{
		TextDocument: &protocol.TextDocumentClientCapabilities{Diagnostic: &protocol.DiagnosticClientCapabilities{}},
	}})
	caps := protocol.ServerCapabilities{PositionEncoding: protocol.PositionEncodingKindUTF16}
	for _, f := range features() {
		if f.advertise != nil {
			f.advertise(&caps, client)
		}
	}
	raw, err := protocol.Marshal(&caps)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "experimental")
	return slices.Sorted(maps.Keys(fields))
}

// existingTests are the test functions of the package and its marker files.
func existingTests(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	files, _ := filepath.Glob("*_test.go")
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range function.FindAllSubmatch(src, -1) {
			all[string(m[1])] = true
		}
	}
	markers, _ := filepath.Glob("testdata/markers/*.txtar")
	for _, m := range markers {
		all[filepath.Base(m)] = true
	}
	return all
}
