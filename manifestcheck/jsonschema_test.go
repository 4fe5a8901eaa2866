package manifestcheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("manifest.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate decodes TOML and asks the JSON Schema.
func validate(t *testing.T, s *jsonschema.Schema, src string) error {
	t.Helper()
	var v map[string]any
	if _, err := toml.Decode(src, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// The JSON Schema accepts what the checker calls clean, and refuses what the table alone refuses.
func TestJSONSchemaAgrees(t *testing.T) {
	s := compileSchema(t)
	for _, path := range markerFiles(t) {
		for _, c := range markerCases(t, path) {
			if strings.HasPrefix(c.name, "clean") && !strings.Contains(c.source, "samuel-lsp: ignore") {
				if err := validate(t, s, strings.TrimPrefix(c.source, "\ufeff")); err != nil {
					t.Errorf("%s %s: clean, and refused: %v", path, c.name, err)
				}
			}
		}
	}
	const skill = "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\n"
	refused := map[string]string{
		"missing name":         "version = \"0.1.0\"\nkind = \"skill\"\n",
		"unknown key":          skill + "sumary = \"x\"\n",
		"unknown nested key":   skill + "[capabilities.network]\nhost = []\n",
		"wrong type":           skill + "capabilities.exec = \"yes\"\n",
		"wrong item":           skill + "authors = [1]\n",
		"unknown kind":         "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"foo\"\n",
		"wasm without a table": "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n",
		"oci without an image": "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"oci\"\n[capabilities]\n[oci]\n",
		"meta with nothing":    "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"meta\"\n[requires]\n",
		"unpinned image":       "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"oci\"\n[capabilities]\n[oci]\nimage = \"a:latest\"\n",
		"memory out of range":  skill + "runtime.max_memory = 0\n",
		"unknown event":        skill + "[hooks]\nnever = \"x\"\n",
		"duplicate item":       skill + "authors = [\"a\", \"a\"]\n",
		"version of two parts": "name = \"lint\"\nversion = \"0.1\"\nkind = \"skill\"\n",
		"leading zero":         "name = \"lint\"\nversion = \"0.1.0-01\"\nkind = \"skill\"\n",
		"no duration":          skill + "runtime.timeout = \"5 seconds\"\n",
		"bad name":             "name = \"Bad_Name\"\nversion = \"0.1.0\"\nkind = \"skill\"\n",
	}
	for name, src := range refused {
		if validate(t, s, src) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The patterns of versions and durations take what the checks take, and nothing else but durations
// that are not above 0.
func TestJSONSchemaPatterns(t *testing.T) {
	s := compileSchema(t)
	for _, version := range []string{
		"0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3-0", "1.2.3--", "1.2.3-0a.b-1+001.x", "1.2.3+b",
		"", "1", "1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-00", "1.2.3-a..b", "1.2.3+", "1.2.3+a_b", "1.2.3 ", "1.2.3.4",
	} {
		_, problem := semrange.ParseSemver(version)
		accepted := validate(t, s, fmt.Sprintf("name = \"lint\"\nversion = %q\nkind = \"skill\"\n", version)) == nil
		if accepted != (problem == nil) {
			t.Errorf("version %q: accepted %t, and the check says %v", version, accepted, problem)
		}
	}
	for _, limit := range []string{"5s", "1m30s", "+1.5h", ".5s", "1.s", "2µs", "3μs", "4us", "1ns", "", "5", "s", "5 s", "-5s", "1.5.5s", "5sec", "1d", "."} {
		d, err := time.ParseDuration(limit)
		accepted := validate(t, s, fmt.Sprintf("name = \"lint\"\nversion = \"0.1.0\"\nkind = \"skill\"\nruntime.timeout = %q\n", limit)) == nil
		if accepted != (err == nil && d > 0) {
			t.Errorf("duration %q: accepted %t, and it is %s, %v", limit, accepted, d, err)
		}
	}
}
