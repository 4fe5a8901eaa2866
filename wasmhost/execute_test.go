package wasmhost

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// saved writes a module to a file of its own.
func saved(tb testing.TB, body []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), ModuleFileName)
	writeFile(tb, path, body)
	return path
}

func TestProbe(t *testing.T) {
	rt := newTestRuntime(t, "")
	for _, c := range []struct {
		name             string
		module           []byte
		outcome          string
		protocol, health *int32
		declared         bool
		log              string
	}{
		{"healthy", BuildFixtureWasm(0, 1), "ok", new(int32(1)), new(int32(0)), true, ""},
		{"ill", BuildFixtureWasm(3, 1), "failed: health returned 3", new(int32(1)), new(int32(3)), true, ""},
		{"1 is no health", BuildFixtureWasm(1, 1), "failed: health returned 1", new(int32(1)), new(int32(1)), true, "0 is healthy"},
		{"newer protocol", BuildFixtureWasm(0, 2), "failed: the module speaks protocol 2, this host 1 to 1", new(int32(2)), nil, true, ""},
		{"older protocol", BuildFixtureWasm(0, 0), "failed: the module speaks protocol 0, this host 1 to 1", new(int32(0)), nil, true, ""},
		{"nothing exported", wasmtest.Module{Funcs: []wasmtest.Func{{Body: wasmtest.Code()}}}.Bytes(), "ok", new(int32(1)), nil, false, "protocol 1 is assumed"},
		{"not a module", []byte("<html>"), "failed: read the module", nil, nil, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log recorder
			res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: saved(t, c.module)}, log.sink)
			if got := res.Outcome.String(); !strings.HasPrefix(got, c.outcome) {
				t.Errorf("got %q, want %q", got, c.outcome)
			}
			if !same(res.Protocol, c.protocol) || !same(res.Health, c.health) || res.ProtocolDeclared != c.declared {
				t.Errorf("got %+v", res)
			}
			if !strings.Contains(log.text(), c.log) {
				t.Errorf("log: %s", log.text())
			}
		})
	}
}

func same(a, b *int32) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// TestProbeHasNoCapability probes a module whose health reads a file that is declared and granted.
func TestProbeHasNoCapability(t *testing.T) {
	m := wasmtest.Plugin(wasmtest.Func{Export: "run", Results: []byte{i32}, Body: wasmtest.Code(0x41, 0, 0x41, 12, 0x10, 0, 0xa7)})
	m.Imports = []wasmtest.Import{{Module: "samuel", Name: "fs_read", Params: []byte{i32, i32}, Results: []byte{i64}}}
	m.Data = []byte("/workspace/a")
	m.Funcs[1].Body = m.Funcs[2].Body
	req := call.Request{
		Kind: call.Probe, Module: saved(t, m.Bytes()), Export: "run", ProjectRoot: t.TempDir(),
		Capabilities: call.Capabilities{Read: []string{"/workspace"}},
	}
	rt := newTestRuntime(t, "")
	if res := rt.Execute(t.Context(), req, discard); res.Outcome.String() != "denied: filesystem.read /workspace/a" {
		t.Errorf("probe: %s", res.Outcome)
	}
	req.Kind = call.Run
	if res := rt.Execute(t.Context(), req, discard); res.Outcome.Word != call.OK {
		t.Errorf("run: %s", res.Outcome)
	}
}

