package manifest

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Decode reads a manifest as the framework does: the first TOML or type error ends it, and keys
// that the framework does not know are refused. It does not judge values; package manifestcheck
// does.
func Decode(src string) (*Manifest, error) {
	m := &Manifest{}
	meta, err := toml.Decode(src, m)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", FileName, err)
	}
	if unknown := unknownKeys(meta); len(unknown) > 0 {
		return nil, fmt.Errorf("decode %s: unknown keys %s: remove them, or move what is your own below [metadata]", FileName, strings.Join(unknown, ", "))
	}
	return m, nil
}

// unknownKeys are the keys that the manifest does not have. The library also takes a key that
// differs in case from a field's; the framework does not.
func unknownKeys(meta toml.MetaData) []string {
	var unknown []string
	for _, k := range meta.Undecoded() {
		if k[0] != "metadata" { // the library counts what lies deep in a map of anything as left over
			unknown = append(unknown, k.String())
		}
	}
	for _, k := range meta.Keys() {
		fixed := len(k)
		switch k[0] {
		case "metadata", "requires", "hooks":
			fixed = 1
		case "wasm", "oci":
			if len(k) > 2 {
				fixed = 2
			}
		}
		for _, part := range k[:fixed] {
			if part != strings.ToLower(part) {
				unknown = append(unknown, k.String())
				break
			}
		}
	}
	return unknown
}

// Load reads a manifest file.
func Load(path string) (*Manifest, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	return Decode(string(src))
}

// Budgets are the limits of one instance of a wasm plugin.
type Budgets struct {
	MaxMemoryMiB         int64
	Timeout, HardTimeout time.Duration
}

// Budgets returns the limits in effect: what [runtime] says, and the defaults for what it leaves out.
func (m *Manifest) Budgets() (Budgets, error) {
	b := Budgets{DefaultMaxMemoryMiB, DefaultTimeout, DefaultHardTimeout}
	if n := m.Runtime.MaxMemory; n != 0 {
		if n < MinMemoryMiB || n > MaxMemoryMiB {
			return b, fmt.Errorf("runtime.max_memory: found %d, write %d to %d", n, MinMemoryMiB, MaxMemoryMiB)
		}
		b.MaxMemoryMiB = n
	}
	for _, t := range []struct {
		key, text string
		to        *time.Duration
	}{{"timeout", m.Runtime.Timeout, &b.Timeout}, {"hard_timeout", m.Runtime.HardTimeout, &b.HardTimeout}} {
		if t.text == "" {
			continue
		}
		d, err := time.ParseDuration(t.text)
		if err != nil || d <= 0 {
			return b, fmt.Errorf("runtime.%s: found %q, write a positive duration such as \"5s\"", t.key, t.text)
		}
		*t.to = d
	}
	if m.Runtime.Timeout == "" {
		b.Timeout = min(b.Timeout, b.HardTimeout)
	}
	if b.Timeout > b.HardTimeout {
		return b, fmt.Errorf("runtime.timeout: %s is beyond hard_timeout, %s: lower it or raise hard_timeout", b.Timeout, b.HardTimeout)
	}
	return b, nil
}

// Exports returns the functions that the framework may call: those of [wasm], then those that only
// [runtime] lists.
func (m *Manifest) Exports() []string {
	var all []string
	seen := map[string]bool{}
	add := func(names []string) {
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	if m.Wasm != nil {
		add(m.Wasm.Exports)
	}
	add(m.Runtime.Exports)
	return all
}

// Bindings returns which export answers which hook event, from [hooks] and from the hook_handlers
// of the plugin's tier. It fails where the two disagree.
func (m *Manifest) Bindings() (map[string]string, error) {
	all := make(map[string]string, len(m.Hooks))
	for event, export := range m.Hooks {
		all[event] = export
	}
	var handlers map[string]string
	where := ""
	switch {
	case m.Kind == KindOCI && m.OCI != nil:
		handlers, where = m.OCI.HookHandlers, "oci.hook_handlers"
	case m.Wasm != nil:
		handlers, where = m.Wasm.HookHandlers, "wasm.hook_handlers"
	}
	for event, export := range handlers {
		if other, bound := all[event]; bound && other != export {
			return nil, fmt.Errorf("%q is bound to %q in hooks and to %q in %s: keep one", event, other, export, where)
		}
		all[event] = export
	}
	return all, nil
}

// Hosts returns the hosts that the plugin may talk to, by the key that its kind uses.
func (m *Manifest) Hosts() []string {
	n := m.Capabilities.Network
	if m.Kind == KindOCI {
		return append(append([]string(nil), n.AllowedHosts...), n.Outbound...)
	}
	return append(append([]string(nil), n.Hosts...), n.Outbound...)
}
