// Package inspect reads what a WebAssembly module says about itself (exports, imports, types,
// memory, custom sections) from its sections, without reading or compiling its code.
//
// It links the standard library only, trusts no count or length that the file declares, and
// never executes anything.
package inspect

import (
	"fmt"
	"slices"
	"strings"
)

// MaxModuleSize is the largest file that Read looks into: 64 MiB, some twenty times a plugin
// built by Go. A larger file is an Error of kind TooLarge.
const MaxModuleSize = 64 << 20

// ExternKind is what an import or export is.
type ExternKind uint8

// The kinds, numbered as in the binary format.
const (
	Func ExternKind = iota
	Table
	Memory
	Global
	Tag
)

// String returns the kind's name in the text format.
func (k ExternKind) String() string {
	switch k {
	case Func:
		return "func"
	case Table:
		return "table"
	case Memory:
		return "memory"
	case Global:
		return "global"
	case Tag:
		return "tag"
	}
	return "unknown"
}

// ValueType is a wasm value type byte as in the binary format (0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, ...).
type ValueType byte

// The number types; reference and vector types keep their byte and have a name in String.
const (
	I32 ValueType = 0x7f
	I64 ValueType = 0x7e
	F32 ValueType = 0x7d
	F64 ValueType = 0x7c

	v128      ValueType = 0x7b
	funcref   ValueType = 0x70
	externref ValueType = 0x6f
)

// String returns the type's name in the text format, or its byte where it has none here.
func (t ValueType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case v128:
		return "v128"
	case funcref:
		return "funcref"
	case externref:
		return "externref"
	}
	return fmt.Sprintf("0x%02x", byte(t))
}

// reference reports whether t is a reference type.
func (t ValueType) reference() bool { return t == funcref || t == externref }

// known reports whether t is of the format's second version.
func (t ValueType) known() bool { return t >= v128 && t <= I32 || t.reference() }

// FuncType is a function's signature.
type FuncType struct{ Params, Results []ValueType }

// String returns the signature as people write it: "()", "() -> i32", "(i32, i32) -> i64",
// "(i32) -> (i32, i32)".
func (t *FuncType) String() string {
	var b strings.Builder
	list := func(types []ValueType) {
		b.WriteByte('(')
		for i, v := range types {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte(')')
	}
	list(t.Params)
	switch len(t.Results) {
	case 0:
	case 1:
		b.WriteString(" -> " + t.Results[0].String())
	default:
		b.WriteString(" -> ")
		list(t.Results)
	}
	return b.String()
}

// Is reports whether the signature has exactly these parameters and results.
func (t *FuncType) Is(params, results []ValueType) bool {
	return slices.Equal(t.Params, params) && slices.Equal(t.Results, results)
}

// Export is one exported item; Type is nil for what is no function.
type Export struct {
	Name  string
	Kind  ExternKind
	Index uint32
	Type  *FuncType
}

// Import is one imported item; Type is nil for what is no function.
type Import struct {
	Module, Name string
	Kind         ExternKind
	Type         *FuncType
}

// MemoryLimits are a memory's limits in pages of 64 KiB.
type MemoryLimits struct {
	Min, Max uint64
	HasMax   bool
	Imported bool
}

// Producer is one entry of the producers section, for example {"language", "Rust", ""}.
type Producer struct{ Field, Name, Version string }

// CustomSection is a custom section's name and payload size in bytes.
type CustomSection struct {
	Name string
	Size int64
}

// Summary is everything known of a module without compiling it. It is immutable once returned.
type Summary struct {
	Size    int64
	Exports []Export
	Imports []Import
	Memory  *MemoryLimits // nil: none
	// TableEntries is how many entries the module's tables have from the start, all together. A
	// host holds some 8 bytes for each, outside any memory limit.
	TableEntries uint64
	Producers    []Producer
	Customs      []CustomSection // the first 256
	Functions    uint32          // functions defined in the module, imports not counted
	HasStart     bool            // a start section names a function to run at instantiation
	// Protocol and Health are the values of samuel_protocol_version and health where the body of
	// the function is a constant (i32.const n; end) that can be read from the bytes; nil otherwise.
	Protocol, Health *int32
}

// Export returns the export of that name, whatever its kind.
func (s *Summary) Export(name string) (Export, bool) {
	i := slices.IndexFunc(s.Exports, func(e Export) bool { return e.Name == name })
	if i < 0 {
		return Export{}, false
	}
	return s.Exports[i], true
}

// Imported reports whether the module imports module.name, whatever its kind.
func (s *Summary) Imported(module, name string) bool {
	return slices.ContainsFunc(s.Imports, func(i Import) bool { return i.Module == module && i.Name == name })
}
