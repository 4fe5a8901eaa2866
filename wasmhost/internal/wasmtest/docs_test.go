package wasmtest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "copy the sample plugins into docs/plugins.md")

// shown matches a fenced block that shows a file: its opening line, the file, and the text.
var shown = regexp.MustCompile("(?ms)^(```[a-z]+ file=(\\S+)\n)(.*?)^```$")

// TestDocsShowTheSamples keeps what the documentation prints identical to the plugins that are
// built and run.
func TestDocsShowTheSamples(t *testing.T) {
	root := filepath.Dir(testdata())
	path := filepath.Join(root, "docs", "plugins.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	fresh := shown.ReplaceAllFunc(text, func(block []byte) []byte {
		m := shown.FindSubmatch(block)
		name := string(m[2])
		found[filepath.Ext(name)] = true
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
			return block
		}
		if !bytes.Equal(source, m[3]) && !*update {
			t.Errorf("docs/plugins.md shows another %s than there is; run this test with -update", name)
		}
		return []byte(string(m[1]) + string(source) + "```")
	})
	if got := len(found); got != 5 {
		t.Errorf("%d kinds of file are shown, want a manifest and four languages", got)
	}
	if *update {
		if err := os.WriteFile(path, fresh, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDocsShowTheBuildCommands looks for each command in the script that builds the plugin.
func TestDocsShowTheBuildCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(testdata()), "docs", "plugins.md"))
	if err != nil {
		t.Fatal(err)
	}
	for plugin, flags := range map[string]string{
		"go-lint":   "-buildmode=c-shared -trimpath -ldflags='-s -w' -o plugin.wasm",
		"c-lint":    "-Wl,--no-entry -Wl,--strip-debug -o plugin.wasm lint.c",
		"rust-lint": "-C opt-level=z -C lto=fat -C panic=abort -C strip=debuginfo",
		"as-lint":   "lint.ts -Oz --noAssert --runtime minimal --use abort= -o plugin.wasm",
	} {
		script, err := os.ReadFile(filepath.Join(PluginsDir(), plugin, "build.sh"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), flags) || !strings.Contains(string(script), flags) {
			t.Errorf("docs/plugins.md or %s/build.sh lacks %q", plugin, flags)
		}
	}
}
