//go:build unix

package inspect_test

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

func TestFileDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := inspect.File(path)
	var e *inspect.Error
	if !errors.As(err, &e) || e.Kind != inspect.NotWasm {
		t.Fatalf("got %v, want kind not-wasm", err)
	}
}
