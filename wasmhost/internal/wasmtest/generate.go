package wasmtest

import (
	"bytes"
	"fmt"
	"testing"
)

// Generate makes the bytes of a case that is too large, or too broken, to be kept as a file.
func Generate(tb testing.TB, name string) []byte {
	tb.Helper()
	if make, ok := generators()[name]; ok {
		return make()
	}
	tb.Fatalf("no generator makes %q", name)
	return nil
}

func generators() map[string]func() []byte {
	run := func(body []byte) Func { return Func{Export: "run", Results: []byte{I32}, Body: body} }
	good := Plugin(run(Const(0))).Bytes()
	fixed := func(b []byte) func() []byte { return func() []byte { return bytes.Clone(b) } }
	types := Section(SectionType, Vec(Join([]byte{0x60}, Sized(nil), Sized([]byte{I32}))))
	function := Section(SectionFunction, Vec(U32(0)))
	memory := Section(SectionMemory, Vec([]byte{0, 1}))
	code := Section(SectionCode, Vec(Sized(Const(0))))
	export := func(name string, index uint32) []byte { return Join(Name(name), []byte{0}, U32(index)) }
	exporting := func(exports ...[]byte) func() []byte {
		return fixed(Encode(types, function, Section(SectionExport, Vec(exports...)), code))
	}
	// withBody is a plugin whose "run" has that body, which no compiler would have written.
	withBody := func(body []byte) func() []byte { return func() []byte { return Plugin(run(body)).Bytes() } }

	return map[string]func() []byte{
		"compile-nested-blocks":  nestedBlocks,
		"compile-many-functions": manyFunctions,
		"result-deep-json":       deepJSON,
		"flood-diagnostics":      manyDiagnostics,

		"broken-empty":           fixed(nil),
		"broken-html":            fixed([]byte("<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n")),
		"broken-text":            fixed([]byte("(module (func (export \"run\")))\n")),
		"broken-zeros":           func() []byte { return make([]byte, 60_000_000) },
		"broken-magic-only":      fixed(header[:4]),
		"broken-version":         fixed([]byte("\x00asm\x02\x00\x00\x00")),
		"broken-component":       fixed([]byte("\x00asm\x0d\x00\x01\x00")),
		"broken-truncated":       fixed(good[:len(good)-1]),
		"broken-half":            fixed(good[:len(good)/2]),
		"broken-section-size":    fixed(Encode([]byte{SectionType}, huge)),
		"broken-section-id":      fixed(Encode(Section(99))),
		"broken-section-twice":   fixed(Encode(memory, memory)),
		"broken-section-order":   fixed(Encode(Section(SectionExport, Vec()), types)),
		"broken-leb":             fixed(Encode([]byte{SectionType, 0x80, 0x80, 0x80, 0x80, 0x80, 0})),
		"broken-types-count":     fixed(Encode(Section(SectionType, huge))),
		"broken-imports-count":   fixed(Encode(Section(SectionImport, huge))),
		"broken-functions-count": fixed(Encode(types, Section(SectionFunction, huge))),
		"broken-exports-count":   fixed(Encode(Section(SectionExport, huge))),
		"broken-code-count":      fixed(Encode(types, function, Section(SectionCode, huge))),
		"broken-types-params":    fixed(Encode(Section(SectionType, U32(1), []byte{0x60}, huge, []byte{I32, 0}))),
		"broken-tables-count":    fixed(Encode(Section(SectionTable, huge))),
		"broken-globals-count":   fixed(Encode(Section(SectionGlobal, huge))),
		"broken-elements-count":  fixed(Encode(Section(SectionElement, huge))),
		"broken-data-count":      fixed(Join(good, Section(SectionData, huge))),
		"broken-element-length": fixed(Encode(
			types, function, Section(SectionTable, Vec([]byte{0x70, 0, 1})),
			Section(SectionElement, U32(1), []byte{0, 0x41, 0, 0x0b}, huge, []byte{0}), code,
		)),
		"broken-data-length":   fixed(Join(good, Section(SectionData, U32(1), []byte{0, 0x41, 0, 0x0b}, huge, []byte{0}))),
		"broken-names-count":   fixed(Join(good, Section(SectionCustom, Name("name"), []byte{1}, Sized(Join(huge, []byte{0, 0}))))),
		"broken-names-locals":  fixed(Join(good, Section(SectionCustom, Name("name"), []byte{2}, Sized(Join([]byte{1, 0}, huge, []byte{0, 0}))))),
		"broken-names-length":  fixed(Join(good, Section(SectionCustom, Name("name"), []byte{0}, Sized(Join(huge, []byte("x")))))),
		"broken-name-length":   fixed(Encode(Section(SectionExport, U32(1), huge, []byte("x\x00\x00")))),
		"broken-name-utf8":     exporting(export("\xff\xfe", 0)),
		"broken-export-twice":  exporting(export("a", 0), export("a", 0)),
		"broken-export-index":  exporting(export("a", 7)),
		"broken-code-missing":  fixed(Encode(types, function)),
		"broken-memory-limits": fixed(Encode(Section(SectionMemory, Vec([]byte{1, 9, 3})))),
		"broken-body":          withBody(Code(0xff, 0xff)),
		"broken-locals":        withBody(Join(U32(1), huge, []byte{I32, 0x41, 0, 0x0b})),
	}
}

