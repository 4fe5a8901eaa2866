package tiered_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
)

// TestCatalogue runs every hostile module of the catalogue in child processes, all through one
// pool: whatever one of them did, the next is answered, nothing outside its mounts has changed, and
// no process is left.
func TestCatalogue(t *testing.T) {
	p := open(t, func(o *pool.Options) { o.CompileLimit = 10 * time.Second })
	for _, c := range wasmtest.Catalogue(t) {
		t.Run(c.Name, func(t *testing.T) {
			project := c.Project(t)
			module := install(t, c.Module)
			before := wasmtest.Snapshot(t, filepath.Dir(project))
			for range c.Repeat {
				var log record
				req := call.Request{
					Kind: c.Kind, Plugin: c.Name, Module: module, Export: "run", Event: "quality.check",
					ProjectRoot: project, Capabilities: c.Capabilities(), Granted: c.Grants(),
				}
				req.Capabilities.HardTimeout = time.Minute // it ends by itself
				if c.TimesOut() {
					req.Capabilities.HardTimeout = 300 * time.Millisecond
				}
				res := p.Do(t.Context(), req, log.sink)
				if got := res.Outcome.String(); !c.Accepts(got) {
					t.Errorf("%s\ngot %q (%s), want one of %q\nlog:\n%s", c.Does, got, res.Outcome.Text, c.Outcome, log.text())
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

// record keeps the lines of a run.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) sink(e call.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Log != nil {
		r.lines = append(r.lines, e.Log.Text)
	}
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}
