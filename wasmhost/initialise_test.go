package wasmhost

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// What a module does while it is initialised is part of the run: its lines are seen at once, and
// what it was denied counts.
func TestInitialisingIsPartOfTheRun(t *testing.T) {
	const path = "/workspace/secret.txt"
	text := "early" + path
	m := wasmtest.Plugin(
		wasmtest.Func{Export: "run", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)},
		wasmtest.Func{Export: "_initialize", Body: wasmtest.Code(wasmtest.Join(
			[]byte{0x41, 0, 0x41, 0, 0x41, 0, 0x41, 5, 0x10, 0},                          // log("", "early")
			[]byte{0x41, 5, 0x41}, wasmtest.S32(int32(len(path))), []byte{0x10, 1, 0x1a}, // fs_read(path), dropped
		)...)},
	)
	four := []byte{wasmtest.I32, wasmtest.I32, wasmtest.I32, wasmtest.I32}
	m.Imports = []wasmtest.Import{
		{Module: "samuel", Name: "log", Params: four},
		{Module: "samuel", Name: "fs_read", Params: four[:2], Results: []byte{wasmtest.I64}},
	}
	m.Data = []byte(text)
	module := filepath.Join(t.TempDir(), "plugin.wasm")
	writeFile(t, module, m.Bytes())
	rt := newTestRuntime(t, "")
	req := call.Request{Kind: call.Run, Plugin: "early", Module: module, Export: "run", ProjectRoot: t.TempDir()}
	if p := rt.PrepareSpare(t.Context(), req, nil); p != nil {
		t.Error("a spare was made of a module that shows when it is initialised")
		p.Close()
	}
	var log recorder
	p, res := rt.Prepare(t.Context(), req, log.sink)
	if p == nil {
		t.Fatal(res.Outcome)
	}
	defer p.Close()
	if !strings.Contains(log.text(), "early") {
		t.Errorf("the line of the initialisation was held back; the log is %q", log.text())
	}
	res = p.Run(t.Context(), req, log.sink)
	if got, want := res.Outcome.String(), "denied: filesystem.read "+path; got != want || len(res.Denials) != 1 {
		t.Errorf("got %q with %v, want %q", got, res.Denials, want)
	}
}

// A module that leaves before its export was called has not done what it was called for, whatever
// code it leaves with.
func TestLeavingBeforeTheCall(t *testing.T) {
	exit := wasmtest.Code(0x41, 0, 0x10, 0)          // proc_exit(0)
	exitNumber := wasmtest.Code(0x41, 0, 0x10, 0, 0) // the same, where a result is due: unreachable
	for _, c := range []struct {
		name, want string
		funcs      []wasmtest.Func
	}{
		{"in the export", "ok", []wasmtest.Func{{Export: "run", Body: exit}}},
		{"in _initialize", "failed: exited with code 0 before it was called", []wasmtest.Func{
			{Export: "_initialize", Body: exit},
			{Export: "run", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)},
		}},
		{"in the allocator", "failed: exited with code 0 before it was called", []wasmtest.Func{
			{Export: "samuel_alloc", Params: []byte{wasmtest.I32}, Results: []byte{wasmtest.I32}, Body: exitNumber},
			{Export: "run", Params: []byte{wasmtest.I32, wasmtest.I32}, Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := wasmtest.Plugin(c.funcs...)
			m.Imports = []wasmtest.Import{{Module: wasiModuleName, Name: "proc_exit", Params: []byte{wasmtest.I32}}}
			module := filepath.Join(t.TempDir(), "plugin.wasm")
			writeFile(t, module, m.Bytes())
			res := newTestRuntime(t, "").Execute(t.Context(), call.Request{Kind: call.Run, Module: module, Export: "run"}, discard)
			if got := res.Outcome.String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Where the bytes tell that a module speaks another protocol, nothing of it is run, its
// initialisation included.
func TestForeignProtocolIsNotInitialised(t *testing.T) {
	m := wasmtest.Module{Pages: 1, Data: []byte("early"), Funcs: []wasmtest.Func{
		{Export: "samuel_protocol_version", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(2)},
		{Export: "health", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)},
		{Export: "_initialize", Body: wasmtest.Code(0x41, 0, 0x41, 0, 0x41, 5, 0x10, 0)}, // log(0, "early")
	}}
	m.Imports = []wasmtest.Import{{Module: "samuel", Name: "log", Params: []byte{wasmtest.I32, wasmtest.I32, wasmtest.I32}}}
	module := filepath.Join(t.TempDir(), "plugin.wasm")
	writeFile(t, module, m.Bytes())
	for _, kind := range []call.Kind{call.Probe, call.Run} {
		var log recorder
		res := newTestRuntime(t, "").Execute(t.Context(), call.Request{Kind: kind, Module: module, Export: "health"}, log.sink)
		if got, want := res.Outcome.String(), "failed: the module speaks protocol 2, this host 1 to 1"; got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
		if res.Protocol == nil || *res.Protocol != 2 || !res.ProtocolDeclared {
			t.Errorf("%s: the result does not tell the protocol: %+v", kind, res)
		}
		if log.text() != "" {
			t.Errorf("%s: the module was run: %s", kind, log.text())
		}
	}
}

// Initialising and the call share one hard timeout; the time that a spare waits does not count.
func TestOneHardTimeout(t *testing.T) {
	module := filepath.Join(t.TempDir(), "plugin.wasm")
	writeFile(t, module, BuildFixtureWasm(0, 1))
	rt := newTestRuntime(t, "")
	req := call.Request{Kind: call.Run, Module: module, Export: "health"}
	ends := func(p *Prepared) time.Time {
		ctx, stop := p.deadline(t.Context())
		defer stop()
		at, ok := ctx.Deadline()
		if !ok {
			t.Fatal("no deadline")
		}
		return at
	}
	p, res := rt.Prepare(t.Context(), req, discard)
	if p == nil {
		t.Fatal(res.Outcome)
	}
	defer p.Close()
	if first, second := ends(p), ends(p); !first.Equal(second) {
		t.Errorf("the limit moved from %s to %s", first, second)
	}
	spare := rt.PrepareSpare(t.Context(), req, nil)
	if spare == nil {
		t.Fatal("no spare")
	}
	defer spare.Close()
	if !spare.ends.IsZero() {
		t.Error("a spare's time runs before it is called")
	}
}

// A program that was built where a library is wanted says nothing of that itself.
func TestProgramsAreExplained(t *testing.T) {
	trap := wasmtest.Func{Export: "run", Body: wasmtest.Code(0)}
	start := wasmtest.Func{Export: "_start", Body: wasmtest.Code()}
	initialize := wasmtest.Func{Export: "_initialize", Body: wasmtest.Code()}
	for _, c := range []struct {
		name  string
		funcs []wasmtest.Func
		want  bool
	}{
		{"a program", []wasmtest.Func{trap, start}, true},
		{"both", []wasmtest.Func{trap, start, initialize}, false},
		{"a program that works", []wasmtest.Func{{Export: "run", Body: wasmtest.Code()}, start}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			module := filepath.Join(t.TempDir(), "plugin.wasm")
			writeFile(t, module, wasmtest.Plugin(c.funcs...).Bytes())
			var log recorder
			newTestRuntime(t, "").Execute(t.Context(), call.Request{Kind: call.Run, Module: module, Export: "run"}, log.sink)
			if got := strings.Contains(log.text(), "build a reactor"); got != c.want {
				t.Errorf("explained: %v; log: %s", got, log.text())
			}
		})
	}
}
