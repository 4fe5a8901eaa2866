package wasmhost

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// TestModuleConfigMounts makes an instance without a runtime's help, in which the declared mounts
// are all there is.
func TestModuleConfigMounts(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"in", "out"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(dir, "in", "a"), []byte("a"))
	writeFile(t, filepath.Join(dir, "out", "b"), []byte("b"))
	writeFile(t, filepath.Join(dir, "c"), []byte("c"))
	guest := filepath.ToSlash(strings.TrimPrefix(dir, filepath.VolumeName(dir)))
	caps := Capabilities{Filesystem: []FilesystemMount{{HostPath: guest + "/in", ReadOnly: true}, {HostPath: guest + "/out"}}}
	const create, truncate = 1, 8
	for _, c := range []struct {
		name, path string
		flags      byte
		want       bool
	}{
		{"read", "/in/a", 0, true},
		{"read what may be written", "/out/b", 0, true},
		{"create", "/out/new", create, true},
		{"truncate what may be read", "/in/a", truncate, false},
		{"create beside what may be read", "/in/new", create, false},
		{"undeclared", "/c", 0, false},
		{"dots", "/in/../c", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := newTestRuntime(t, "")
			path := strings.TrimPrefix(guest+c.path, "/")
			m, err := rt.loadBytes(t.Context(), opening(path, c.flags))
			if err != nil {
				t.Fatal(err)
			}
			defer m.release()
			instance, err := rt.main.instantiate(t.Context(), m, BuildModuleConfig(caps, "demo"))
			if err != nil {
				t.Fatal(err)
			}
			res, err := instance.ExportedFunction("open").Call(t.Context())
			if err != nil || (res[0] == 0) != c.want {
				t.Errorf("errno %v, %v", res, err)
			}
		})
	}
}

// opening is a guest that opens a path for reading, below its first preopened folder.
func opening(path string, flags byte) []byte {
	number := func(n int32) []byte { return append([]byte{0x41}, wasmtest.S32(n)...) }
	m := wasmtest.Plugin(wasmtest.Func{Export: "open", Results: []byte{i32}, Body: wasmtest.Code(wasmtest.Join(
		number(3), number(1), number(0), number(int32(len(path))), number(int32(flags)), // fd, follow, path, flags
		[]byte{0x42, 2, 0x42, 0}, number(0), number(4096), []byte{0x10, 0}, // fd_read; no inherited rights
	)...)})
	m.Data = []byte(path)
	m.Imports = []wasmtest.Import{{
		Module: wasiModuleName, Name: "path_open", Results: []byte{i32},
		Params: []byte{i32, i32, i32, i32, i32, i64, i64, i32, i32},
	}}
	return m.Bytes()
}
