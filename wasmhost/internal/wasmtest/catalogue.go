// Package wasmtest gives tests the modules they run: the catalogue of hostile and broken ones in
// testdata/modules, and a small encoder for modules that are made on the spot.
package wasmtest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// MaxMemoryMiB is the memory limit the catalogue's outcomes are meant for.
const MaxMemoryMiB = 64

// Case is one module of the catalogue and what a host must make of it.
type Case struct {
	Name string `toml:"name"`
	Does string `toml:"does"`

	// Generated: Generate makes the module's bytes; otherwise they lie in testdata/modules.
	Generated bool `toml:"generated"`
	// Kind is call.Run of the export "run", the default, or call.Probe.
	Kind call.Kind `toml:"kind"`
	// Repeat is how often the module is run, one run after another, each with the same outcome.
	Repeat int `toml:"repeat"`
	// Needs names something the project folder must hold: "link-outside", a symbolic link of
	// that name leaving the project, or "pipe", a named pipe.
	Needs string `toml:"needs"`

	// What its manifest declares. All of it is granted unless Granted says false.
	Read    []string `toml:"read"`
	Write   []string `toml:"write"`
	Hosts   []string `toml:"hosts"`
	Exec    bool     `toml:"exec"`
	Granted *bool    `toml:"granted"`

	// Outcome lists the outcomes that are right: the run's begins with one of them.
	Outcome []string `toml:"outcome"`
	// Log is a text that the run's log must contain.
	Log string `toml:"log"`
	// Inspect is the kind of error that inspecting the module gives, "" for none.
	Inspect string `toml:"inspect"`
	// Counts: inspecting the module finds nothing, but inspect.CheckCounts refuses it.
	Counts bool `toml:"counts"`

	// Module is the module's bytes.
	Module []byte `toml:"-"`
}

// Catalogue loads every case of testdata/modules/catalogue.toml with its module.
func Catalogue(tb testing.TB) []Case {
	tb.Helper()
	var file struct {
		Case []Case `toml:"case"`
	}
	dir := ModulesDir()
	if _, err := toml.DecodeFile(filepath.Join(dir, "catalogue.toml"), &file); err != nil {
		tb.Fatal(err)
	}
	for i := range file.Case {
		c := &file.Case[i]
		if c.Kind == "" {
			c.Kind = call.Run
		}
		c.Repeat = max(c.Repeat, 1)
		if c.Generated {
			c.Module = Generate(tb, c.Name)
			continue
		}
		module, err := os.ReadFile(filepath.Join(dir, c.Name+".wasm"))
		if err != nil {
			tb.Fatal(err)
		}
		c.Module = module
	}
	return file.Case
}

// ModulesDir is the folder of the catalogue.
func ModulesDir() string { return filepath.Join(testdata(), "modules") }

// PluginsDir is the folder of the sample plugins.
func PluginsDir() string { return filepath.Join(testdata(), "plugins") }

func testdata() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..", "testdata")
}

// Capabilities is what the case's manifest declares, with the given budgets left to the test.
func (c Case) Capabilities() call.Capabilities {
	return call.Capabilities{Read: c.Read, Write: c.Write, Hosts: c.Hosts, Exec: c.Exec, MaxMemoryMiB: MaxMemoryMiB}
}

// Grants is what the user granted: each declared capability whole, or nothing.
func (c Case) Grants() []call.Grant {
	if c.Granted != nil && !*c.Granted {
		return nil
	}
	var grants []call.Grant
	if len(c.Read) > 0 {
		grants = append(grants, call.Grant{Kind: "filesystem.read"})
	}
	if len(c.Write) > 0 {
		grants = append(grants, call.Grant{Kind: "filesystem.write"})
	}
	if len(c.Hosts) > 0 {
		grants = append(grants, call.Grant{Kind: "network.outbound"})
	}
	if c.Exec {
		grants = append(grants, call.Grant{Kind: "exec"})
	}
	return grants
}

// Accepts reports whether an outcome, as call.Outcome.String gives it, is a right one.
func (c Case) Accepts(outcome string) bool {
	for _, want := range c.Outcome {
		if strings.HasPrefix(outcome, want) {
			return true
		}
	}
	return false
}

// TimesOut reports whether the module only ever ends by the host's hard timeout.
func (c Case) TimesOut() bool { return len(c.Outcome) == 1 && c.Outcome[0] == string(call.TimedOut) }
