package inspect_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// BenchmarkFile is what the editor pays when a module has changed: open, read by section, close.
func BenchmarkFile(b *testing.B) {
	dir := b.TempDir()
	write := func(name string, module []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, module, 0o644); err != nil {
			b.Fatal(err)
		}
		return path
	}
	plugin := func(name string) string { return filepath.Join(wasmtest.PluginsDir(), name, "plugin.wasm") }
	for _, bm := range []struct{ name, path string }{
		{"C-3KB", plugin("c-lint")},
		{"AssemblyScript-7KB", plugin("as-lint")},
		{"Rust-43KB", plugin("rust-lint")},
		{"Go-3MB", write("go", wasmtest.GoPlugin(b))},
		{"ManyTypes", write("many", wasmtest.Generate(b, "compile-many-functions"))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := inspect.File(bm.path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCheckCounts is what a compile pays before the compiler sees the bytes.
func BenchmarkCheckCounts(b *testing.B) {
	module := wasmtest.GoPlugin(b)
	b.SetBytes(int64(len(module)))
	for b.Loop() {
		if err := inspect.CheckCounts(module); err != nil {
			b.Fatal(err)
		}
	}
}
