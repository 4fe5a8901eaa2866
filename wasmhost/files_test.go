package wasmhost

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// A runtime that shares what another knows of files runs what they hold now, and what was read for a
// look is kept for one load alone.
func TestFilesOfAnotherRuntime(t *testing.T) {
	first := newTestRuntime(t, "")
	second := newTestRuntime(t, "", WithFilesOf(first))
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	long := time.Now().Add(-time.Hour)
	for health := range int32(6) {
		writeFile(t, path, BuildFixtureWasm(health, 1))
		if health%2 == 0 { // as tools do that keep time stamps
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := first.Look(path); err != nil {
			t.Fatal(err)
		}
		if first.files.body == nil {
			t.Error("what was read is not kept for the load")
		}
		if health%3 == 2 { // it changes between the look and the load
			health += 10
			writeFile(t, path, BuildFixtureWasm(health, 1))
		}
		res := second.Execute(t.Context(), call.Request{Kind: call.Probe, Module: path}, discard)
		if res.Health == nil || *res.Health != health {
			t.Errorf("health %v, %s, want %d", res.Health, res.Outcome, health)
		}
		if health < 10 && first.files.body != nil {
			t.Error("what was read is kept after the load")
		}
	}
}
