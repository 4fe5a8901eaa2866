package lsp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// A build that replaces the module leads to a check of its health, however it is laid out and
// whoever watches the files.
func TestEveryBuildIsChecked(t *testing.T) {
	// Two builds differ in the last byte, which the host takes for their health.
	build := func(health int) string { return lintModule(t) + "\x00\x02\x01" + string(rune(health)) }
	lastByte := func(module string) int32 {
		data, err := os.ReadFile(module)
		if err != nil || len(data) == 0 {
			return -1
		}
		return int32(data[len(data)-1])
	}
	link := func(t *testing.T, e *lsptest.Editor, target string) {
		if err := os.Symlink(filepath.FromSlash(target), filepath.Join(e.Dir, "tidy", "plugin.wasm")); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name    string
		module  string // as the manifest has it
		written string // by a build, below the plugin's folder
		prepare func(t *testing.T, e *lsptest.Editor)
		stamp   time.Time // which a build gives what it writes
		first   string    // the lens before
	}{
		{name: "in place", module: "plugin.wasm", written: "plugin.wasm", first: "not built"},
		{name: "with the times of the sources", module: "plugin.wasm", written: "plugin.wasm", stamp: time.Now().Add(-time.Hour), first: "not built"},
		{
			name: "behind a link", module: "plugin.wasm", written: "out/lint.wasm", first: "health failed (3)",
			prepare: func(t *testing.T, e *lsptest.Editor) {
				e.Write("tidy/out/lint.wasm", build(3))
				link(t, e, "out/lint.wasm")
			},
		},
		{
			name: "behind a link to what is not built yet", module: "plugin.wasm", written: "out/lint.wasm", first: "not built",
			prepare: func(t *testing.T, e *lsptest.Editor) { link(t, e, "out/lint.wasm") },
		},
		{name: "in folders that the build makes", module: "target/wasm32/release/lint.wasm", written: "target/wasm32/release/lint.wasm", first: "not built"},
	} {
		for who, watches := range map[string]bool{"the editor": true, "the server": false} {
			t.Run(tt.name+", watched by "+who, func(t *testing.T) {
				h := newFakeHost()
				h.health = lastByte
				cfg := runConfig(t, h)
				capabilities := cfg.Capabilities
				cfg.Capabilities = func(c *protocol.ClientCapabilities) {
					capabilities(c)
					c.Workspace.DidChangeWatchedFiles.DynamicRegistration = &watches
				}
				e := lsptest.Start(t, project(t, strings.Replace(tidyManifest, "plugin.wasm", tt.module, 1)), cfg)
				if tt.prepare != nil {
					tt.prepare(t, e)
				}
				e.Initialize()
				e.Open(manifestName)
				awaitTitle(t, e, manifestName, tt.first)
				for _, health := range []int{4, 5, 6} {
					e.Write("tidy/"+tt.written, build(health))
					if !tt.stamp.IsZero() {
						if err := os.Chtimes(filepath.Join(e.Dir, "tidy", filepath.FromSlash(tt.written)), tt.stamp, tt.stamp); err != nil {
							t.Fatal(err)
						}
					}
					if watches {
						e.FileChanged("tidy/"+tt.written, protocol.FileChangeTypeChanged)
					}
					awaitTitle(t, e, manifestName, fmt.Sprintf("health failed (%d)", health))
				}
			})
		}
	}
}
