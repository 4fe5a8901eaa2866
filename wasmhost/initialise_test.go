package wasmhost

import (
	"path/filepath"
	"strings"
	"testing"

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
	if p := rt.PrepareSpare(t.Context(), req); p != nil {
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
