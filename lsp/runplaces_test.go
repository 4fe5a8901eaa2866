package lsp_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

const lintManifest = `name = "lint"
version = "1.0.0"
kind = "wasm"
[capabilities.filesystem]
read = ["/workspace/src/**"]
[wasm]
module = "build/lint.wasm"
exports = ["lint"]
[hooks]
"quality.check" = "lint"
`

// installed opens a project with an installed plugin; its module has the name that all have there.
func installed(t *testing.T, h *fakeHost, more string) *lsptest.Editor {
	t.Helper()
	archive := "-- samuel.toml --\n-- src/main.go --\npackage main\n-- other.txt --\nhello\n" +
		"-- .samuel/plugins/lint/samuel-plugin.toml --\n" + lintManifest + "-- .samuel/plugins/lint/notes.txt --\nhello\n" + more
	e := lsptest.Start(t, archive, runConfig(t, h))
	e.Write(".samuel/plugins/lint/plugin.wasm", lintModule(t))
	e.Initialize()
	return e
}

func TestInstalledPluginsRunForWhatTheyMayRead(t *testing.T) {
	for _, tt := range []struct {
		name, saved, more string
		runs              bool
	}{
		{"a file it may read", "src/main.go", "", true},
		{"another file", "other.txt", "", false},
		{"a file of its own", ".samuel/plugins/lint/notes.txt", "", false},
		{"shadowed by a plugin under development", "src/main.go", "-- dev/samuel-plugin.toml --\n" + lintManifest, false},
		{"another one is under development", "src/main.go", "-- dev/samuel-plugin.toml --\n" + tidyManifest, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			e := installed(t, h, tt.more)
			e.Open(tt.saved)
			e.Save(tt.saved) // while the workspace is still searched: what shadows what is not known yet
			e.AwaitState("the search", func(s *lsp.Snapshot) bool { return s.Scanned && e.Server.SavesTaken() })
			if _, err := execute(e, "samuel.runHook", string(e.URI(".samuel/plugins/lint/samuel-plugin.toml")), "lint"); err != nil {
				t.Fatal(err)
			}
			// The run on save comes before or after the one by hand; the end of the session is after both.
			if tt.runs {
				h.await(t, 2)
			}
			e.Close()
			if n := len(h.await(t, 1)); tt.runs != (n == 2) {
				t.Errorf("%d runs", n)
			}
		})
	}
}

func TestAnInstalledPluginIsHealthy(t *testing.T) {
	const name = ".samuel/plugins/lint/samuel-plugin.toml"
	e := installed(t, newFakeHost(), "")
	e.Open(name)
	awaitTitle(t, e, name, "health ok · protocol 1 · 0.3 ms")
	e.AwaitDiagnostics(name, func(d []protocol.Diagnostic) bool { return !slices.Contains(lsptest.Codes(d), "module/missing") })
}

// A workspace that is opened through a symbolic link keeps the names that the editor has for it.
func TestALinkedWorkspace(t *testing.T) {
	h := newFakeHost()
	h.answer = finding("/workspace/tidy/a.txt")
	cfg := runConfig(t, h)
	cfg.Folders = []string{"link"}
	e := lsptest.Start(t, "-- real/samuel.toml --\n-- real/tidy/samuel-plugin.toml --\n"+tidyManifest+"-- real/tidy/a.txt --\nhello\n", cfg)
	if err := os.Symlink("real", filepath.Join(e.Dir, "link")); err != nil {
		t.Fatal(err)
	}
	e.Write("real/tidy/plugin.wasm", lintModule(t))
	e.Initialize()
	e.Open("link/tidy/samuel-plugin.toml")
	e.Open("link/tidy/a.txt")
	e.Save("link/tidy/a.txt")
	if got := h.await(t, 1)[0].ProjectRoot; got != filepath.Join(e.Dir, "link") {
		t.Errorf("the project's root is %s", got)
	}
	e.AwaitDiagnostics("link/tidy/a.txt", func(d []protocol.Diagnostic) bool { return len(d) == 1 })
	awaitTitle(t, e, "link/tidy/samuel-plugin.toml", "ok · 1.0 ms")
}

// An editor without a folder still runs the plugin whose files it edits.
func TestAnEditorWithoutAFolder(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	cfg.Folders = []string{}
	e := lsptest.Start(t, "-- samuel.toml --\n-- tidy/samuel-plugin.toml --\n"+tidyManifest+"-- tidy/src/lint.c --\nint x;\n", cfg)
	e.Write("tidy/plugin.wasm", lintModule(t))
	e.Initialize()
	e.Open("tidy/src/lint.c")
	e.Save("tidy/src/lint.c")
	if got := filesOf(t, h.await(t, 1)[0]); !slices.Equal(got, []string{"/workspace/tidy/src/lint.c"}) {
		t.Errorf("the run was told of %q", got)
	}
}
