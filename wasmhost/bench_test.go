package wasmhost

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
	"github.com/samuelpkg/samuel-lsp/wasmhost/segments"
)

// BenchmarkWarmCall compares a health check of a module that is already compiled, from a fresh
// instance to its end, with what wazero alone takes for instance, call and close. It reports the
// ratio to that floor and the difference in microseconds; both are measured in turn, so that a slow
// spell of the machine falls on both.
func BenchmarkWarmCall(b *testing.B) {
	modules, err := filepath.Glob(filepath.Join(wasmtest.PluginsDir(), "*", ModuleFileName))
	if err != nil || len(modules) == 0 {
		b.Fatal(modules, err)
	}
	memory := linmem.NewPool()
	rt := newTestRuntime(b, "",
		WithCloseOnContextDone(false), WithCompileTimeout(5*time.Minute), WithMemoryAllocator(memory.Allocator(1<<32)),
		WithModuleRewrite(segments.Rewrite))
	for _, path := range modules {
		b.Run(filepath.Base(filepath.Dir(path)), func(b *testing.B) {
			body, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			module := filepath.Join(b.TempDir(), ModuleFileName)
			writeFile(b, module, body)
			long := time.Now().Add(-time.Hour) // else it is read again each time
			if err := os.Chtimes(module, long, long); err != nil {
				b.Fatal(err)
			}
			req := call.Request{Kind: call.Probe, Plugin: "bench", Module: module}
			raw := newRawHost(b, body)
			if res := rt.Execute(b.Context(), req, discard); res.Outcome.Word != call.OK {
				b.Fatal(res.Outcome)
			}
			raw.once(b)
			var ours, floor time.Duration
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				rt.Execute(b.Context(), req, discard)
				middle := time.Now()
				raw.once(b)
				ours += middle.Sub(began)
				floor += time.Since(middle)
			}
			b.ReportMetric(float64(ours)/float64(floor), "x-raw")
			b.ReportMetric(float64((ours-floor).Nanoseconds())/1e3/float64(b.N), "us-over-raw")
			b.ReportMetric(float64(floor.Nanoseconds())/1e3/float64(b.N), "us-raw")
		})
	}
}

// rawHost is wazero with the least that lets a module run.
type rawHost struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

func newRawHost(b testing.TB, body []byte) *rawHost {
	b.Helper()
	ctx := b.Context()
	rt := wazero.NewRuntime(ctx)
	b.Cleanup(func() { rt.Close(context.Background()) })
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		b.Fatal(err)
	}
	builder := rt.NewHostModuleBuilder(hostModuleName)
	for _, f := range hostFunctions {
		nothing := api.GoModuleFunc(func(context.Context, api.Module, []uint64) {})
		builder = builder.NewFunctionBuilder().WithGoModuleFunction(nothing, f.shapes[0].params, f.shapes[0].results).Export(f.name)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		b.Fatal(err)
	}
	module, err := rt.CompileModule(ctx, body)
	if err != nil {
		b.Fatal(err)
	}
	return &rawHost{rt, module}
}

func (h *rawHost) once(b testing.TB) {
	ctx := b.Context()
	m, err := h.runtime.InstantiateModule(ctx, h.module, wazero.NewModuleConfig().WithName("").WithStartFunctions(exportInitialize))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := m.ExportedFunction(exportHealth).Call(ctx); err != nil {
		b.Fatal(err)
	}
	if err := m.Close(ctx); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGate is one decision about a path, as every file access makes one.
func BenchmarkGate(b *testing.B) {
	g := gateFromCall(&call.Capabilities{
		Read: []string{"/workspace/src/**/*.go", "/workspace/docs", "/workspace/**/*.{md,txt}"},
	}, nil)
	for b.Loop() {
		if !g.May("/workspace/src/internal/deep/file.go", false) {
			b.Fatal("denied")
		}
	}
}

// BenchmarkCleanLine is the cleaning of one captured line.
func BenchmarkCleanLine(b *testing.B) {
	for name, line := range map[string][]byte{
		"plain":  bytes.Repeat([]byte("some text "), 10),
		"colour": bytes.Repeat([]byte("\x1b[31msome\x1b[0m text "), 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				cleanLine(line)
			}
		})
	}
}
