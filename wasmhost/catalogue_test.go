package wasmhost

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// needsProcess are the cases that only killing a process stops or survives: the guest's cooperation
// does not reach into a call tree without loops, a bulk instruction, or a compilation, and tables
// and stacks lie outside of the memory limit. Package pool runs them all.
var needsProcess = map[string]bool{
	"recursion-without-loop": true,
	"bulk-fill-stall":        true,
	"bulk-copy-stall":        true,
	"bulk-table-stall":       true,
	"compile-nested-blocks":  true,
	"table-grow-bomb":        true,
	"table-initial-huge":     true,
}

// TestCatalogue runs every module of the catalogue that can be held in this process, and looks
// afterwards for what should not have changed.
func TestCatalogue(t *testing.T) {
	rt := newTestRuntime(t, t.TempDir())
	for _, c := range wasmtest.Catalogue(t) {
		if needsProcess[c.Name] {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			if c.TimesOut() {
				t.Parallel()
			}
			project := c.Project(t)
			module := filepath.Join(t.TempDir(), "plugin.wasm")
			writeFile(t, module, c.Module)
			before := wasmtest.Snapshot(t, filepath.Dir(project))
			for range c.Repeat {
				var log recorder
				req := call.Request{
					Kind: c.Kind, Plugin: c.Name, Module: module, Export: "run", Event: "quality.check",
					ProjectRoot: project, Capabilities: c.Capabilities(), Granted: c.Grants(),
				}
				req.Capabilities.HardTimeout = time.Minute // it ends by itself
				if c.TimesOut() {
					req.Capabilities.HardTimeout = 100 * time.Millisecond
				}
				res := rt.Execute(t.Context(), req, log.sink)
				if got := res.Outcome.String(); !c.Accepts(got) {
					t.Errorf("%s\ngot %q, want one of %q\nlog:\n%s", c.Does, got, c.Outcome, log.text())
				}
				if !strings.Contains(log.text(), c.Log) {
					t.Errorf("log lacks %q:\n%s", c.Log, log.text())
				}
			}
			if after := wasmtest.Snapshot(t, filepath.Dir(project)); after != before {
				t.Errorf("files changed\nbefore:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func newTestRuntime(tb testing.TB, cacheDir string, opts ...Option) *Runtime {
	tb.Helper()
	rt, err := NewRuntime(tb.Context(), cacheDir, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := rt.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return rt
}

func writeFile(tb testing.TB, path string, body []byte) {
	tb.Helper()
	if err := os.WriteFile(path, body, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// recorder keeps what a run emits.
type recorder struct {
	mu        sync.Mutex
	lines     []call.LogLine
	callbacks []call.Callback
}

func (r *recorder) sink(e call.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Log != nil {
		r.lines = append(r.lines, *e.Log)
	}
	if e.Callback != nil {
		r.callbacks = append(r.callbacks, *e.Callback)
	}
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	for _, l := range r.lines {
		b.WriteString(string(l.Level) + " " + string(l.Source) + " " + l.Text + "\n")
	}
	return b.String()
}
