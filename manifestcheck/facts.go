package manifestcheck

import "github.com/samuelpkg/samuel-lsp/wasmhost/inspect"

// ModuleState says what is known of the module file the manifest names.
type ModuleState uint8

const (
	ModuleUnknown    ModuleState = iota // nobody looked: no module rule speaks
	ModuleMissing                       // no such file
	ModuleUnreadable                    // it is there, and cannot be inspected: Err says why
	ModuleOutside                       // the path leaves the manifest's folder (also by a symbolic link)
	ModuleInspected                     // Summary is set
)

// Facts is what the disk says about a manifest's surroundings. The zero value is "nothing known".
type Facts struct {
	Folder    string // base name of the manifest's folder, "" unknown
	Installed bool   // the folder lies in .samuel/plugins

	Module  ModuleState
	Summary *inspect.Summary
	Err     error    // *inspect.Error, or an I/O error
	Beside  []string // of a missing module: the wasm files in the folder where it should lie
	// ProbedProtocol is the value samuel_protocol_version returned when these very bytes last ran;
	// nil when never. Summary.Protocol, read from the bytes, goes first.
	ProbedProtocol *int32
}
