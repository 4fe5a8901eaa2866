package wasmhost

import (
	"bytes"
	"context"
	"errors"
	"os"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/skeleton"
)

// bigModule returns a module with so much code that it is loaded from the disk by its skeleton. Its
// run traps in an inner function.
func bigModule(health int32) []byte {
	m := wasmtest.Plugin(
		wasmtest.Func{Body: wasmtest.Code(bytes.Repeat([]byte{0x01}, 300<<10)...)},
		wasmtest.Func{Body: wasmtest.Code(0x00)},
		wasmtest.Func{Export: "run", Body: wasmtest.Code(0x10, 3)},
	)
	m.Name = "demo"
	m.Funcs[1].Body = wasmtest.Const(health)
	return m.Bytes()
}

// checkBig loads a module in a new runtime over dir, and checks that its own code is what runs.
func checkBig(t *testing.T, dir string, body []byte, health int32) {
	t.Helper()
	rt, err := NewRuntime(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close(context.Background())
	path := t.TempDir() + "/plugin.wasm"
	writeFile(t, path, body)
	res := rt.Execute(t.Context(), call.Request{Kind: call.Probe, Module: path}, discard)
	if res.Health == nil || *res.Health != health {
		t.Errorf("health %v, %s, want %d", res.Health, res.Outcome, health)
	}
	res = rt.Execute(t.Context(), call.Request{Kind: call.Run, Module: path, Export: "run", ProjectRoot: t.TempDir()}, discard)
	if res.Outcome.Word != call.Trap || len(res.Stack) != 2 {
		t.Errorf("%s with stack %v, want a trap two functions deep", res.Outcome, res.Stack)
	}
}

// Modules that differ in their code alone are not taken for each other.
func TestBigModulesOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		for health := range int32(3) {
			checkBig(t, dir, bigModule(health), health)
		}
	}
	if got := entries(t, dir); len(got) != 3 {
		t.Errorf("entries: %q", got)
	}
}

func TestDamagedBigEntriesAreRebuilt(t *testing.T) {
	dir := t.TempDir()
	checkBig(t, dir, bigModule(4), 4)
	entry := entries(t, dir)[0]
	good, err := os.ReadFile(entry)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, bad := range map[string][]byte{"empty": {}, "cut": good[:len(good)-1], "a bit flipped": flipped} {
		if err := os.WriteFile(entry, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		checkBig(t, dir, bigModule(4), 4)
		if now, err := os.ReadFile(entry); err != nil || !bytes.Equal(now, good) {
			t.Errorf("%s: the entry was not rebuilt: %d bytes, %v", name, len(now), err)
		}
	}
}

// What is not in the cache any more, as another process evicted it, must not be compiled from a
// skeleton, whose functions do nothing but trap. This pins what the engine does with its context.
func TestSkeletonsAreNeverCompiled(t *testing.T) {
	dir := t.TempDir()
	rt := newTestRuntime(t, dir)
	body := bigModule(5)
	bones, ok := skeleton.Of(body, rt.disk.key(body))
	if !ok {
		t.Fatal("the module under test has no skeleton")
	}
	for range 3 {
		if _, err := loadOnly(t.Context(), rt.main.wazero, bones); !errors.Is(err, errNotCached) {
			t.Errorf("got %v, want that it is not cached", err)
		}
		if got := entries(t, dir); len(got) != 0 {
			t.Errorf("entries: %q", got)
		}
	}
	checkBig(t, dir, body, 5)
	if _, err := loadOnly(t.Context(), rt.main.wazero, bones); err != nil {
		t.Errorf("now it is cached: %v", err)
	}
}

// The same while entries come and go.
func TestBigEntriesEvictedMeanwhile(t *testing.T) {
	dir := t.TempDir()
	checkBig(t, dir, bigModule(5), 5)
	entry := entries(t, dir)[0]
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_ = os.Remove(entry) // it may not be there yet
			}
		}
	}()
	for range 20 {
		checkBig(t, dir, bigModule(5), 5)
	}
	close(stop)
	<-stopped
	checkBig(t, dir, bigModule(5), 5)
}
