package wasmhost

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// loadFrom loads a module in a new runtime over dir, and checks that it works.
func loadFrom(t *testing.T, dir string, opts ...Option) {
	t.Helper()
	rt, err := NewRuntime(t.Context(), dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close(context.Background())
	m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), cachedModule, "demo", Capabilities{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if res, err := m.ExportedFunction(exportHealth).Call(ctx); err != nil || res[0] != 0 {
		t.Errorf("got %v, %v", res, err)
	}
}

var cachedModule = wasmtest.Plugin().Bytes()

// entries returns the compiled modules below dir.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range paths {
		if !strings.HasSuffix(p, ".sum") {
			out = append(out, p)
		}
	}
	return out
}

func TestCompiledModulesOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	loadFrom(t, dir)
	made := entries(t, dir)
	if len(made) != 1 {
		t.Fatalf("entries: %q", made)
	}
	before, err := os.Stat(made[0])
	if err != nil {
		t.Fatal(err)
	}
	loadFrom(t, dir)
	after, err := os.Stat(made[0])
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the entry was made again: %v", err)
	}
	loadFrom(t, dir, WithCloseOnContextDone(false))
	if got := entries(t, dir); len(got) != 2 {
		t.Errorf("code that looks at its context and code that does not share an entry: %q", got)
	}
	if got, err := filepath.Glob(filepath.Join(dir, "*", ".stage*")); err != nil || len(got) != 0 {
		t.Errorf("left behind: %q, %v", got, err)
	}
	if got, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(got) != 0 {
		t.Errorf("left behind: %q, %v", got, err)
	}
}

// TestDamagedEntriesAreRebuilt damages every byte of an entry in turn, in steps.
func TestDamagedEntriesAreRebuilt(t *testing.T) {
	dir := t.TempDir()
	loadFrom(t, dir)
	entry := entries(t, dir)[0]
	good, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	damage := map[string][]byte{
		"empty": {}, "header only": good[:10], "without the end": good[:len(good)-1], "longer": append(append([]byte{}, good...), 0),
		"another file": []byte("#!/bin/sh\n"),
	}
	for at := 0; at < len(good); at += 1 + len(good)/40 {
		flipped := append([]byte{}, good...)
		flipped[at] ^= 0x10
		damage[string(rune('a'+at%26))+" flipped"] = flipped
	}
	for name, bad := range damage {
		if err := os.WriteFile(entry, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		loadFrom(t, dir)
		if now, err := os.ReadFile(entry); err != nil || string(now) != string(good) {
			t.Errorf("%s: the entry was not rebuilt: %d bytes, %v", name, len(now), err)
		}
	}
}

// TestForeignEntriesAreNotTrusted has an entry without a note, as another program would leave it.
func TestForeignEntriesAreNotTrusted(t *testing.T) {
	dir := t.TempDir()
	loadFrom(t, dir)
	entry := entries(t, dir)[0]
	notes, err := filepath.Glob(filepath.Join(dir, "wazero-*", "*.sum"))
	if err != nil || len(notes) != 1 {
		t.Fatal(notes, err)
	}
	if err := os.Remove(notes[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(entry, []byte("WAZEVO"), 0o600); err != nil {
		t.Fatal(err)
	}
	loadFrom(t, dir)
}

func TestDiskThatFailsIsDoneWithout(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		// A folder that refuses files: permissions do not bind here, so a file takes its place.
		dir := t.TempDir()
		rt := newTestRuntime(t, dir)
		if err := os.RemoveAll(rt.disk.folder.Dir()); err != nil {
			t.Fatal(err)
		}
		writeFile(t, rt.disk.folder.Dir(), nil)
		checkLoads(t, rt)
		return
	}
	dir := t.TempDir()
	rt := newTestRuntime(t, dir)
	if err := os.Chmod(rt.disk.folder.Dir(), 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(rt.disk.folder.Dir(), 0o700)
	checkLoads(t, rt)
}

func checkLoads(t *testing.T, rt *Runtime) {
	t.Helper()
	m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), cachedModule, "demo", Capabilities{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	if _, err := m.ExportedFunction(exportHealth).Call(ctx); err != nil {
		t.Error(err)
	}
}

func TestUntrustworthyCacheIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // permissions are not in the mode there
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if rt, err := NewRuntime(t.Context(), dir); err == nil {
		rt.Close(t.Context())
		t.Error("a folder that others may write was accepted")
	}
}

func TestInvalidModulesLeaveNothing(t *testing.T) {
	dir := t.TempDir()
	rt := newTestRuntime(t, dir)
	bad := wasmtest.Plugin(wasmtest.Func{Export: "bad", Results: []byte{i32}, Body: wasmtest.Code()}).Bytes()
	if _, _, err := rt.LoadCached(t.Context(), bad); err == nil {
		t.Error("it compiled")
	}
	if got := entries(t, dir); len(got) != 0 {
		t.Errorf("entries: %q", got)
	}
}

// A rewrite that leaves its data to the allocator is of no use where the allocator does not know how.
func TestRewriteNeedsAnAllocatorForItsData(t *testing.T) {
	for want, options := range map[uint64][]Option{
		3: {WithMemoryAllocator(linmem.NewPool().Allocator(1 << 32))},
		4: nil,
	} {
		rt := newTestRuntime(t, "", append(options, WithModuleRewrite(func([]byte) ([]byte, *linmem.Image) {
			return BuildFixtureWasm(3, 1), &linmem.Image{}
		}))...)
		m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), BuildFixtureWasm(4, 1), "demo", Capabilities{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := m.ExportedFunction(exportHealth).Call(ctx); err != nil || res[0] != want {
			t.Errorf("got %v, %v, want %d", res, err, want)
		}
		cancel()
	}
}

func TestModuleRewrite(t *testing.T) {
	for name, rewritten := range map[string][]byte{"good": BuildFixtureWasm(3, 1), "broken": []byte("no module")} {
		rt := newTestRuntime(t, t.TempDir(), WithModuleRewrite(func([]byte) ([]byte, *linmem.Image) { return rewritten, nil }))
		body := BuildFixtureWasm(4, 1)
		m, ctx, cancel, err := rt.InstantiateWithBudgets(t.Context(), body, "demo", Capabilities{}, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		res, err := m.ExportedFunction(exportHealth).Call(ctx)
		if want := map[string]uint64{"good": 3, "broken": 4}[name]; err != nil || res[0] != want {
			t.Errorf("%s: got %v, %v, want %d", name, res, err, want)
		}
		if got := rt.CacheStats().UsedBytes; got != int64(len(body)) {
			t.Errorf("%s: %d bytes are accounted for", name, got)
		}
		cancel()
	}
}
