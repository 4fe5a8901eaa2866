package inspect_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

func read(module []byte) (*inspect.Summary, error) {
	return inspect.Read(bytes.NewReader(module), int64(len(module)))
}

func mustRead(t testing.TB, module []byte) *inspect.Summary {
	t.Helper()
	sum, err := read(module)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// externs lists a module's functions by name and signature.
func externs(sum *inspect.Summary) (exports, imports []string) {
	for _, e := range sum.Exports {
		if e.Kind == inspect.Func {
			exports = append(exports, e.Name+e.Type.String())
		} else {
			exports = append(exports, e.Kind.String()+" "+e.Name)
		}
	}
	for _, i := range sum.Imports {
		if i.Module == "samuel" {
			imports = append(imports, i.Name+i.Type.String())
		}
	}
	return exports, imports
}

func TestReadSamplePlugins(t *testing.T) {
	plugin := []string{"samuel_protocol_version() -> i32", "health() -> i32", "samuel_alloc(i32) -> i32", "lint(i32, i32) -> i64"}
	tests := []struct {
		name      string
		exports   []string
		imports   []string
		pages     uint64
		toolchain string
		constants bool
	}{
		{
			"c-lint", append([]string{"memory memory"}, plugin...),
			[]string{"callback(i32, i32, i32, i32) -> i32", "fs_read(i32, i32) -> i64", "log(i32, i32, i32, i32)"},
			2, "C (Debian clang 14.0.6)", true,
		},
		{
			"c-wasi", append([]string{"memory memory", "_initialize()"}, plugin...),
			[]string{"callback(i32, i32, i32, i32) -> i32"},
			2, "C (Debian clang 14.0.6)", true,
		},
		{
			"rust-lint", append(append([]string{"memory memory"}, plugin...), "global __data_end", "global __heap_base"),
			[]string{"fs_read(i32, i32) -> i64", "log(i32, i32, i32, i32)", "callback(i32, i32, i32, i32) -> i32"},
			17, "Rust (rustc 1.63.0)", true,
		},
		{
			"as-lint", append(append([]string{}, plugin...), "memory memory"),
			[]string{"fs_read(i32, i32) -> i64", "log(i32, i32, i32, i32)", "callback(i32, i32, i32, i32) -> i32"},
			1, "", true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sum, err := inspect.File(filepath.Join(wasmtest.PluginsDir(), tt.name, "plugin.wasm"))
			if err != nil {
				t.Fatal(err)
			}
			exports, imports := externs(sum)
			if diff := cmp.Diff(tt.exports, exports); diff != "" {
				t.Errorf("exports (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.imports, imports); diff != "" {
				t.Errorf("imports (-want +got):\n%s", diff)
			}
			if sum.Memory == nil || sum.Memory.Min != tt.pages || sum.Memory.Imported {
				t.Errorf("memory %+v, want %d pages", sum.Memory, tt.pages)
			}
			if got := sum.Toolchain(); got != tt.toolchain {
				t.Errorf("toolchain %q, want %q", got, tt.toolchain)
			}
			if tt.constants {
				if sum.Protocol == nil || *sum.Protocol != 1 || sum.Health == nil || *sum.Health != 0 {
					t.Errorf("protocol %v and health %v, want 1 and 0", sum.Protocol, sum.Health)
				}
			}
		})
	}
}

func TestReadGoModule(t *testing.T) {
	sum := mustRead(t, wasmtest.GoPlugin(t))
	for name, want := range map[string]string{
		"_initialize": "()", "samuel_protocol_version": "() -> i32", "health": "() -> i32",
		"samuel_alloc": "(i32) -> i32", "lint": "(i32, i32) -> i64",
	} {
		if e, ok := sum.Export(name); !ok || e.Type.String() != want {
			t.Errorf("export %s: %v %v, want %s", name, ok, e.Type, want)
		}
	}
	if !sum.Imported("samuel", "fs_read") || sum.Imported("samuel", "exec") {
		t.Error("imports: want fs_read and no exec")
	}
	if tc := sum.Toolchain(); len(tc) < 5 || tc[:4] != "Go 1" {
		t.Errorf("toolchain %q", tc)
	}
	if sum.Protocol != nil || sum.Health != nil {
		t.Error("Go's functions are no constants, yet a value was read")
	}
}

func TestReadErrors(t *testing.T) {
	section, join := wasmtest.Section, wasmtest.Join
	module := func(sections ...[]byte) []byte { return wasmtest.Encode(sections...) }
	types := section(wasmtest.SectionType, wasmtest.Vec([]byte{0x60, 0, 1, 0x7f}))
	function := section(wasmtest.SectionFunction, wasmtest.Vec([]byte{0}))
	code := section(wasmtest.SectionCode, wasmtest.Vec(wasmtest.Sized(wasmtest.Const(1))))
	export := func(index byte) []byte {
		return section(wasmtest.SectionExport, wasmtest.Vec(join(wasmtest.Name("f"), []byte{0, index})))
	}
	good := module(types, function, export(0), code)
	const (
		notWasm, component, malformed, tooLarge = inspect.NotWasm, inspect.Component, inspect.Malformed, inspect.TooLarge
	)
	tests := []struct {
		name   string
		module []byte
		kind   inspect.ErrorKind
		offset int64
		msg    string
	}{
		{"empty", nil, notWasm, 0, "the file is empty; build the module again"},
		{"html", []byte("\n<!doctype HTML>"), notWasm, 0, "not a wasm module: an HTML or XML page, perhaps a download that failed"},
		{"text", []byte("(module)"), notWasm, 0, "not a wasm module: WebAssembly text; assemble it first, for example with wat2wasm"},
		{"lfs", []byte("version https://git-lfs.github.com/spec/v1\n"), notWasm, 0, "not a wasm module: a Git LFS pointer; fetch the file with git lfs pull"},
		{"gzip", []byte("\x1f\x8b\x08"), notWasm, 0, "not a wasm module: a compressed file; unpack it first"},
		{"elf", []byte("\x7fELF\x02\x01"), notWasm, 0, "not a wasm module: a native program or object; build with a wasm target"},
		{"zeros", make([]byte, 16), notWasm, 0, "not a wasm module: it starts with the bytes 00 00 00 00, not 00 61 73 6d"},
		{"half a magic", []byte("\x00as"), malformed, 3, "the file ends inside the 8-byte header; it is truncated or still being written"},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), component, 4, "a component, not a core module; build for wasip1 or wasm32-unknown-unknown, without the component step"},
		{"version", []byte("\x00asm\x02\x00\x00\x00"), malformed, 4, "wasm version 02 00 00 00; only version 01 00 00 00 is known"},
		{"truncated", good[:len(good)-1], malformed, 26, "the code section declares 6 bytes, but 5 remain in the file; it is truncated or still being written"},
		{"bodies missing", module(types, function), malformed, 19, "1 functions are declared, but there is no code section; the file is truncated or still being written"},
		{"bodies too few", module(types, function, section(wasmtest.SectionCode, []byte{0})), malformed, 21, "the code section has 0 bodies for the 1 functions declared"},
		{"body too long", module(types, function, section(wasmtest.SectionExport, wasmtest.Vec(join(wasmtest.Name("health"), []byte{0, 0}))), section(wasmtest.SectionCode, []byte{1, 0x7f, 0})), malformed, 34, "a function body of 127 bytes, but 1 remain in the code section"},
		{"section id", module(section(99)), malformed, 8, "section id 99 is not known"},
		{"section twice", module(types, types), malformed, 15, "a second type section"},
		{"section order", module(section(wasmtest.SectionMemory, []byte{0}), types), malformed, 11, "the type section comes too late: it stands behind a section that must follow it"},
		{"section beyond the end", module([]byte{1, 0xff, 0xff, 0xff, 0xff, 0x0f}), malformed, 8, "the type section declares 4294967295 bytes, but 0 remain in the file; it is truncated or still being written"},
		{"section size of 33 bits", module([]byte{1, 0xff, 0xff, 0xff, 0xff, 0x1f}), malformed, 9, "a number in the header of the type section is longer than 32 bits"},
		{"section size cut off", module([]byte{1, 0xff}), malformed, 10, "the header of the type section ends inside an entry"},
		{"type count", module(section(1, []byte{5, 0x60, 0, 0})), malformed, 10, "the type section declares 5 types, but 3 bytes remain in it"},
		{"type form", module(section(1, []byte{1, 0x5f, 0, 0})), malformed, 11, "type form 0x5f; only function types (0x60) are known"},
		{"value type", module(section(1, []byte{1, 0x60, 1, 0x64, 0})), malformed, 13, "a parameter of type 0x64 in the type section; such types are not supported"},
		{"type left over", module(section(1, []byte{0, 0x60})), malformed, 11, "1 bytes are left over after the last entry of the type section"},
		{"import of no type", module(types, section(2, []byte{1, 1, 'a', 1, 'b', 0, 9})), malformed, 23, `import "a"."b" has type 9 of 1`},
		{"import kind", module(section(2, []byte{1, 1, 'a', 1, 'b', 9, 9})), malformed, 15, `import "a"."b" is of unknown kind 9`},
		{"memory limits", module(section(5, []byte{1, 1, 9, 3})), malformed, 11, "a memory of at least 9 and at most 3 pages"},
		{"memory pages", module(section(5, []byte{1, 0, 0x81, 0x80, 0x04})), malformed, 11, "a memory of 65537 pages; 65536 is the most"},
		{"memory of 64 bits", module(section(5, []byte{1, 4, 1})), malformed, 11, "64-bit limits in the memory section, which the host does not run; build for a 32-bit target such as wasm32-wasip1"},
		{"shared memory", module(section(5, []byte{1, 3, 1, 2})), malformed, 11, "shared memory in the memory section, which the host does not run; build without threads"},
		{"table type", module(section(4, []byte{1, 0x7f, 0, 0})), malformed, 11, "a table of element type 0x7f; only funcref and externref are supported"},
		{"export index", module(types, function, export(7), code), malformed, 18, `export "f" is function 7 of 1`},
		{"export kind", module(section(7, []byte{1, 1, 'f', 9, 0})), malformed, 11, `export "f" is of unknown kind 9`},
		{"export name", module(section(7, []byte{1, 1, 0xff, 0, 0})), malformed, 11, "an export's name in the export section is not valid UTF-8"},
		{"export twice", module(section(7, []byte{2, 1, 'f', 2, 0, 1, 'f', 2, 0})), malformed, 15, `two exports are named "f"`},
		{"function of no type", module(types, section(3, []byte{1, 5}), export(0), code), malformed, 18, `function "f" has type 5 of 1`},
		{"start", module(types, section(8, []byte{3})), malformed, 17, "the start section names function 3 of 0"},
		{"too many exports", module(section(7, join(wasmtest.U32(100_001), bytes.Repeat([]byte{0, 0, 0}, 100_001)))), tooLarge, 12, "the export section declares 100001 exports; at most 100000 are read"},
		{"section too large", module(section(7, make([]byte, 16<<20+1))), tooLarge, 13, "the export section has 16777217 bytes; at most 16777216 are read"},
		{"custom name", module(section(0, []byte{9, 'x'})), malformed, 10, "a custom section's name has 9 bytes in a section of 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(tt.module)
			var got *inspect.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want an *inspect.Error", err)
			}
			if diff := cmp.Diff(&inspect.Error{Kind: tt.kind, Offset: tt.offset, Msg: tt.msg}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefusesTooLargeFiles(t *testing.T) {
	_, err := inspect.Read(bytes.NewReader(nil), inspect.MaxModuleSize+1)
	var e *inspect.Error
	if !errors.As(err, &e) || e.Kind != inspect.TooLarge {
		t.Fatalf("got %v, want kind too-large", err)
	}
}

func TestReadFileThatShrinks(t *testing.T) {
	module := wasmtest.Plugin().Bytes()
	for n := range module {
		_, err := inspect.Read(bytes.NewReader(module[:n]), int64(len(module)))
		var e *inspect.Error
		if !errors.As(err, &e) || e.Kind != inspect.Changing {
			t.Fatalf("cut to %d bytes while read: got %v, want kind changing", n, err)
		}
	}
}

// failing is a file on a disk that gives up.
type failing struct{ io.ReaderAt }

func (failing) ReadAt([]byte, int64) (int, error) { return 0, os.ErrPermission }

func TestReadKeepsIOErrors(t *testing.T) {
	if _, err := inspect.Read(failing{}, 100); !errors.Is(err, os.ErrPermission) {
		t.Fatalf("got %v, want the reader's own error", err)
	}
}

func TestReadEveryPrefix(t *testing.T) {
	module, err := os.ReadFile(filepath.Join(wasmtest.PluginsDir(), "c-lint", "plugin.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for n := range module {
		if _, err := read(module[:n]); err == nil {
			whole++
		}
	}
	// Cut between two sections, before its functions or behind their code, a module is whole again.
	if whole > 7 {
		t.Errorf("%d prefixes of a module were taken for a module", whole)
	}
}

func TestReadWideTypeIndices(t *testing.T) {
	// Above 128 types an index takes two bytes, and the function section is wider than one window.
	m := wasmtest.Plugin()
	for range 300 {
		m.Funcs = append(m.Funcs, wasmtest.Func{Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)})
	}
	for range 9000 {
		m.Funcs = append(m.Funcs, wasmtest.Func{Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)})
	}
	m.Funcs = append(m.Funcs, wasmtest.Func{Export: "last", Params: []byte{wasmtest.I64}, Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)})
	sum := mustRead(t, m.Bytes())
	if e, _ := sum.Export("last"); e.Type == nil || e.Type.String() != "(i64) -> i32" {
		t.Errorf("last has signature %v, want (i64) -> i32", e.Type)
	}
	if e, _ := sum.Export("health"); e.Type == nil || e.Type.String() != "() -> i32" {
		t.Errorf("health has signature %v, want () -> i32", e.Type)
	}
}

