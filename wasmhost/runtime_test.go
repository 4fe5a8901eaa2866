package wasmhost

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

func TestLoadCachedCompilesOncePerContent(t *testing.T) {
	rt := newTestRuntime(t, "")
	body := BuildFixtureWasm(0, 1)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, sum, err := rt.LoadCached(t.Context(), body); err != nil || len(sum) != 64 {
				t.Errorf("%q, %v", sum, err)
			}
		})
	}
	wg.Wait()
	want := CacheStats{Hits: 7, Misses: 1, HitRate: 7.0 / 8, Modules: 1, BudgetBytes: DefaultCacheBudget, UsedBytes: int64(len(body))}
	if got := rt.CacheStats(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := newTestRuntime(t, "").CacheStats(); got != (CacheStats{BudgetBytes: DefaultCacheBudget}) {
		t.Errorf("a new runtime's figures are %+v", got)
	}
}

func TestCacheBudget(t *testing.T) {
	rt := newTestRuntime(t, "")
	size := int64(len(BuildFixtureWasm(0, 1)))
	load := func(health int32) {
		t.Helper()
		if _, _, err := rt.LoadCached(t.Context(), BuildFixtureWasm(health, 1)); err != nil {
			t.Fatal(err)
		}
	}
	rt.SetCacheBudget(2 * size)
	for _, h := range []int32{1, 2, 1, 3, 1} { // 2 goes when 3 comes
		load(h)
	}
	if got := rt.CacheStats(); got.Hits != 2 || got.Misses != 3 || got.Modules != 2 || got.UsedBytes != 2*size || got.BudgetBytes != 2*size {
		t.Errorf("got %+v", got)
	}
	load(2)
	if got := rt.CacheStats(); got.Misses != 4 {
		t.Errorf("what was evicted was not compiled again: %+v", got)
	}
	rt.SetCacheBudget(0)
	for h := range int32(50) {
		load(h)
	}
	if got := rt.CacheStats(); got.Modules != 50 || got.UsedBytes != 50*size || got.BudgetBytes != 0 {
		t.Errorf("without eviction: %+v", got)
	}
}

// TestEvictedWhileInUse instantiates and runs a module that the cache lets go of meanwhile.
func TestEvictedWhileInUse(t *testing.T) {
	rt := newTestRuntime(t, "")
	rt.SetCacheBudget(1)
	m, err := rt.loadBytes(t.Context(), BuildFixtureWasm(7, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := rt.LoadCached(t.Context(), BuildFixtureWasm(8, 1)); err != nil {
		t.Fatal(err)
	}
	if got := rt.CacheStats(); got.Modules != 1 {
		t.Fatalf("got %+v", got)
	}
	instance, err := rt.main.instantiate(t.Context(), m, moduleConfig(nil, "", func(int64) {}))
	if err != nil {
		t.Fatal(err)
	}
	m.release()
	if res, err := instance.ExportedFunction(exportHealth).Call(t.Context()); err != nil || res[0] != 7 {
		t.Errorf("got %v, %v", res, err)
	}
	if m.retain() {
		t.Error("the module is still open")
	}
}

// TestEvictedWhileAwaited has a module pushed out between the end of its build and the moment that
// the call it was built for takes it: the budget then costs time, but fails no call.
func TestEvictedWhileAwaited(t *testing.T) {
	rt := newTestRuntime(t, "")
	rt.SetCacheBudget(1)
	body := BuildFixtureWasm(7, 1)
	d := digest(sha256.Sum256(body))
	b := &build{done: make(chan struct{}), waiters: 2}
	rt.build(t.Context(), b, d, func() ([]byte, error) { return body, nil })
	if _, _, err := rt.LoadCached(t.Context(), BuildFixtureWasm(8, 1)); err != nil {
		t.Fatal(err)
	}
	m, err := rt.await(t.Context(), b, d)
	if err != nil {
		t.Fatal(err)
	}
	instance, err := rt.main.instantiate(t.Context(), m, moduleConfig(nil, "", func(int64) {}))
	if err != nil {
		t.Fatal(err)
	}
	if res, err := instance.ExportedFunction(exportHealth).Call(t.Context()); err != nil || res[0] != 7 {
		t.Errorf("got %v, %v", res, err)
	}
	rt.leave(b) // the other one has given up waiting
	m.release()
	if m.retain() {
		t.Error("the module is still open")
	}
}

func TestThousandSavesOverTwentyPlugins(t *testing.T) {
	rt := newTestRuntime(t, "")
	dir := t.TempDir()
	long := time.Now().Add(-time.Hour)
	for i := range 20 {
		path := filepath.Join(dir, fmt.Sprint(i))
		writeFile(t, path, BuildFixtureWasm(int32(i), 1))
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1000 {
		res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: filepath.Join(dir, fmt.Sprint(i%20))}, discard)
		if res.Health == nil || *res.Health != int32(i%20) {
			t.Fatalf("save %d: %+v", i, res)
		}
	}
	if got := rt.CacheStats(); got.HitRate < 0.95 || got.Hits != 980 || got.Misses != 20 {
		t.Errorf("got %+v", got)
	}
}

func TestCompileTimeout(t *testing.T) {
	rt := newTestRuntime(t, "", WithCompileTimeout(time.Nanosecond))
	body := wasmtest.Generate(t, "compile-many-functions")
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	writeFile(t, path, body)
	res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: path}, discard)
	if got := res.Outcome.String(); got != "timed out after 1ns (compile)" {
		t.Fatalf("got %q", got)
	}
	rt.mu.Lock()
	var running *build
	for _, b := range rt.building {
		running = b
	}
	rt.mu.Unlock()
	if running == nil {
		t.Fatal("nothing is being compiled")
	}
	misses := rt.CacheStats().Misses
	if _, _, err := rt.LoadCached(t.Context(), body); err == nil || !strings.Contains(err.Error(), "given up") {
		t.Errorf("asked again meanwhile: %v", err)
	}
	if got := rt.CacheStats().Misses; got != misses {
		t.Error("it was compiled again")
	}
	<-running.done
	if _, _, err := rt.LoadCached(t.Context(), body); err != nil {
		t.Errorf("what came late is of no use: %v", err)
	}
}

