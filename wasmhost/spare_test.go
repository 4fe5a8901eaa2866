package wasmhost

import (
	"path/filepath"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// A spare is only ever made of a module whose initialisation nobody can notice.
func TestPrepareSpare(t *testing.T) {
	rt := newTestRuntime(t, "")
	for _, c := range []struct {
		name   string
		module string
		want   bool
	}{
		{"c without initialisation", filepath.Join(wasmtest.PluginsDir(), "c-lint", "plugin.wasm"), true},
		{"c with wasi", filepath.Join(wasmtest.PluginsDir(), "c-wasi", "plugin.wasm"), true},
		{"assemblyscript", filepath.Join(wasmtest.PluginsDir(), "as-lint", "plugin.wasm"), true},
		{"trap while it starts", filepath.Join(wasmtest.ModulesDir(), "trap-in-start.wasm"), false},
		{"no such file", filepath.Join(t.TempDir(), "plugin.wasm"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := call.Request{Kind: call.Probe, Plugin: c.name, Module: c.module}
			p := rt.PrepareSpare(t.Context(), req, nil)
			if (p != nil) != c.want {
				t.Fatalf("spare: %v, want %v", p != nil, c.want)
			}
			if p == nil {
				return
			}
			defer p.Close()
			if !p.Matches(req) {
				t.Error("it does not match the request that it was made for")
			}
			other := req
			other.Capabilities.MaxMemoryMiB = 99
			if p.Matches(other) {
				t.Error("it matches a request with another budget")
			}
			other = req
			other.Kind, other.Capabilities.Env = call.Run, []string{"PATH"}
			if p.Matches(other) {
				t.Error("it matches a request with an environment")
			}
			var log recorder
			if res := p.Run(t.Context(), req, log.sink); res.Outcome.Word != call.OK {
				t.Errorf("%s\n%s", res.Outcome, log.text())
			}
		})
	}
}

// A spare that follows a call is of what was called. It is never used for a module built since.
func TestSpareOfAnOlderModule(t *testing.T) {
	rt := newTestRuntime(t, "")
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	writeFile(t, path, BuildFixtureWasm(1, 1))
	req := call.Request{Kind: call.Probe, Module: path}
	called, res := rt.Prepare(t.Context(), req, discard)
	if called == nil {
		t.Fatal(res.Outcome)
	}
	called.Run(t.Context(), req, discard)
	called.Close()
	writeFile(t, path, BuildFixtureWasm(2, 1))
	if old := rt.PrepareSpare(t.Context(), req, called); old != nil {
		defer old.Close()
		if old.Matches(req) {
			t.Error("the spare of the module before fits the one that was built since")
		}
	}
	now := rt.PrepareSpare(t.Context(), req, nil)
	if now == nil {
		t.Fatal("no spare")
	}
	defer now.Close()
	if res := now.Run(t.Context(), req, discard); res.Health == nil || *res.Health != 2 {
		t.Errorf("health of the module built since: %+v", res)
	}
}