func TestReadImportedAndReexported(t *testing.T) {
	m := wasmtest.Plugin()
	m.Imports = []wasmtest.Import{{Module: "samuel", Name: "exec", Params: []byte{wasmtest.I32, wasmtest.I32}, Results: []byte{wasmtest.I32}}}
	sum := mustRead(t, m.Bytes())
	if sum.Functions != 2 || len(sum.Imports) != 1 || sum.Imports[0].Type.String() != "(i32, i32) -> i32" {
		t.Errorf("functions %d, imports %+v", sum.Functions, sum.Imports)
	}
	if sum.Protocol == nil || *sum.Protocol != 1 {
		t.Error("an import moves the indices; the protocol was not found")
	}

	module, err := os.ReadFile(filepath.Join(wasmtest.ModulesDir(), "import-memory.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := mustRead(t, module); sum.Memory == nil || !sum.Memory.Imported {
		t.Errorf("memory %+v, want an imported one", sum.Memory)
	}
	module, err = os.ReadFile(filepath.Join(wasmtest.ModulesDir(), "table-initial-huge.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	if sum := mustRead(t, module); sum.TableEntries != 100_000_000 {
		t.Errorf("%d table entries, want 100 million", sum.TableEntries)
	}
}

func TestConstantBodies(t *testing.T) {
	i32Const := func(n int32) []byte { return append([]byte{0x41}, wasmtest.S32(n)...) }
	n := func(v int32) *int32 { return &v }
	tests := []struct {
		name string
		body []byte
		want *int32
	}{
		{"zero", wasmtest.Const(0), n(0)},
		{"negative", wasmtest.Const(-1), n(-1)},
		{"smallest", wasmtest.Const(-1 << 31), n(-1 << 31)},
		{"largest", wasmtest.Const(1<<31 - 1), n(1<<31 - 1)},
		{"with return", wasmtest.Code(append(i32Const(3), 0x0f)...), n(3)},
		{"a sum", wasmtest.Code(append(append(i32Const(1), i32Const(2)...), 0x6a)...), nil},
		{"with locals", append([]byte{1, 1, wasmtest.I32}, wasmtest.Const(1)[1:]...), nil},
		{"a number too long", wasmtest.Code(0x41, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x1a), nil},
		{"a trap", wasmtest.Code(0x00), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sum := mustRead(t, wasmtest.Module{Funcs: []wasmtest.Func{
				{Export: "other", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(9)},
				{Export: "health", Results: []byte{wasmtest.I32}, Body: tt.body},
			}}.Bytes())
			if diff := cmp.Diff(tt.want, sum.Health); diff != "" {
				t.Errorf("health (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConstantsAreNotLookedForTooFar(t *testing.T) {
	// A module of many functions, whose health lies behind them all.
	m := wasmtest.Module{}
	filler := wasmtest.Code(bytes.Repeat([]byte{0x01}, 3000)...)
	for range 200 {
		m.Funcs = append(m.Funcs, wasmtest.Func{Body: filler})
	}
	m.Funcs = append(m.Funcs, wasmtest.Func{Export: "health", Results: []byte{wasmtest.I32}, Body: wasmtest.Const(0)})
	if sum := mustRead(t, m.Bytes()); sum.Health != nil {
		t.Errorf("health %d was read from behind 600 KB of code", *sum.Health)
	}
}

func TestCustomSectionsAreTolerated(t *testing.T) {
	custom := func(content ...byte) []byte { return wasmtest.Section(wasmtest.SectionCustom, content) }
	m := wasmtest.Plugin()
	m.Custom = [][]byte{
		custom(append(wasmtest.Name("producers"), 0xff, 0xff)...), // cannot be read
		custom(append(wasmtest.Name("\xff"), 1, 2, 3)...),
	}
	sum := mustRead(t, m.Bytes())
	want := []inspect.CustomSection{{Name: "producers", Size: 2}, {Name: "\ufffd", Size: 3}}
	if diff := cmp.Diff(want, sum.Customs); diff != "" {
		t.Errorf("custom sections (-want +got):\n%s", diff)
	}
	if sum.Producers != nil {
		t.Errorf("producers %v out of nothing", sum.Producers)
	}

	m.Custom = nil
	for range 1000 {
		m.Custom = append(m.Custom, custom(wasmtest.Name("x")...))
	}
	if sum := mustRead(t, m.Bytes()); len(sum.Customs) != 256 {
		t.Errorf("%d custom sections are listed, want the first 256", len(sum.Customs))
	}
}
