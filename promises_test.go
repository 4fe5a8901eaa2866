package arrows

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// proof is how a document names the test of what it promises: [`TestName`](path/to/file_test.go).
var proof = regexp.MustCompile("\\[`((?:Test|Fuzz|Benchmark)\\w+)`\\]\\(([^)]+)\\)")

// Every test that a document points to exists, in the file it names.
func TestPromisesAreTested(t *testing.T) {
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, doc := range append(documents, "SECURITY.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range proof.FindAllStringSubmatch(string(text), -1) {
			named++
			test, file := m[1], filepath.Join(filepath.Dir(doc), m[2])
			source, err := os.ReadFile(file)
			if err != nil {
				t.Errorf("%s: %s: %v", doc, test, err)
			} else if !strings.Contains(string(source), "func "+test+"(") {
				t.Errorf("%s: there is no %s in %s", doc, test, file)
			}
		}
	}
	if named == 0 {
		t.Error("no document names a test")
	}
}

// Every promise of SECURITY.md names at least one test.
func TestEachPromiseNamesATest(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, promises, ok := strings.Cut(string(text), "\n## Promises\n")
	promises, _, ends := strings.Cut(promises, "\n## ")
	if !ok || !ends {
		t.Fatal("SECURITY.md has no section Promises with another one after it")
	}
	rows := 0
	for line := range strings.Lines(promises) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| promise") {
			continue
		}
		rows++
		if !proof.MatchString(line) {
			t.Errorf("this promise names no test: %s", line)
		}
	}
	if rows == 0 {
		t.Error("nothing is promised")
	}
}
