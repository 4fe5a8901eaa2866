package manifestcheck

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// No text takes much longer than a clean one of its size: what a rule does for each finding is bounded.
func TestHostileTextsAreCheckedInTime(t *testing.T) {
	const (
		size = 256 << 10
		most = 150 // times what a clean manifest takes
	)
	check := func(src string) (time.Duration, []Diagnostic) {
		start := time.Now()
		got := New(Config{}).Check(tomlsyntax.Parse(src), Facts{}).Diagnostics
		return time.Since(start), got
	}
	clean := benchManifest(size)
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const head = "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n"
	tests := map[string]string{
		"unknown keys":           numbered("key-%d = 1\n"),
		"unknown tables":         numbered("[table-%d]\n"),
		"near tables":            numbered("[capabilitie-%d]\n"),
		"wrong items":            head + "authors = [" + strings.Repeat("1,", size/2) + "]\n",
		"wrong items on lines":   head + "authors = [\n" + strings.Repeat("1,\n", size/3) + "]\n",
		"equal items":            head + "authors = [" + strings.Repeat("\"a\",", size/4) + "]\n",
		"different items":        head + "authors = [" + numbered("\"a%d\",") + "]\n",
		"bad plugin names":       head + "[requires]\n" + numbered("Plugin_%d = \"^1\"\n"),
		"bad ranges":             head + "[requires]\n" + numbered("plugin-%d = \"x\"\n"),
		"ignores":                head + numbered("# samuel-lsp: ignore[schema/unknown-key] %d\n"),
		"ignores of each line":   head + numbered("key-%d = 1 # samuel-lsp: ignore[schema/unknown-key]\n"),
		"unknown ignores":        head + numbered("# samuel-lsp: ignore[nothing-%d]\n"),
		"ignores in one comment": head + "# samuel-lsp: ignore[" + numbered("nothing-%d,") + "]\n",
		"ignores in one array":   head + "authors = [\n" + numbered("# samuel-lsp: ignore[schema/x%d]\n") + "]\n",
		"bindings":               head + "[hooks]\n" + numbered("event-%d = \"x\"\n"),
		"exports":                head + "[wasm]\nexports = [" + numbered("\"e%d\",") + "]\n[runtime]\nexports = [" + numbered("\"f%d\",") + "]\n",
		"hosts":                  head + "[capabilities.network]\nhosts = [" + numbered("\"h%d.example.com\",") + "]\n",
		"paths":                  head + "[capabilities.filesystem]\nread = [" + numbered("\"/workspace/%d/**\",") + "]\nwrite = [" + numbered("\"/workspace/w%d\",") + "]\n",
		"old permissions":        head + "[capabilities]\nfilesystem = [" + numbered("{ read = \"/workspace/%d\" },") + "]\n",
		"old plugins":            head + "[requires]\nplugins = [" + numbered("\"p-%d\",") + "]\n",
		"old hosts moved":        head + "[capabilities.network]\nhosts = [\"a\"]\noutbound = [" + numbered("\"h%d.example.com\",") + "]\n",
		"old arguments":          head + "[oci]\nruntime_args = [" + numbered("\"--cpus=%d\",") + "]\n",
		"old plugin table":       "[plugin]\n" + numbered("key-%d = \"x\"\n"),
		"broken lines":           head + numbered("key-%d\n"),
		"one key":                head + strings.Repeat("name = \"lint\"\n", size/14),
		"deep":                   head + "authors = " + strings.Repeat("[", size/2) + strings.Repeat("]", size/2) + "\n",
	}
	for name, src := range tests {
		t.Run(name, func(t *testing.T) {
			// The best of some tries, by turns with the clean one, so that the machine does not matter.
			took, best := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for range 5 {
				c, _ := check(clean)
				best = min(best, c)
				d, got := check(src)
				if len(got) > MaxDiagnostics+1 {
					t.Fatalf("got %d diagnostics", len(got))
				}
				if took = min(took, d); took <= most*best {
					return
				}
			}
			t.Errorf("takes %s, a clean manifest of that size %s", took, best)
		})
	}
}
