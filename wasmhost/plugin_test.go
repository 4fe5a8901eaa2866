package wasmhost

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

const demoManifest = `name = "demo"
version = "1.2.3"
kind = "wasm"

[capabilities]

[wasm]
module = "build/out.wasm"
exports = ["run"]
`

// newDemo returns a plugin whose source folder holds the module, and an empty project.
func newDemo(t *testing.T, module []byte) *Plugin {
	t.Helper()
	source := t.TempDir()
	if err := os.Mkdir(filepath.Join(source, "build"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(source, "build", "out.wasm"), module)
	writeFile(t, filepath.Join(source, manifest.FileName), []byte(demoManifest))
	m, err := manifest.Decode(demoManifest)
	if err != nil {
		t.Fatal(err)
	}
	return New(*m, t.TempDir(), source, newTestRuntime(t, ""), nil)
}

func TestPluginLifeCycle(t *testing.T) {
	ctx := t.Context()
	body := BuildFixtureWasm(0, 1)
	p := newDemo(t, body)
	if p.Name() != "demo" || p.Manifest().Version != "1.2.3" {
		t.Errorf("got %s %s", p.Name(), p.Manifest().Version)
	}
	if got, err := p.Detect(ctx); err != nil || got != (DetectResult{}) {
		t.Errorf("before: %+v, %v", got, err)
	}
	if got := p.Check(ctx); !got.OK {
		t.Errorf("under development: %+v", got)
	}

	dry, err := p.Install(ctx, InstallOptions{DryRun: true})
	if err != nil || len(dry.Mutations) != 2 {
		t.Errorf("dry run: %+v, %v", dry, err)
	}
	if names := names(t, p.ProjectDir); len(names) != 0 {
		t.Errorf("the dry run made %q", names)
	}
	done, err := p.Install(ctx, InstallOptions{})
	if err != nil || !slices.Equal(done.Mutations, dry.Mutations) {
		t.Errorf("install: %+v, %v", done, err)
	}
	if p.CacheKeyOut != CacheKey("demo", "1.2.3", body) || !strings.HasPrefix(p.CacheKeyOut, "demo@1.2.3-") {
		t.Errorf("cache key %q", p.CacheKeyOut)
	}
	dir := filepath.Join(p.ProjectDir, ".samuel", "plugins", "demo")
	if got := names(t, filepath.Dir(dir)); !slices.Equal(got, []string{"demo"}) {
		t.Errorf("plugins folder holds %q", got)
	}
	if got := names(t, dir); !slices.Equal(got, []string{ModuleFileName, manifest.FileName}) {
		t.Errorf("plugin folder holds %q", got)
	}
	got, err := p.Detect(ctx)
	if want := (DetectResult{Installed: true, Path: filepath.Join(dir, ModuleFileName), Version: "1.2.3"}); err != nil || got != want {
		t.Errorf("detect: %+v, %v", got, err)
	}
	if got := p.Check(ctx); got != (HealthStatus{Component: Component, OK: true, Message: "ok, protocol 1"}) {
		t.Errorf("check: %+v", got)
	}
	if res, err := p.Run(ctx, exportHealth); err != nil || !slices.Equal(res, []uint64{0}) {
		t.Errorf("run: %v, %v", res, err)
	}

	// An upgrade replaces both files, and what else is there goes.
	writeFile(t, filepath.Join(dir, "notes.txt"), nil)
	writeFile(t, filepath.Join(p.SourceDir, "build", "out.wasm"), BuildFixtureWasm(4, 1))
	upgrade := []Mutation{
		{"replace", filepath.Join(dir, ModuleFileName)},
		{"replace", filepath.Join(dir, manifest.FileName)},
		{"remove", filepath.Join(dir, "notes.txt")},
	}
	if done, err := p.Install(ctx, InstallOptions{}); err != nil || !slices.Equal(done.Mutations, upgrade) {
		t.Errorf("upgrade: %+v, %v", done, err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{ModuleFileName, manifest.FileName}) {
		t.Errorf("plugin folder holds %q", got)
	}
	if got := p.Check(ctx); got.OK || got.Message != "failed: health returned 4" {
		t.Errorf("check: %+v", got)
	}
	if res, err := p.Run(ctx, exportHealth); err != nil || !slices.Equal(res, []uint64{4}) {
		t.Errorf("what an export returns is the caller's to judge: %v, %v", res, err)
	}
	if got := names(t, filepath.Dir(dir)); !slices.Equal(got, []string{"demo"}) {
		t.Errorf("plugins folder holds %q", got)
	}

	want := []Mutation{{"remove", dir}}
	if got, err := p.Uninstall(ctx, UninstallOptions{DryRun: true}); err != nil || !slices.Equal(got.Mutations, want) || len(names(t, dir)) != 2 {
		t.Errorf("dry run: %+v, %v", got, err)
	}
	if got, err := p.Uninstall(ctx, UninstallOptions{}); err != nil || !slices.Equal(got.Mutations, want) {
		t.Errorf("uninstall: %+v, %v", got, err)
	}
	if got := names(t, filepath.Dir(dir)); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
	if got, err := p.Uninstall(ctx, UninstallOptions{}); err != nil || len(got.Mutations) != 0 {
		t.Errorf("uninstall again: %+v, %v", got, err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestFailedInstallLeavesNothing(t *testing.T) {
	loops := wasmtest.Plugin()
	loops.Funcs[0].Body = wasmtest.Code(0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 1)
	for _, c := range []struct {
		name   string
		module []byte
		spoil  func(p *Plugin) error
		want   string
	}{
		{"protocol", BuildFixtureWasm(0, 2), nil, "protocol 2"},
		{"not a module", []byte("<html>"), nil, "module"},
		{"unknown import", importing("samuel", "nothing", nil, nil), nil, "samuel.nothing"},
		{"a protocol check without end", loops.Bytes(), func(p *Plugin) error {
			p.Manifest_.Runtime.HardTimeout = "50ms"
			return nil
		}, ""},
		{"no module", nil, func(p *Plugin) error { return os.Remove(filepath.Join(p.SourceDir, "build", "out.wasm")) }, filepath.Join("build", "out.wasm") + " in "},
		{"no source folder", nil, func(p *Plugin) error { p.SourceDir = ""; return nil }, "no source folder is set"},
		{"no manifest", nil, func(p *Plugin) error { return os.Remove(filepath.Join(p.SourceDir, manifest.FileName)) }, "there is no " + manifest.FileName + " in "},
		{"module outside", nil, func(p *Plugin) error { p.Manifest_.Wasm.Module = "../x.wasm"; return nil }, "outside"},
		{"module outside by a link", nil, func(p *Plugin) error {
			path := filepath.Join(p.SourceDir, "build", "out.wasm")
			outside := filepath.Join(t.TempDir(), "x.wasm")
			return errors.Join(os.Rename(path, outside), os.Symlink(outside, path))
		}, "out.wasm"},
		{"name", nil, func(p *Plugin) error { p.Manifest_.Name = "../../x"; return nil }, "name"},
		{"no runtime", nil, func(p *Plugin) error { p.Runtime = nil; return nil }, "runtime"},
		{"the plugins folder is a file", nil, func(p *Plugin) error {
			return os.WriteFile(filepath.Join(p.ProjectDir, ".samuel"), nil, 0o644)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			module := c.module
			if module == nil {
				module = BuildFixtureWasm(0, 1)
			}
			p := newDemo(t, module)
			if c.spoil != nil {
				if err := c.spoil(p); err != nil {
					t.Fatal(err)
				}
			}
			before := wasmtest.Snapshot(t, p.ProjectDir)
			_, err := p.Install(t.Context(), InstallOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that says %q", err, c.want)
			}
			// The project folder's own time stamp may change: things come and go in it.
			if len(strings.Split(before, "\n")) != len(strings.Split(wasmtest.Snapshot(t, p.ProjectDir), "\n")) {
				t.Errorf("left behind: %s", wasmtest.Snapshot(t, p.ProjectDir))
			}
			if p.CacheKeyOut != "" {
				t.Errorf("cache key %q", p.CacheKeyOut)
			}
		})
	}
}

// What was begun beside a folder's place is gone when it cannot be finished.
func TestPlacingAFolderIsAllOrNothing(t *testing.T) {
	top := t.TempDir()
	err := placeFolder(filepath.Join(top, "made", "demo"), map[string][]byte{"a": nil, filepath.Join("no folder", "b"): nil})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if left := wasmtest.Snapshot(t, top); strings.Contains(left, "made") {
		t.Errorf("left behind: %s", left)
	}
}

func TestFailedUpgradeKeepsTheOld(t *testing.T) {
	p := newDemo(t, BuildFixtureWasm(0, 1))
	if _, err := p.Install(t.Context(), InstallOptions{}); err != nil {
		t.Fatal(err)
	}
	before := wasmtest.Snapshot(t, p.ProjectDir)
	writeFile(t, filepath.Join(p.SourceDir, "build", "out.wasm"), BuildFixtureWasm(0, 9))
	if _, err := p.Install(t.Context(), InstallOptions{}); err == nil {
		t.Error("protocol 9 was installed")
	}
	if after := wasmtest.Snapshot(t, p.ProjectDir); after != before {
		t.Errorf("changed\n%s\nto\n%s", before, after)
	}
}

func TestPluginRunFailures(t *testing.T) {
	p := newDemo(t, wasmtest.Plugin(wasmtest.Func{Export: "run", Body: wasmtest.Code(0x00)}).Bytes())
	var failed *RunError
	if _, err := p.Run(t.Context(), "run"); !errors.As(err, &failed) || failed.Outcome.Word != call.Trap {
		t.Errorf("a trap: %v", err)
	}
	if _, err := p.Run(t.Context(), "none"); !errors.As(err, &failed) || failed.Outcome.Word != call.Failed {
		t.Errorf("a missing export: %v", err)
	}
	p.Runtime = nil
	if _, err := p.Run(t.Context(), "run"); err == nil {
		t.Error("it ran without a runtime")
	}
	if got := p.Check(t.Context()); got.OK || got.Component != Component || got.Message == "" {
		t.Errorf("check: %+v", got)
	}
}

func TestCachePath(t *testing.T) {
	if got, want := CachePath("root", "demo@1.0.0-0123456789ab"), filepath.Join("root", "demo@1.0.0-0123456789ab.bin"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := CacheKey("demo", "1.0.0", nil), "demo@1.0.0-e3b0c44298fc"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
