package skeleton_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/skeleton"
)

// big returns a plugin with so much code that it has a skeleton, and data and custom sections.
func big(health int32) []byte {
	m := wasmtest.Plugin(
		wasmtest.Func{Export: "ballast", Body: wasmtest.Code(make([]byte, 1)...)},
		wasmtest.Func{Export: "run", Params: []byte{wasmtest.I32, wasmtest.I32}, Results: []byte{wasmtest.I64}, Body: wasmtest.Code(0x42, 0)},
	)
	m.Name, m.Data = "demo", []byte("data")
	m.Funcs[1].Body = wasmtest.Const(health)
	m.Funcs[2].Body = wasmtest.Code(bytes.Repeat([]byte{0x01}, 300<<10)...)
	m.Imports = []wasmtest.Import{{Module: "samuel", Name: "exec", Params: []byte{wasmtest.I32, wasmtest.I32}, Results: []byte{wasmtest.I32}}}
	m.Custom = [][]byte{wasmtest.Section(wasmtest.SectionCustom, wasmtest.Name("producers"), []byte{0})}
	return m.Bytes()
}

// shape is what an engine says of a module, and false where it refuses it.
func shape(t *testing.T, module []byte) (string, bool) {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCustomSections(true))
	defer rt.Close(ctx)
	m, err := rt.CompileModule(ctx, module)
	if err != nil {
		return err.Error(), false
	}
	var b strings.Builder
	b.WriteString(m.Name())
	for _, f := range m.ImportedFunctions() {
		b.WriteString(f.DebugName())
	}
	exported := m.ExportedFunctions()
	for _, name := range slices.Sorted(maps.Keys(exported)) {
		f := exported[name]
		b.WriteString("\n" + name + " " + f.DebugName() + " " + string(f.ParamTypes()) + ">" + string(f.ResultTypes()))
	}
	for _, name := range slices.Sorted(maps.Keys(m.ExportedMemories())) {
		b.WriteString("\n" + name)
	}
	return b.String(), true
}

func TestSkeletonDeclaresWhatTheModuleDoes(t *testing.T) {
	module := big(0)
	bones, ok := skeleton.Of(module, "mark")
	if !ok || len(bones) > 1<<10 {
		t.Fatalf("%d bytes, %t", len(bones), ok)
	}
	want, good := shape(t, module)
	if !good {
		t.Fatalf("the module under test is wrong: %s", want)
	}
	if got, good := shape(t, bones); !good || got != want {
		t.Errorf("the skeleton declares\n%s\nwant\n%s", got, want)
	}
}

// Modules that differ in their code alone have the same skeleton but for the mark.
func TestSkeletonIsOfOneModule(t *testing.T) {
	a, _ := skeleton.Of(big(1), "a")
	b, _ := skeleton.Of(big(2), "b")
	same, _ := skeleton.Of(big(2), "a")
	if bytes.Equal(a, b) || !bytes.Equal(a, same) {
		t.Errorf("%x\n%x\n%x", a, b, same)
	}
}

func TestNoSkeleton(t *testing.T) {
	module := big(0)
	code := bytes.Index(module, bytes.Repeat([]byte{0x01}, 64))
	for name, bad := range map[string][]byte{
		"nothing":        nil,
		"little code":    wasmtest.Plugin().Bytes(),
		"cut in a size":  module[:9],
		"cut in code":    module[:code+10],
		"size of 2^63":   binary.AppendUvarint(append([]byte{}, "\x00asm\x01\x00\x00\x00\x0a"...), 1<<63),
		"a size of 11 b": append([]byte("\x00asm\x01\x00\x00\x00\x0a"), bytes.Repeat([]byte{0xff}, 11)...),
		"too many":       append(append([]byte("\x00asm\x01\x00\x00\x00\x0a\x80\x80\x20"), 0xff, 0xff, 0xff, 0xff, 0x0f), make([]byte, 512<<10-5)...),
	} {
		if bones, ok := skeleton.Of(bad, "mark"); ok {
			t.Errorf("%s: a skeleton of %d bytes", name, len(bones))
		}
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add(big(0)[:400])
	pad := wasmtest.Code(bytes.Repeat([]byte{0x01}, 300<<10)...)
	f.Fuzz(func(t *testing.T, tail []byte) {
		m := wasmtest.Plugin(wasmtest.Func{Body: pad})
		module := append(m.Bytes(), tail...)
		bones, ok := skeleton.Of(module, "mark")
		if !ok {
			return
		}
		// As for every module, none that would have the engine take memory for what is not there.
		if _, err := inspect.Read(bytes.NewReader(module), int64(len(module))); err != nil || inspect.CheckCounts(module) != nil {
			return
		}
		want, good := shape(t, module)
		if got, same := shape(t, bones); good && (!same || got != want) {
			t.Errorf("the skeleton declares\n%s\nwant\n%s", got, want)
		}
	})
}
