package tiered_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Without a folder that can be used, plugins run all the same, and the first run's log says why
// nothing is kept.
func TestRunsWithoutADiskCache(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"a file in its place": blocked,
		"below a file":        filepath.Join(blocked, "cache"),
	} {
		t.Run(name, func(t *testing.T) {
			c := newChild(t, dir)
			path := install(t, wasmhost.BuildFixtureWasm(0, 1))
			var said []string
			hooks := c.hooks(false)
			hooks.Event = func(e call.Event) {
				if e.Log != nil {
					said = append(said, e.Log.Text)
				}
			}
			for range 2 {
				if res := c.exec.Execute(context.Background(), probe(path), hooks); res.Outcome.Word != call.OK {
					t.Errorf("the call ended with %s", res.Outcome)
				}
			}
			if len(said) != 1 || !strings.Contains(said[0], "compiled modules are not kept on disk") {
				t.Errorf("the log says %q", said)
			}
		})
	}
}