// nestedBlocks is one function of 70,000 blocks, one inside the other.
func nestedBlocks() []byte {
	const depth = 70_000
	code := Join(bytes.Repeat([]byte{0x02, 0x40}, depth), bytes.Repeat([]byte{0x0b}, depth), []byte{0x41, 0})
	return Plugin(Func{Export: "run", Results: []byte{I32}, Body: Code(code...)}).Bytes()
}

// manyFunctions is a module of the size that large programs have.
func manyFunctions() []byte {
	m := Plugin(Func{Export: "run", Results: []byte{I32}, Body: Const(0)})
	for i := range int32(20_000) {
		m.Funcs = append(m.Funcs, Func{Results: []byte{I32}, Body: Const(i)})
	}
	return m.Bytes()
}

// deepJSON answers with JSON that is nothing but opening brackets.
func deepJSON() []byte {
	const length = 200_000
	m := Plugin(
		Func{Export: "samuel_alloc", Params: []byte{I32}, Results: []byte{I32}, Body: Const(length + 1024)},
		Func{
			Export: "run", Params: []byte{I32, I32}, Results: []byte{I64},
			Body: Code(append([]byte{0x42}, S32(length)...)...), // pointer 0
		},
	)
	m.Pages = 8
	m.Data = bytes.Repeat([]byte("["), length)
	return m.Bytes()
}

// manyDiagnostics reports 20,000 findings through one callback.
func manyDiagnostics() []byte {
	var payload bytes.Buffer
	payload.WriteString("[")
	for i := range 20_000 {
		if i > 0 {
			payload.WriteString(",")
		}
		fmt.Fprintf(&payload, `{"path":"/workspace/main.go","line":%d,"message":"finding %d"}`, i+1, i)
	}
	payload.WriteString("]")
	const name = "diagnostics"
	i32 := func(n int) []byte { return append([]byte{0x41}, S32(int32(n))...) }
	m := Plugin(Func{
		Export: "run", Results: []byte{I32},
		Body: Code(Join(i32(0), i32(len(name)), i32(len(name)), i32(payload.Len()), []byte{0x10, 0})...),
	})
	m.Imports = []Import{{Module: "samuel", Name: "callback", Params: []byte{I32, I32, I32, I32}, Results: []byte{I32}}}
	m.Data = append([]byte(name), payload.Bytes()...)
	m.Pages = uint32(len(m.Data)/65536 + 1)
	return m.Bytes()
}
