package tiered_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
)

func healthy(b *testing.B, p *pool.Pool, req call.Request) {
	b.Helper()
	if res := p.Do(b.Context(), req, nil); res.Outcome.Word != call.OK {
		b.Fatal(res.Outcome, res.Outcome.Text)
	}
}

// BenchmarkRoundTrip is a health check of a small plugin through a child: pipes, frames, the spare
// and the call.
func BenchmarkRoundTrip(b *testing.B) {
	p := open(b, nil)
	module, err := os.ReadFile(filepath.Join(wasmtest.PluginsDir(), "c-lint", "plugin.wasm"))
	if err != nil {
		b.Fatal(err)
	}
	req := probe(install(b, module))
	for range 100 {
		healthy(b, p, req)
	}
	for b.Loop() {
		healthy(b, p, req)
	}
}

// BenchmarkGoPlugin measures the waits that a user of a big module meets.
func BenchmarkGoPlugin(b *testing.B) {
	module := wasmtest.GoPlugin(b)
	b.Run("first health, never compiled", func(b *testing.B) {
		req := probe(install(b, module))
		for b.Loop() {
			b.StopTimer()
			p := open(b, nil)
			b.StartTimer()
			healthy(b, p, req)
			b.StopTimer()
			p.Close()
			b.StartTimer()
		}
	})
	b.Run("first health, from the disk cache", func(b *testing.B) {
		req, cache := probe(install(b, module)), b.TempDir()
		cached := func(o *pool.Options) { o.Config.CacheDir = filepath.Join(cache, "cache") }
		run := req
		run.Kind, run.Export, run.Capabilities.Write = call.Run, "health", []string{"/workspace/**"} // compiled, not interpreted
		healthy(b, open(b, cached), run)
		for b.Loop() {
			b.StopTimer()
			p := open(b, cached)
			b.StartTimer()
			healthy(b, p, req)
			b.StopTimer()
			p.Close()
			b.StartTimer()
		}
	})
	b.Run("warm, a save now and then", func(b *testing.B) {
		p, req := open(b, nil), probe(install(b, module))
		settle(b, p, req)
		for b.Loop() {
			b.StopTimer()
			time.Sleep(30 * time.Millisecond) // a person saves less often; this lets the spare get ready
			b.StartTimer()
			healthy(b, p, req)
		}
	})
	b.Run("after a kill", func(b *testing.B) {
		p, req := open(b, nil), probe(install(b, module))
		hang := probe(filepath.Join(wasmtest.ModulesDir(), "loop-in-health.wasm"))
		hang.Capabilities.HardTimeout = 20 * time.Millisecond
		settle(b, p, req)
		for b.Loop() {
			b.StopTimer()
			if res := p.Do(b.Context(), hang, nil); res.Outcome.Word != call.TimedOut {
				b.Fatal(res.Outcome)
			}
			b.StartTimer()
			healthy(b, p, req)
			b.StopTimer()
			time.Sleep(300 * time.Millisecond) // until another child stands by
			b.StartTimer()
		}
	})
}

// settle calls until two children hold the module ready.
func settle(b *testing.B, p *pool.Pool, req call.Request) {
	b.Helper()
	for range 5 {
		healthy(b, p, req)
		time.Sleep(500 * time.Millisecond)
	}
}
