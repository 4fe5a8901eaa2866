package tiered_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
	"github.com/samuelpkg/samuel-lsp/wasmhost/tiered"
)

// guests are the sample plugins that a cost is measured for. The Go one is built on the spot.
func guests(b *testing.B) map[string]string {
	b.Helper()
	read := func(name string) []byte {
		module, err := os.ReadFile(filepath.Join(wasmtest.PluginsDir(), name, "plugin.wasm"))
		if err != nil {
			b.Fatal(err)
		}
		return module
	}
	return map[string]string{
		"c":    install(b, read("c-lint")),
		"rust": install(b, read("rust-lint")),
		"go":   install(b, wasmtest.GoPlugin(b)),
	}
}

// raw is wazero with the least that lets the sample plugins run: the floor that costs are compared to.
type raw struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

func newRaw(b *testing.B, path string) *raw {
	b.Helper()
	ctx := context.Background()
	r := &raw{runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())}
	b.Cleanup(func() { r.runtime.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, r.runtime)
	module, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	if r.compiled, err = r.runtime.CompileModule(ctx, module); err != nil {
		b.Fatal(err)
	}
	host := r.runtime.NewHostModuleBuilder("samuel")
	none := func(context.Context, api.Module, []uint64) {}
	for _, f := range r.compiled.ImportedFunctions() {
		if module, name, _ := f.Import(); module == "samuel" {
			host.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(none), f.ParamTypes(), f.ResultTypes()).Export(name)
		}
	}
	if _, err := host.Instantiate(ctx); err != nil {
		b.Fatal(err)
	}
	return r
}

var anonymous = wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize")

// call makes a fresh instance, calls health and closes it.
func (r *raw) call(b *testing.B) {
	ctx := context.Background()
	m, err := r.runtime.InstantiateModule(ctx, r.compiled, anonymous)
	if err == nil {
		_, err = m.ExportedFunction("health").Call(ctx)
	}
	if err == nil {
		err = m.Close(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func newExecutor(b *testing.B) *tiered.Executor {
	b.Helper()
	e, err := tiered.New(context.Background(), pool.Config{CacheDir: filepath.Join(b.TempDir(), "cache")}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return e
}

var quiet = pool.Hooks{Event: func(call.Event) {}, Phase: func(pool.Phase, string) error { return nil }}

// batch is how many calls each side makes before it is the other's turn.
const batch = 20

// BenchmarkCall compares a health check of a compiled module, with a fresh instance each time, in
// raw wazero and in a child's executor. The two take turns in batches, so that a slow spell of the machine
// falls on both; what is reported is the executor's whole work as a ratio to raw wazero's (x-raw),
// and how long the caller waits of that (wait-x-raw), the rest being done after the answer.
func BenchmarkCall(b *testing.B) {
	for name, path := range guests(b) {
		b.Run(name, func(b *testing.B) {
			r, e := newRaw(b, path), newExecutor(b)
			req := probe(path)
			ctx := context.Background()
			check := func() {
				if res := e.Execute(ctx, req, quiet); res.Outcome.Word != call.OK {
					b.Fatal(res.Outcome)
				}
			}
			var floor, wait, after time.Duration
			calls := 0
			round := func() {
				runtime.GC() // one's garbage must not be the other's cost
				t := time.Now()
				for range batch {
					r.call(b)
				}
				floor += time.Since(t)
				runtime.GC()
				for range batch {
					t0 := time.Now()
					check()
					t1 := time.Now()
					e.Prepare(ctx, req, quiet)
					wait, after = wait+t1.Sub(t0), after+time.Since(t1)
				}
				calls += batch
			}
			round()
			floor, wait, after, calls = 0, 0, 0, 0
			for b.Loop() {
				round()
			}
			b.ReportMetric(float64(floor)/float64(calls), "raw-ns")
			b.ReportMetric(float64(wait+after)/float64(floor), "x-raw")
			b.ReportMetric(float64(wait)/float64(floor), "wait-x-raw")
			b.ReportMetric(0, "ns/op") // of a whole round, which says nothing
		})
	}
}