func TestCancelled(t *testing.T) {
	rt := newTestRuntime(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	m := wasmtest.Plugin(wasmtest.Func{Export: "run", Body: wasmtest.Code( // log(0, 0, 0, 0), then a loop
		0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0x10, 0, 0x03, 0x40, 0x0c, 0, 0x0b,
	)})
	m.Imports = []wasmtest.Import{{Module: "samuel", Name: "log", Params: []byte{i32, i32, i32, i32}}}
	started := func(call.Event) { cancel() }
	res := rt.Execute(ctx, call.Request{Kind: call.Run, Module: saved(t, m.Bytes()), Export: "run"}, started)
	cancel()
	if res.Outcome.Word != call.Cancelled {
		t.Errorf("got %s", res.Outcome)
	}
	res = rt.Execute(ctx, call.Request{Kind: call.Run, Module: saved(t, m.Bytes()), Export: "run"}, discard)
	if res.Outcome.Word != call.Cancelled {
		t.Errorf("cancelled before: %s", res.Outcome)
	}
}

// TestSamplePlugins runs the plugins of real toolchains on a file with unfinished lines.
func TestSamplePlugins(t *testing.T) {
	rt := newTestRuntime(t, t.TempDir(), WithCompileTimeout(5*time.Minute)) // however busy the machine is
	modules, err := filepath.Glob(filepath.Join(wasmtest.PluginsDir(), "*", ModuleFileName))
	if err != nil || len(modules) == 0 {
		t.Fatal(modules, err)
	}
	for _, module := range modules {
		t.Run(filepath.Base(filepath.Dir(module)), func(t *testing.T) {
			project := t.TempDir()
			writeFile(t, filepath.Join(project, "a.txt"), []byte("fine\nTODO later\n"))
			req := call.Request{
				Kind: call.Probe, Module: module, Export: "lint", Event: "quality.check", ProjectRoot: project,
				Payload:      []byte(`{"event":"quality.check","project_root":"/workspace","path":"/workspace/a.txt","files":["/workspace/a.txt"],"commands":[]}`),
				Capabilities: call.Capabilities{Read: []string{"/workspace/**"}},
			}
			var log recorder
			if res := rt.Execute(t.Context(), req, log.sink); res.Outcome.Word != call.OK || res.Health == nil {
				t.Errorf("probe: %s\n%s", res.Outcome, log.text())
			}
			req.Kind = call.Run
			res := rt.Execute(t.Context(), req, log.sink)
			found := slices.ContainsFunc(log.callbacks, func(c call.Callback) bool {
				return c.Name == callbackDiagnostics && strings.Contains(string(c.Payload), `"line":2`)
			})
			if res.Outcome.Word != call.OK || !found {
				t.Errorf("run: %s, callbacks %s\n%s", res.Outcome, log.callbacks, log.text())
			}
		})
	}
}

func TestTrapStack(t *testing.T) {
	rt := newTestRuntime(t, "")
	m := wasmtest.Plugin(
		wasmtest.Func{Export: "run", Body: wasmtest.Code(0x10, 3)},
		wasmtest.Func{Body: wasmtest.Code(0x00)},
	)
	names := func(pairs ...[]byte) []byte {
		return wasmtest.Section(wasmtest.SectionCustom, wasmtest.Name("name"), []byte{1}, wasmtest.Sized(wasmtest.Vec(pairs...)))
	}
	named := m
	named.Custom = [][]byte{names(
		wasmtest.Join([]byte{2}, wasmtest.Name("main.(*Lint).Run")), wasmtest.Join([]byte{3}, wasmtest.Name("explode")),
	)}
	for _, c := range []struct {
		module []byte
		want   []string
	}{{named.Bytes(), []string{"explode", "main.(*Lint).Run"}}, {m.Bytes(), []string{"", ""}}} {
		res := rt.Execute(t.Context(), call.Request{Kind: call.Run, Module: saved(t, c.module), Export: "run"}, discard)
		var got []string
		for _, f := range res.Stack {
			got = append(got, f.Func)
		}
		if res.Outcome.String() != "trap: unreachable" || !slices.Equal(got, c.want) {
			t.Errorf("got %s, %q, want %q", res.Outcome, got, c.want)
		}
	}
}

func TestReadEnvelope(t *testing.T) {
	for _, c := range []struct{ reply, want, log string }{
		{`{"ok":true}`, "ok", ""},
		{`{}`, "ok", ""},
		{`{"findings":3}`, "ok", ""},
		{` {"ok":false,"reason":"two files differ"}`, "failed: two files differ", ""},
		{`{"ok":false,"failures":["a","b"]}`, "failed: 2 failures", "failure: a"},
		{`{"ok":false,"failures":[{"path":"x"}]}`, "failed: 1 failure", `failure: {"path":"x"}`},
		{`{"ok":false}`, "failed: the plugin gave no reason", ""},
		{`{"ok":false,"reason":"two\nlines"}`, "failed: two", ""},
		{`{"ok":"yes"}`, `failed: the reply is no JSON envelope: ok is "yes", want true or false`, ""},
		{`{"ok":null}`, "ok", ""},
		{`{"OK":false}`, "ok", ""}, // another key, which is the plugin's own
		{`{"failures":0,"checked":12}`, "ok", ""},
		{`{"ok":true,"failures":3,"reason":{"a":1}}`, "ok", ""},
		{`{"ok":false,"reason":{"a":1}}`, `failed: {"a":1}`, ""},
		{`{"ok":false,"reason":null,"failures":"one"}`, "failed: 1 failure", "failure: one"},
		{`[]`, "failed: the reply is no JSON object", ""},
		{`null`, "failed: the reply is no JSON object", ""},
		{``, "failed: the reply is no JSON object", ""},
		{`{"ok":true`, "failed: the reply is no JSON envelope", ""},
		{`{"ok":true} x`, "failed: the reply is no JSON envelope", ""},
	} {
		var log recorder
		if got := readEnvelope([]byte(c.reply), newOutput(log.sink)).String(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.reply, got, c.want)
		}
		if !strings.Contains(log.text(), c.log) {
			t.Errorf("%s: log is %q", c.reply, log.text())
		}
	}
}

