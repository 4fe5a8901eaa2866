package wasmhost

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// A warm call costs no multiple of what wazero alone takes for instance, call and close; BenchmarkWarmCall
// has the exact ratio, which is below 1. The two take turns, so that the machine does not matter.
func TestWarmCallBesideRawWazero(t *testing.T) {
	const most = 4
	module := filepath.Join(t.TempDir(), ModuleFileName)
	body, err := os.ReadFile(filepath.Join(wasmtest.PluginsDir(), "rust-lint", ModuleFileName))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, module, body)
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(module, long, long); err != nil {
		t.Fatal(err)
	}
	memory := linmem.NewPool()
	rt := newTestRuntime(t, "", WithCloseOnContextDone(false), WithMemoryAllocator(memory.Allocator(1<<32)))
	raw := newRawHost(t, body)
	req := call.Request{Kind: call.Probe, Plugin: "ratio", Module: module}
	best, floor := time.Hour, time.Hour
	for range 60 {
		began := time.Now()
		if res := rt.Execute(t.Context(), req, discard); res.Outcome.Word != call.OK {
			t.Fatal(res.Outcome)
		}
		best = min(best, time.Since(began))
		began = time.Now()
		raw.once(t)
		floor = min(floor, time.Since(began))
	}
	if best > most*floor {
		t.Errorf("a warm call takes %s, raw wazero %s", best, floor)
	}
}
