package wasmtest

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Value types and section ids that tests write by hand.
const (
	I32 = 0x7f
	I64 = 0x7e

	SectionCustom   = 0
	SectionType     = 1
	SectionImport   = 2
	SectionFunction = 3
	SectionTable    = 4
	SectionMemory   = 5
	SectionGlobal   = 6
	SectionExport   = 7
	SectionElement  = 9
	SectionCode     = 10
	SectionData     = 11
)

// header is the magic and version that every core module starts with.
var header = []byte("\x00asm\x01\x00\x00\x00")

// Module describes a module to encode: the common parts only. What it cannot say is written with
// Encode and Section.
type Module struct {
	Name    string // in the name section
	Imports []Import
	Pages   uint32 // initial memory, exported as "memory"; 0 for none
	Funcs   []Func
	Data    []byte // at address 0
	Custom  [][]byte
}

// Import is an imported function.
type Import struct {
	Module, Name    string
	Params, Results []byte
}

// Func is a function; Export names it to the host, "" for an inner one.
type Func struct {
	Export          string
	Params, Results []byte
	Body            []byte // locals and instructions; Const and Code make them
}

// Plugin returns a module with a memory, protocol 1 and health 0, and the functions given.
func Plugin(funcs ...Func) Module {
	return Module{Pages: 1, Funcs: append([]Func{
		{Export: "samuel_protocol_version", Results: []byte{I32}, Body: Const(1)},
		{Export: "health", Results: []byte{I32}, Body: Const(0)},
	}, funcs...)}
}

// Const is the body of a function that returns n.
func Const(n int32) []byte { return Code(append([]byte{0x41}, S32(n)...)...) }

// Code is a body without locals: the instructions and the end behind them.
func Code(instructions ...byte) []byte {
	return append(append([]byte{0}, instructions...), 0x0b)
}

// Bytes encodes the module. Each function has a type of its own.
func (m Module) Bytes() []byte {
	var types, imports, funcs, exports, bodies [][]byte
	signature := func(params, results []byte) []byte {
		types = append(types, Join([]byte{0x60}, Sized(params), Sized(results)))
		return U32(uint32(len(types) - 1))
	}
	for _, imp := range m.Imports {
		imports = append(imports, Join(Name(imp.Module), Name(imp.Name), []byte{0}, signature(imp.Params, imp.Results)))
	}
	for i, f := range m.Funcs {
		funcs = append(funcs, signature(f.Params, f.Results))
		bodies = append(bodies, Sized(f.Body))
		if f.Export != "" {
			exports = append(exports, Join(Name(f.Export), []byte{0}, U32(uint32(len(m.Imports)+i))))
		}
	}
	sections := [][]byte{Section(SectionType, Vec(types...))}
	if len(imports) > 0 {
		sections = append(sections, Section(SectionImport, Vec(imports...)))
	}
	sections = append(sections, Section(SectionFunction, Vec(funcs...)))
	if m.Pages > 0 {
		sections = append(sections, Section(SectionMemory, Vec(Join([]byte{0}, U32(m.Pages)))))
		exports = append(exports, Join(Name("memory"), []byte{2, 0}))
	}
	sections = append(sections, Section(SectionExport, Vec(exports...)), Section(SectionCode, Vec(bodies...)))
	if len(m.Data) > 0 {
		sections = append(sections, Section(SectionData, Vec(Join([]byte{0, 0x41, 0, 0x0b}, Sized(m.Data)))))
	}
	if m.Name != "" {
		sections = append(sections, Section(SectionCustom, Name("name"), []byte{0}, Sized(Name(m.Name))))
	}
	return Encode(append(sections, m.Custom...)...)
}

// Encode puts the header before the sections.
func Encode(sections ...[]byte) []byte { return Join(append([][]byte{header}, sections...)...) }

// Section is a section with its size.
func Section(id byte, content ...[]byte) []byte {
	return Join([]byte{id}, Sized(Join(content...)))
}

// Vec is a count and its entries.
func Vec(entries ...[]byte) []byte {
	return Join(append([][]byte{U32(uint32(len(entries)))}, entries...)...)
}

// Name is a string as the format writes it.
func Name(s string) []byte { return Sized([]byte(s)) }

// Sized is content behind its length.
func Sized(content []byte) []byte { return Join(U32(uint32(len(content))), content) }

// Join concatenates.
func Join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// U32 is n in unsigned LEB128.
func U32(n uint32) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// S32 is n in signed LEB128.
func S32(n int32) []byte {
	var out []byte
	for {
		b := byte(n) & 0x7f
		n >>= 7
		if n == 0 && b&0x40 == 0 || n == -1 && b&0x40 != 0 {
			return append(out, b)
		}
		out = append(out, b|0x80)
	}
}

// huge is a count that no file can back.
var huge = U32(math.MaxUint32)
