package wasmhost

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
)

// Capabilities is everything a plugin may use. The zero value denies everything but CPU and
// memory, and those within the defaults.
type Capabilities struct {
	Filesystem []FilesystemMount
	// Env lists the environment variables of the host that the guest sees.
	Env []string
	// NetworkHost lists host names, "*.example.com" for all names below one, or "*". Empty denies all.
	NetworkHost []string
	// MaxMemoryMiB caps the guest's memory, in MiB, 1 to 4096; 0 means DefaultMaxMemoryMiB.
	MaxMemoryMiB uint32
	// SoftTimeout is when host functions begin to refuse; 0 means DefaultSoftTimeout, or the hard
	// timeout where that is shorter.
	SoftTimeout time.Duration
	// HardTimeout ends the run; 0 means DefaultHardTimeout.
	HardTimeout time.Duration
}

// FilesystemMount is one path or glob a guest may reach.
type FilesystemMount struct {
	// HostPath is the path or glob as declared: a slash-separated guest path in which /workspace is
	// the project root. What lies below it is covered too.
	HostPath string
	// ReadOnly is false for what was declared under write.
	ReadOnly bool
}

// CapabilitiesFromManifest derives the capabilities of a wasm plugin, with defaults applied. It
// fails for another kind of plugin, a missing [wasm] module, an unreadable duration, or a set
// that [Capabilities.Validate] refuses.
func CapabilitiesFromManifest(m *manifest.Manifest) (Capabilities, error) {
	if m == nil {
		return Capabilities{}, errors.New("read capabilities: no manifest was given")
	}
	fail := func(err error) (Capabilities, error) {
		return Capabilities{}, fmt.Errorf("read capabilities of plugin %q: %w", m.Name, err)
	}
	if m.Kind != manifest.KindWasm {
		return fail(fmt.Errorf("kind is %q, want %q", m.Kind, manifest.KindWasm))
	}
	if m.Wasm == nil || m.Wasm.Module == "" {
		return fail(errors.New("no module is named, set module under [wasm]"))
	}
	budgets, err := m.Budgets()
	if err != nil {
		return fail(err)
	}
	c := Capabilities{
		Env:          m.Capabilities.Env,
		NetworkHost:  m.Hosts(),
		MaxMemoryMiB: uint32(budgets.MaxMemoryMiB),
		SoftTimeout:  budgets.Timeout,
		HardTimeout:  budgets.HardTimeout,
	}
	for _, p := range m.Capabilities.Filesystem.Read {
		c.Filesystem = append(c.Filesystem, FilesystemMount{HostPath: p, ReadOnly: true})
	}
	for _, p := range m.Capabilities.Filesystem.Write {
		c.Filesystem = append(c.Filesystem, FilesystemMount{HostPath: p})
	}
	if err := c.Validate(); err != nil {
		return fail(err)
	}
	return c, nil
}

// AllowsHost reports whether host is on the network allow-list.
func (c Capabilities) AllowsHost(host string) bool { return compileHosts(c.NetworkHost).cover(host) }

// AllowsPath reports whether the absolute guest path lies in a declared mount, and for a write in
// one that is not read-only. The order of the mounts does not matter, and ".." is resolved first.
func (c Capabilities) AllowsPath(p string, write bool) bool {
	if !path.IsAbs(p) {
		return false
	}
	guest, ok := cleanGuestPath(p)
	if !ok {
		return false
	}
	for _, m := range c.Filesystem {
		if write && m.ReadOnly {
			continue
		}
		if g, problem := pattern.Compile(m.HostPath); problem == nil && g.Match(guest) {
			return true
		}
	}
	return false
}

// Validate reports what contradicts itself: a mount that is no absolute path or valid glob, a
// write mount outside of every read mount, budgets out of range, a soft timeout after the hard one.
func (c *Capabilities) Validate() error {
	var readable pattern.Set
	for _, m := range c.Filesystem {
		g, problem := pattern.Compile(m.HostPath)
		if problem != nil {
			return fmt.Errorf("filesystem mount %q: %s", m.HostPath, problem.Message)
		}
		if m.ReadOnly {
			readable = append(readable, g)
		}
	}
	for _, m := range c.Filesystem {
		if m.ReadOnly {
			continue
		}
		if g, _ := pattern.Compile(m.HostPath); readable.Covers(g) == pattern.No {
			return fmt.Errorf("filesystem mount %q may be written but not read, declare it under read too", m.HostPath)
		}
	}
	for _, e := range c.Env {
		if e == "" || strings.ContainsAny(e, "=\x00") {
			return fmt.Errorf("environment variable %q is no name", e)
		}
	}
	switch soft, hard := c.softTimeout(), c.hardTimeout(); {
	case c.MaxMemoryMiB > maxMemoryMiB:
		return fmt.Errorf("memory limit is %d MiB, want at most %d", c.MaxMemoryMiB, maxMemoryMiB)
	case c.SoftTimeout < 0 || c.HardTimeout < 0:
		return fmt.Errorf("timeouts are %s and %s, want positive durations", c.SoftTimeout, c.HardTimeout)
	case soft > hard:
		return fmt.Errorf("timeout %s is longer than hard_timeout %s, shorten the first or lengthen the second", soft, hard)
	}
	return nil
}

func (c *Capabilities) memoryMiB() uint32 {
	if c.MaxMemoryMiB == 0 {
		return DefaultMaxMemoryMiB
	}
	return min(c.MaxMemoryMiB, maxMemoryMiB)
}

func (c *Capabilities) softTimeout() time.Duration {
	if c.SoftTimeout == 0 {
		return min(DefaultSoftTimeout, c.hardTimeout())
	}
	return c.SoftTimeout
}

func (c *Capabilities) hardTimeout() time.Duration {
	if c.HardTimeout == 0 {
		return DefaultHardTimeout
	}
	return c.HardTimeout
}
