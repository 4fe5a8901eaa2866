package wasmtest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// workspaceDir is the sample workspace.
func workspaceDir() string { return filepath.Join(testdata(), "workspace") }

func TestWorkspaceHoldsTheSamplePlugin(t *testing.T) {
	for _, name := range []string{"plugin.wasm", "samuel-plugin.toml"} {
		want, err := os.ReadFile(filepath.Join(PluginsDir(), "c-lint", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(workspaceDir(), ".samuel", "plugins", "c-lint", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("the installed %s is no copy of testdata/plugins/c-lint/%s", name, name)
		}
	}
}

func TestTidy(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(workspaceDir(), "tidy", "plugin.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	text := "good\nbad \n\tworse\t\r\n" + "a line of thirty-one characters\nlast "
	if err := os.WriteFile(filepath.Join(root, "file"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r, compiled := newPlugin(t, module)
	h := &host{root: root, config: map[string]string{"tidy.max_columns": "30"}}
	if reply := h.call(t, r, compiled, `{"path": "/workspace/file"}`); reply != `{"ok":true}` {
		t.Errorf("reply %q", reply)
	}
	at := func(line, column int, severity, rule, message string) finding {
		return finding{Path: "/workspace/file", Line: line, Column: column, Severity: severity, Rule: rule, Message: message}
	}
	want := []finding{
		at(2, 4, "warning", "trailing-blank", "this line ends in a blank"),
		at(3, 7, "warning", "trailing-blank", "this line ends in a blank"),
		at(4, 31, "information", "line-length", "this line is too long"),
		at(5, 5, "warning", "trailing-blank", "this line ends in a blank"),
	}
	if diff := cmp.Diff(want, h.findings); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if got, want := h.log.String(), "info /workspace/file: 5 lines, 4 to tidy\n"; got != want {
		t.Errorf("log %q, want %q", got, want)
	}
}
