// Package inspect reads what a WebAssembly module says about itself (exports, imports, types,
// memory, custom sections) from its sections, without reading or compiling its code.
//
// It links the standard library only, trusts no count or length that the file declares, and
// never executes anything.
package inspect

// ExternKind is what an import or export is.
type ExternKind uint8

const (
	Func ExternKind = iota
	Table
	Memory
	Global
	Tag
)

// ValueType is a wasm value type byte as in the binary format (0x7f i32, 0x7e i64, 0x7d f32, 0x7c f64, ...).
type ValueType byte

const (
	I32 ValueType = 0x7f
	I64 ValueType = 0x7e
	F32 ValueType = 0x7d
	F64 ValueType = 0x7c
)

// FuncType is a function's signature.
type FuncType struct{ Params, Results []ValueType }

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
	Size      int64
	Exports   []Export
	Imports   []Import
	Memory    *MemoryLimits // nil: none
	Producers []Producer
	Customs   []CustomSection
	Functions uint32 // functions defined in the module, imports not counted
	HasStart  bool
	// Protocol and Health are the values of samuel_protocol_version and health where the body of
	// the function is a constant (i32.const n; end) that can be read from the bytes; nil otherwise.
	Protocol, Health *int32
}

// ErrorKind classifies why a file is not a readable core module; each has its own rule.
type ErrorKind uint8

const (
	NotWasm   ErrorKind = iota + 1 // no wasm magic
	Component                      // a component, not a core module
	Malformed                      // a core module whose sections are broken
	TooLarge                       // above MaxModuleSize
)

// Error says why a file could not be inspected: what was found, at which byte offset.
type Error struct {
	Kind   ErrorKind
	Offset int64
	Msg    string
}
