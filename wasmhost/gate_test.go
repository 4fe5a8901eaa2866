package wasmhost

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

func TestAuthorize(t *testing.T) {
	caps := &Capabilities{
		Filesystem: []FilesystemMount{
			{HostPath: "/workspace/**", ReadOnly: true},
			{HostPath: "/data", ReadOnly: true},
			{HostPath: "/workspace/out"},
		},
		NetworkHost: []string{"api.example.com", "*.cdn.example.com"},
	}
	all := []Grant{{Kind: FilesystemRead}, {Kind: FilesystemWrite}, {Kind: NetworkOutbound}, {Kind: Exec}}
	no := func(string) bool { return false }
	for _, c := range []struct {
		name   string
		state  HostState
		kind   Kind
		target string
		want   string // what the error must say; "" for none
	}{
		{"zero state", HostState{}, FilesystemRead, "/workspace/a", "not granted"},
		{"zero capabilities", HostState{Caps: &Capabilities{}, Grants: all}, FilesystemRead, "/workspace/a", "not declared"},
		{"workspace read needs no grant", HostState{Caps: caps}, FilesystemRead, "/workspace/a", ""},
		{"other read needs one", HostState{Caps: caps}, FilesystemRead, "/data/x", "not granted"},
		{"other read granted", HostState{Caps: caps, Grants: all}, FilesystemRead, "/data/x", ""},
		{"granted elsewhere", HostState{Caps: caps, Grants: []Grant{{Kind: FilesystemRead, Targets: []string{"/data/y"}}}}, FilesystemRead, "/data/x", "not granted"},
		{"granted there", HostState{Caps: caps, Grants: []Grant{{Kind: FilesystemRead, Targets: []string{"/data/y"}}}}, FilesystemRead, "/data/y/z", ""},
		{"a sibling with the same start", HostState{Caps: caps, Grants: all}, FilesystemRead, "/database", "not declared"},
		{"write without a grant", HostState{Caps: caps}, FilesystemWrite, "/workspace/out/a", "not granted"},
		{"write granted", HostState{Caps: caps, Grants: all}, FilesystemWrite, "/workspace/out/a", ""},
		{"write where only reading is declared", HostState{Caps: caps, Grants: all}, FilesystemWrite, "/workspace/a", "not declared"},
		{"dots", HostState{Caps: caps, Grants: all}, FilesystemWrite, "/workspace/out/../a", "not declared"},
		{"nul", HostState{Caps: caps, Grants: all}, FilesystemRead, "/workspace/a\x00b", "not declared"},
		{"case counts", HostState{Caps: caps, Grants: all}, FilesystemWrite, "/workspace/OUT/a", "not declared"},
		{"host", HostState{Caps: caps, Grants: all}, NetworkOutbound, "API.example.com", ""},
		{"host with a suffix", HostState{Caps: caps, Grants: all}, NetworkOutbound, "api.example.com.evil.net", "not declared"},
		{"host below", HostState{Caps: caps, Grants: all}, NetworkOutbound, "a.b.cdn.example.com", ""},
		{"host itself is not below", HostState{Caps: caps, Grants: all}, NetworkOutbound, "cdn.example.com", "not declared"},
		{"host granted in part", HostState{Caps: caps, Grants: []Grant{{Kind: NetworkOutbound, Targets: []string{"api.example.com"}}}}, NetworkOutbound, "x.cdn.example.com", "not granted"},
		{"host refused by policy", HostState{Caps: caps, Grants: all, OutboundOK: no}, NetworkOutbound, "api.example.com", "policy"},
		{"exec", HostState{Caps: caps, Grants: all}, Exec, "make", ""},
		{"exec without a grant", HostState{Caps: caps}, Exec, "make", "not granted"},
		{"exec refused by policy", HostState{Caps: caps, Grants: all, ExecOK: no}, Exec, "make", "policy"},
		{"grants alone decide without capabilities", HostState{Grants: []Grant{{Kind: FilesystemRead, Targets: []string{"/workspace"}}}}, FilesystemRead, "/workspace/a", ""},
		{"and only what they cover", HostState{Grants: []Grant{{Kind: FilesystemRead, Targets: []string{"/workspace"}}}}, FilesystemRead, "/etc/passwd", "not granted"},
		{"other kinds", HostState{Grants: []Grant{{Kind: SamuelAPI}}}, SamuelAPI, "", ""},
		{"other kinds without", HostState{}, AssistantInvoke, "", "not granted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.state.Authorize(c.kind, c.target)
			if c.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var denied *DeniedError
			if !errors.As(err, &denied) || denied.Kind != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a refusal that says %q", err, c.want)
			}
		})
	}
}