func TestCompileAndCacheNotesChanges(t *testing.T) {
	rt := newTestRuntime(t, "")
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	probe := func(want int32) {
		t.Helper()
		res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: path}, discard)
		if res.Health == nil || *res.Health != want {
			t.Errorf("health of %d: %+v", want, res)
		}
	}
	writeFile(t, path, BuildFixtureWasm(1, 1))
	probe(1)
	// The same size, and perhaps the same time stamp.
	writeFile(t, path, BuildFixtureWasm(2, 1))
	probe(2)
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
	probe(2)
	probe(2)
	// Replaced, as builds do, with all that is the same but the file.
	other := path + ".new"
	writeFile(t, other, BuildFixtureWasm(3, 1))
	if err := os.Chtimes(other, long, long); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	probe(3)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: path}, discard)
	if res.Outcome.Word != call.Failed || !strings.Contains(res.Outcome.Text, "plugin.wasm") {
		t.Errorf("a module that is gone: %s", res.Outcome)
	}
	if _, err := rt.CompileAndCache(t.Context(), t.TempDir()); err == nil {
		t.Error("a folder was compiled")
	}
}

func TestInstantiateWithBudgets(t *testing.T) {
	rt := newTestRuntime(t, "")
	if err := errors.Join(rt.RegisterHost(t.Context()), rt.RegisterHost(t.Context())); err != nil {
		t.Fatal(err)
	}
	caps := Capabilities{HardTimeout: time.Minute}
	m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), BuildFixtureWasm(5, 1), "demo", caps, nil)
	if err != nil {
		t.Fatal(err)
	}
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Minute {
		t.Errorf("deadline %v, %v", deadline, ok)
	}
	if res, err := m.ExportedFunction(exportHealth).Call(ctx); err != nil || res[0] != 5 {
		t.Errorf("got %v, %v", res, err)
	}
	if m.Name() != "" {
		t.Errorf("the instance has the name %q", m.Name())
	}
	cancel()
	cancel()
	if !m.IsClosed() || ctx.Err() == nil {
		t.Error("cancel left the instance open")
	}
}

func TestInstantiateFailsClearly(t *testing.T) {
	rt := newTestRuntime(t, "")
	for _, c := range []struct {
		name   string
		module []byte
		caps   Capabilities
		want   string
	}{
		{"not a module", []byte("<html>"), Capabilities{}, "module"},
		{"import of another module", importing("env", "abort", nil, nil), Capabilities{}, "env.abort"},
		{"a name of several lines", importing("env\nx", "a\u202eb", nil, nil), Capabilities{}, `import "env\nx"."a\u202eb" is not provided`},
		{"a name that the engine refuses", importing("", "f", nil, nil), Capabilities{}, `import "".f is not provided`},
		{"unknown host function", importing("samuel", "fs_delete", nil, nil), Capabilities{}, "samuel.fs_delete"},
		{"another signature", importing("samuel", "fs_read", []byte{i32}, []byte{i32}), Capabilities{}, "samuel.fs_read has signature (i32) -> i32, want (i32, i32) -> i64"},
		{"two shapes, neither fits", importing("samuel", "log", []byte{i64}, nil), Capabilities{}, "or (i32, i32, i32)"},
		{"unknown WASI function", importing("wasi_snapshot_preview1", "no_such", nil, nil), Capabilities{}, "no_such"},
		{"WASI function of another signature", importing("wasi_snapshot_preview1", "fd_close", nil, nil), Capabilities{}, "fd_close has signature"},
		{"too much memory", wasmtest.Module{Pages: 17}.Bytes(), Capabilities{MaxMemoryMiB: 1}, "1.1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := rt.InstantiateWithBudgets(t.Context(), c.module, "demo", c.caps, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that says %q", err, c.want)
			}
		})
	}
}

