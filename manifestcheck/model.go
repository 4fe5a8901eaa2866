package manifestcheck

import (
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// Text is a string value of the manifest. OK is false when the key is missing or holds no string
// (KeySpan and Span then say where what is there stands, zero when nothing is).
type Text struct {
	Text    string
	Span    tomlsyntax.Span // of the value, quotes included
	KeySpan tomlsyntax.Span // of the key's own segment
	OK      bool
}

// Present says whether the key is there at all, whatever it holds.
func (t Text) Present() bool { return t.KeySpan != tomlsyntax.Span{} }

// Flag is a boolean value, read like Text.
type Flag struct {
	Value   bool
	Span    tomlsyntax.Span
	KeySpan tomlsyntax.Span
	OK      bool
}

// Integer is an integer value, read like Text.
type Integer struct {
	Value   int64
	Span    tomlsyntax.Span
	KeySpan tomlsyntax.Span
	OK      bool
}

// Present says whether the key is there at all, whatever it holds.
func (f Flag) Present() bool { return f.KeySpan != tomlsyntax.Span{} }

// Present says whether the key is there at all, whatever it holds.
func (i Integer) Present() bool { return i.KeySpan != tomlsyntax.Span{} }

// Ref is one string in a list: an export's name, a path, a host, an event.
type Ref struct {
	Name  string
	Span  tomlsyntax.Span // of the string, quotes included
	Where string          // path of the list's key, for example "wasm.exports"
	Index int             // position in the list's array
}

// List is an array of strings. Items holds its strings; elements of another type are left out
// (and reported by schema/wrong-type).
type List struct {
	Items   []Ref
	Value   tomlsyntax.Value // the array; only valid when OK
	Span    tomlsyntax.Span
	KeySpan tomlsyntax.Span
	OK      bool
}

// Present says whether the key is there at all, whatever it holds.
func (l List) Present() bool { return l.KeySpan != tomlsyntax.Span{} }

// Binding binds a hook event to an export.
type Binding struct {
	Event, Export         string
	EventSpan, ExportSpan tomlsyntax.Span // key segment, and value with its quotes
	Where                 string          // "hooks", "wasm.hook_handlers" or "oci.hook_handlers"
	OK                    bool            // the value is a string
}

// Request is one thing the manifest asks the user for, with the words of package call:
// filesystem.read filesystem.write exec network.outbound samuel.api assistant.invoke.
type Request struct {
	Capability string
	Target     string // guest path or host, empty for the flags
	Span       tomlsyntax.Span
	Risky      bool // anything but reading under /workspace
}

// String is the request as shown in lenses: "write /workspace/docs/**", "network api.x.com", "exec".
func (r Request) String() string {
	switch r.Capability {
	case "filesystem.read":
		return "read " + r.Target
	case "filesystem.write":
		return "write " + r.Target
	case "network.outbound":
		return "network " + r.Target
	}
	return r.Capability
}

// Budgets are the limits in effect, defaults applied to what is missing or unusable.
type Budgets struct {
	MaxMemoryMiB         int64
	Timeout, HardTimeout time.Duration
}

// Model is a positioned, tolerant view of a manifest: whatever could be read, of a file however
// broken. It is immutable once built.
type Model struct {
	Name, Version, Kind               Text
	Tier                              string // the kind, or while that cannot be read the kind that the tables tell; "" unknown
	Summary, Homepage, License        Text
	Framework, Protocol               Text
	ModulePath                        Text
	Image                             Text
	MaxMemory                         Integer
	Timeout, HardTimeout              Text
	WasmHeader, OCIHeader             tomlsyntax.Span // key segment that names the table first; zero when absent
	CapabilitiesHeader, RuntimeHeader tomlsyntax.Span
	RequiresHeader                    tomlsyntax.Span
	WasmExports, RuntimeExports       List
	ProvidesHooks                     List
	Read, Write, Env                  List
	Hosts, AllowedHosts, Outbound     List
	Exec, SamuelAPI, AssistantInvoke  Flag
	Exports                           []Ref // union of both lists, [wasm] first, every occurrence
	Bindings                          []Binding
	Requests                          []Request
	Budgets                           Budgets
}
