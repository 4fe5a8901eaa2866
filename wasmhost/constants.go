package wasmhost

import "time"

// Budgets of a plugin whose manifest names none.
const (
	// DefaultMaxMemoryMiB caps a plugin's linear memory, in MiB.
	DefaultMaxMemoryMiB = 64
	// DefaultSoftTimeout is when host functions begin to refuse a run.
	DefaultSoftTimeout = 5 * time.Second
	// DefaultHardTimeout is when a run is over.
	DefaultHardTimeout = 30 * time.Second
)

// The window of plugin protocols this host speaks. A module states its own by exporting
// samuel_protocol_version() -> i32.
const (
	SupportedProtocolMin = 1
	SupportedProtocolMax = 1
)

// Component names this tier in health reports and errors.
const Component = "plugin/wasm"

// ModuleFileName is the module's file name inside an install directory.
const ModuleFileName = "plugin.wasm"

// maxMemoryMiB is what a 32-bit memory can address, in MiB.
const maxMemoryMiB = 4096

// Names a module uses to talk to the host; none of them is ever a hook.
const (
	exportProtocol   = "samuel_protocol_version"
	exportHealth     = "health"
	exportAlloc      = "samuel_alloc"
	exportRealloc    = "cabi_realloc"
	exportMalloc     = "malloc"
	exportInitialize = "_initialize"
	exportStart      = "_start"
)

// workspaceRoot is the guest path of the project root.
const workspaceRoot = "/workspace"

// Kind is a kind of capability, as named in denials and grants.
type Kind string

// The kinds of capability.
const (
	FilesystemRead  Kind = "filesystem.read"
	FilesystemWrite Kind = "filesystem.write"
	Exec            Kind = "exec"
	NetworkOutbound Kind = "network.outbound"
	SamuelAPI       Kind = "samuel.api"
	AssistantInvoke Kind = "assistant.invoke"
)

// Grant is one capability that the user agreed to.
type Grant struct {
	Kind Kind
	// Targets are the paths or globs, or hosts, that the grant covers; none means all that the
	// manifest declares. Grants of other kinds have no targets.
	Targets []string
	// Reason is shown to people; it decides nothing.
	Reason string
}