func TestAllowsPath(t *testing.T) {
	mounts := []FilesystemMount{
		{HostPath: "/workspace", ReadOnly: true},
		{HostPath: "/workspace/out"},
		{HostPath: "/tmp/*.log"},
	}
	backwards := []FilesystemMount{mounts[2], mounts[1], mounts[0]}
	for _, c := range []struct {
		path        string
		read, write bool
	}{
		{"/workspace", true, false},
		{"/workspace/a/b", true, false},
		{"/workspaces", false, false},
		{"/workspace/out", true, true},
		{"/workspace/out/", true, true},
		{"/workspace/out/a", true, true},
		{"/workspace/output", true, false},
		{"/workspace/out/../a", true, false},
		{"/workspace/../etc/passwd", false, false},
		{"/tmp/a.log", true, true},
		{"/tmp/a/b.log", false, false},
		{"/", false, false},
		{"", false, false},
		{"workspace/a", false, false},
	} {
		for _, caps := range []Capabilities{{Filesystem: mounts}, {Filesystem: backwards}} {
			if got := caps.AllowsPath(c.path, false); got != c.read {
				t.Errorf("read %q: %v", c.path, got)
			}
			if got := caps.AllowsPath(c.path, true); got != c.write {
				t.Errorf("write %q: %v", c.path, got)
			}
		}
	}
	if (Capabilities{}).AllowsPath("/workspace", false) || (Capabilities{}).AllowsHost("example.com") {
		t.Error("zero capabilities allow something")
	}
	if !(Capabilities{NetworkHost: []string{"*"}}).AllowsHost("anything.example") {
		t.Error("* does not allow every host")
	}
}

func TestCapabilitiesFromManifest(t *testing.T) {
	good := func() *manifest.Manifest {
		return &manifest.Manifest{
			Name: "demo", Kind: manifest.KindWasm, Wasm: &manifest.Wasm{Module: "plugin.wasm"},
			Capabilities: manifest.Capabilities{
				Env:        []string{"HOME"},
				Filesystem: manifest.Filesystem{Read: []string{"/workspace"}, Write: []string{"/workspace/out"}},
				Network:    manifest.Network{Hosts: []string{"example.com"}},
			},
		}
	}
	got, err := CapabilitiesFromManifest(good())
	if err != nil {
		t.Fatal(err)
	}
	if got.MaxMemoryMiB != DefaultMaxMemoryMiB || got.SoftTimeout != DefaultSoftTimeout || got.HardTimeout != DefaultHardTimeout {
		t.Errorf("defaults: %+v", got)
	}
	if !got.AllowsPath("/workspace/out/a", true) || got.AllowsPath("/workspace/a", true) || !got.AllowsHost("example.com") || got.Env[0] != "HOME" {
		t.Errorf("got %+v", got)
	}
	for _, c := range []struct {
		name string
		do   func(*manifest.Manifest)
		want string
	}{
		{"another kind", func(m *manifest.Manifest) { m.Kind = manifest.KindSkill }, "kind"},
		{"no table", func(m *manifest.Manifest) { m.Wasm = nil }, "module"},
		{"no module", func(m *manifest.Manifest) { m.Wasm.Module = "" }, "module"},
		{"write outside of read", func(m *manifest.Manifest) { m.Capabilities.Filesystem.Write = []string{"/data"} }, "/data"},
		{"relative path", func(m *manifest.Manifest) { m.Capabilities.Filesystem.Read = []string{"src"} }, "src"},
		{"too much memory", func(m *manifest.Manifest) { m.Runtime.MaxMemory = 5000 }, "5000"},
		{"no duration", func(m *manifest.Manifest) { m.Runtime.Timeout = "soon" }, "soon"},
		{"timeouts the wrong way round", func(m *manifest.Manifest) { m.Runtime.Timeout, m.Runtime.HardTimeout = "9s", "3s" }, "hard_timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := good()
			c.do(m)
			if _, err := CapabilitiesFromManifest(m); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "demo") {
				t.Errorf("got %v, want an error on plugin demo that names %q", err, c.want)
			}
		})
	}
	m := good()
	m.Runtime.HardTimeout = "2s"
	if got, err := CapabilitiesFromManifest(m); err != nil || got.SoftTimeout != 2*time.Second {
		t.Errorf("a hard timeout below the default soft one: %+v, %v", got, err)
	}
	if _, err := CapabilitiesFromManifest(nil); err == nil {
		t.Error("no manifest is no error")
	}
}

func TestValidateBudgets(t *testing.T) {
	for _, c := range []struct {
		name string
		caps Capabilities
		ok   bool
	}{
		{"zero", Capabilities{}, true},
		{"hard timeout below the default soft one", Capabilities{HardTimeout: time.Second}, true},
		{"soft after hard", Capabilities{SoftTimeout: 2 * time.Second, HardTimeout: time.Second}, false},
		{"negative", Capabilities{SoftTimeout: -1}, false},
		{"memory", Capabilities{MaxMemoryMiB: 4097}, false},
		{"environment", Capabilities{Env: []string{"A=B"}}, false},
	} {
		if err := c.caps.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