func importing(module, name string, params, results []byte) []byte {
	m := wasmtest.Plugin()
	m.Imports = []wasmtest.Import{{Module: module, Name: name, Params: params, Results: results}}
	return m.Bytes()
}

// TestMemoryCapIsEachPluginsOwn runs two plugins of different limits in one runtime.
func TestMemoryCapIsEachPluginsOwn(t *testing.T) {
	rt := newTestRuntime(t, "")
	grow := wasmtest.Plugin(wasmtest.Func{
		Export: "grow", Params: []byte{i32}, Results: []byte{i32}, Body: wasmtest.Code(0x20, 0, 0x40, 0),
	}).Bytes()
	for _, c := range []struct {
		mib   uint32
		pages uint64
		ok    bool
	}{{1, 15, true}, {1, 16, false}, {2, 31, true}, {2, 32, false}, {0, 1023, true}, {0, 1024, false}} {
		m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), grow, "demo", Capabilities{MaxMemoryMiB: c.mib}, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := m.ExportedFunction("grow").Call(ctx, c.pages)
		if err != nil || (int32(res[0]) == 1) != c.ok {
			t.Errorf("%d MiB, %d pages more: %v, %v", c.mib, c.pages, res, err)
		}
		cancel()
	}
}

// TestGuestsGetRealTime calls WASI's clock and sleep from a guest.
func TestGuestsGetRealTime(t *testing.T) {
	rt := newTestRuntime(t, "")
	m := wasmtest.Plugin(wasmtest.Func{
		Export: "now", Params: []byte{i32}, Results: []byte{i32},
		Body: wasmtest.Code(0x20, 0, 0x42, 0, 0x41, 8, 0x10, 0), // clock_time_get(id, 0, 8)
	})
	m.Imports = []wasmtest.Import{{
		Module: wasiModuleName, Name: "clock_time_get", Params: []byte{i32, i64, i32}, Results: []byte{i32},
	}}
	guest, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), m.Bytes(), "demo", Capabilities{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	now := func(id uint64) int64 {
		if res, err := guest.ExportedFunction("now").Call(ctx, id); err != nil || res[0] != 0 {
			t.Fatal(res, err)
		}
		ns, _ := guest.Memory().ReadUint64Le(8)
		return int64(ns)
	}
	if off := time.Since(time.Unix(0, now(0))).Abs(); off > time.Minute {
		t.Errorf("the guest's clock is off by %s", off)
	}
	a := now(1)
	for now(1) == a {
		runtime.Gosched() // ends when the clock goes on, which a fake one does by 1 ms a reading
	}
	if b := now(1); b-a > int64(10*time.Second) {
		t.Errorf("the monotonic clock went from %d to %d", a, b)
	}
}

func TestEnvironmentIsAllowListed(t *testing.T) {
	t.Setenv("SAMUEL_GIVEN", "value=with=signs")
	t.Setenv("SAMUEL_SECRET", "secret")
	got := lookupEnv([]string{"SAMUEL_GIVEN", "SAMUEL_UNSET"})
	if len(got) != 1 || got[0] != "SAMUEL_GIVEN=value=with=signs" {
		t.Errorf("got %q", got)
	}
	if BuildModuleConfig(Capabilities{Env: []string{"SAMUEL_GIVEN"}}, "demo") == nil {
		t.Error("no configuration")
	}
}

func TestCloseEndsEverything(t *testing.T) {
	rt, err := NewRuntime(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), BuildFixtureWasm(0, 1), "demo", Capabilities{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if err := errors.Join(rt.Close(t.Context()), rt.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := m.ExportedFunction(exportHealth).Call(ctx); err == nil {
		t.Error("an instance outlived its runtime")
	}
	if _, _, err := rt.LoadCached(t.Context(), BuildFixtureWasm(0, 1)); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestBuildFixtureWasm(t *testing.T) {
	rt := newTestRuntime(t, "")
	for _, v := range []int32{0, 1, -1, 63, 64, -64, -65, 127, 128, 1 << 30, -1 << 31} {
		m, ctx, cancel, err := rt.InstantiateWithBudgets(context.Background(), BuildFixtureWasm(v, ^v), "fixture", Capabilities{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		health, err := m.ExportedFunction(exportHealth).Call(ctx)
		if err != nil || int32(health[0]) != v {
			t.Errorf("health is %d, %v, want %d", int32(health[0]), err, v)
		}
		protocol, err := m.ExportedFunction(exportProtocol).Call(ctx)
		if err != nil || int32(protocol[0]) != ^v {
			t.Errorf("protocol is %d, %v, want %d", int32(protocol[0]), err, ^v)
		}
		cancel()
	}
}
