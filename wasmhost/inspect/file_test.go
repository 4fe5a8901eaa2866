package inspect_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

func TestFileOpensOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{"a folder": dir, "a device": os.DevNull} {
		t.Run(name, func(t *testing.T) {
			_, err := inspect.File(path)
			var e *inspect.Error
			if !errors.As(err, &e) || e.Kind != inspect.NotWasm {
				t.Errorf("got %v, want kind not-wasm", err)
			}
			if _, err := inspect.SHA256(path); !errors.As(err, &e) {
				t.Errorf("digest: got %v, want an *inspect.Error", err)
			}
		})
	}
	if _, err := inspect.File(filepath.Join(dir, "missing.wasm")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: got %v, want fs.ErrNotExist", err)
	}
}

func TestFileReadsItsSize(t *testing.T) {
	dir := t.TempDir()
	module := wasmtest.Plugin().Bytes()
	target := filepath.Join(dir, "target.wasm")
	if err := os.WriteFile(target, module, 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := inspect.File(target)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Size != int64(len(module)) {
		t.Errorf("size %d, want %d", sum.Size, len(module))
	}
}

func TestSHA256(t *testing.T) {
	module := wasmtest.Plugin().Bytes()
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	if err := os.WriteFile(path, module, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := inspect.SHA256(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256(module); !bytes.Equal(got[:], want[:]) {
		t.Errorf("digest %x, want %x", got, want)
	}
	if err := os.Truncate(path, inspect.MaxModuleSize+1); err != nil {
		t.Fatal(err)
	}
	var e *inspect.Error
	if _, err := inspect.SHA256(path); !errors.As(err, &e) || e.Kind != inspect.TooLarge {
		t.Errorf("digest of a large file: got %v, want kind too-large", err)
	}
	if _, err := inspect.File(path); !errors.As(err, &e) || e.Kind != inspect.TooLarge {
		t.Errorf("a large file: got %v, want kind too-large", err)
	}
}
