// Package manifest holds the typed form of samuel-plugin.toml, as the framework loads it.
//
// It decodes with github.com/BurntSushi/toml, the same library the framework uses, and is
// therefore the authority on what a file means once it is loaded, installed or run. It knows
// no positions and reports the first problem only; positioned, complete diagnostics are
// package manifestcheck's concern.
package manifest

// FileName is the manifest's fixed file name.
const FileName = "samuel-plugin.toml"

// Plugin kinds.
const (
	KindSkill = "skill"
	KindWasm  = "wasm"
	KindOCI   = "oci"
	KindMeta  = "meta"
)

// Manifest is one decoded samuel-plugin.toml.
type Manifest struct {
	Name     string   `toml:"name"`
	Version  string   `toml:"version"`
	Kind     string   `toml:"kind"`
	Summary  string   `toml:"summary"`
	Homepage string   `toml:"homepage"`
	License  string   `toml:"license"`
	Authors  []string `toml:"authors"`

	Samuel       Samuel            `toml:"samuel"`
	Provides     Provides          `toml:"provides"`
	Requires     map[string]string `toml:"requires"`
	Capabilities Capabilities      `toml:"capabilities"`
	Wasm         *Wasm             `toml:"wasm"`
	OCI          *OCI              `toml:"oci"`
	Hooks        map[string]string `toml:"hooks"`
	Runtime      Runtime           `toml:"runtime"`
	Metadata     map[string]any    `toml:"metadata"`
}

// Samuel is the [samuel] table: Cargo-style ranges over framework and protocol versions.
type Samuel struct {
	Framework string `toml:"framework"`
	Protocol  string `toml:"protocol"`
}

// Provides is the [provides] table.
type Provides struct {
	Skills      []string `toml:"skills"`
	Commands    []string `toml:"commands"`
	Methodology []string `toml:"methodology"`
	Hooks       []string `toml:"hooks"`
}

// Capabilities is the [capabilities] table: what the plugin asks the user for.
type Capabilities struct {
	Exec       bool       `toml:"exec"`
	Env        []string   `toml:"env"`
	Filesystem Filesystem `toml:"filesystem"`
	Network    Network    `toml:"network"`
	Samuel     struct {
		API bool `toml:"api"`
	} `toml:"samuel"`
	Assistant struct {
		Invoke bool `toml:"invoke"`
	} `toml:"assistant"`
}

// Filesystem lists guest paths or doublestar globs; /workspace is the project root.
type Filesystem struct {
	Read  []string `toml:"read"`
	Write []string `toml:"write"`
}

// Network lists hosts: Hosts in the wasm tier, AllowedHosts in the oci tier, Outbound in v2.0 manifests.
type Network struct {
	Hosts        []string `toml:"hosts"`
	AllowedHosts []string `toml:"allowed_hosts"`
	Outbound     []string `toml:"outbound"`
}

// Wasm is the [wasm] table.
type Wasm struct {
	Module       string            `toml:"module"`
	Exports      []string          `toml:"exports"`
	HookHandlers map[string]string `toml:"hook_handlers"`
}

// OCI is the [oci] table.
type OCI struct {
	Image        string            `toml:"image"`
	Digest       string            `toml:"digest"`
	Workdir      string            `toml:"workdir"`
	CPUQuota     string            `toml:"cpu_quota"`
	MemoryLimit  string            `toml:"memory_limit"`
	Entrypoint   []string          `toml:"entrypoint"`
	HookHandlers map[string]string `toml:"hook_handlers"`
}

// Runtime is the [runtime] table: budgets. Zero values mean the host's defaults.
type Runtime struct {
	MaxMemory   int64    `toml:"max_memory"` // MiB, 1..4096
	Timeout     string   `toml:"timeout"`
	HardTimeout string   `toml:"hard_timeout"`
	Exports     []string `toml:"exports"`
}