func TestOutcomesAreOrderedByStrength(t *testing.T) {
	words := []call.Word{
		call.Crashed, call.MemoryLimit, call.TimedOut, call.Trap, call.Cancelled, call.Failed, call.Denied, call.OK,
	}
	for i, a := range words {
		for j, b := range words {
			if got := stronger(call.Outcome{Word: a}, call.Outcome{Word: b}).Word; got != words[min(i, j)] {
				t.Errorf("%s and %s give %s", a, b, got)
			}
		}
	}
}

func TestPreparedMatches(t *testing.T) {
	t.Setenv("SAMUEL_TEST_MODE", "a")
	rt := newTestRuntime(t, "")
	module := saved(t, BuildFixtureWasm(0, 1))
	base := call.Request{
		Kind: call.Run, Plugin: "demo", Module: module, Export: exportHealth, ProjectRoot: t.TempDir(), Event: "quality.check",
		Capabilities: call.Capabilities{Read: []string{"/workspace"}, Env: []string{"SAMUEL_TEST_MODE"}, HardTimeout: time.Minute},
		Granted:      []call.Grant{{Kind: "exec"}},
	}
	p, res := rt.Prepare(t.Context(), base, discard)
	if p == nil {
		t.Fatal(res.Outcome)
	}
	for _, c := range []struct {
		name   string
		change func(*call.Request)
		want   bool
	}{
		{"nothing", func(*call.Request) {}, true},
		{"export, event and payload", func(r *call.Request) { r.Export, r.Event, r.Payload = "lint", "", []byte("{}") }, true},
		{"kind", func(r *call.Request) { r.Kind = call.Probe }, false},
		{"project", func(r *call.Request) { r.ProjectRoot = "/" }, false},
		{"capabilities", func(r *call.Request) { r.Capabilities.Write = []string{"/workspace"} }, false},
		{"budgets", func(r *call.Request) { r.Capabilities.MaxMemoryMiB = 1 }, false},
		{"grants", func(r *call.Request) { r.Granted = nil }, false},
		{"module", func(r *call.Request) { r.Module = saved(t, BuildFixtureWasm(1, 1)) }, false},
		{"the same module elsewhere", func(r *call.Request) { r.Module = saved(t, BuildFixtureWasm(0, 1)) }, true},
		{"no module", func(r *call.Request) { r.Module = "none" }, false},
	} {
		req := base
		c.change(&req)
		if got := p.Matches(req); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	t.Setenv("SAMUEL_TEST_MODE", "b")
	if p.Matches(base) {
		t.Error("the environment changed")
	}
	t.Setenv("SAMUEL_TEST_MODE", "a")
	writeFile(t, module, BuildFixtureWasm(9, 1))
	if p.Matches(base) {
		t.Error("the module changed")
	}
	if res := p.Run(t.Context(), base, discard); res.Outcome.Word != call.OK {
		t.Errorf("got %s", res.Outcome)
	}
	p.Close()
	p.Close()
	if p.Matches(base) {
		t.Error("it is closed")
	}
}
