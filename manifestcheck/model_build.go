package manifestcheck

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// buildModel reads what can be read of the tree.
func buildModel(p *pass) *Model {
	r := p.root
	m := &Model{
		Name: textAt(r, "name"), Version: textAt(r, "version"), Kind: kindOf(p),
		Summary: textAt(r, "summary"), Homepage: textAt(r, "homepage"), License: textAt(r, "license"),
	}
	if t, ok := p.table("samuel"); ok {
		m.Framework, m.Protocol = textAt(t, "framework"), textAt(t, "protocol")
	}
	if t, ok := p.table("provides"); ok {
		m.ProvidesHooks = listAt(t, "hooks", "provides.hooks")
	}
	m.RequiresHeader = headerOf(r, "requires")
	m.readCapabilities(p)
	m.readTiers(p)
	m.Exports = slices.Concat(m.WasmExports.Items, m.RuntimeExports.Items)
	m.Requests = m.requests()
	m.Budgets = m.budgets()
	return m
}

// kindOf reads the kind, also of the old [plugin] table, so that rules that depend on it work there.
func kindOf(p *pass) Text {
	k := textAt(p.root, "kind")
	if !k.Present() {
		if old, ok := p.table("plugin"); ok {
			k = textAt(old, "kind")
		}
	}
	k.OK = k.OK && validKind(k.Text)
	return k
}

func validKind(s string) bool {
	switch s {
	case manifest.KindSkill, manifest.KindWasm, manifest.KindOCI, manifest.KindMeta:
		return true
	}
	return false
}

func (m *Model) readCapabilities(p *pass) {
	m.CapabilitiesHeader = headerOf(p.root, "capabilities")
	c, ok := p.table("capabilities")
	if !ok {
		return
	}
	m.Exec = flagAt(c, "exec")
	m.Env = listAt(c, "env", "capabilities.env")
	if t, ok := p.table("capabilities.filesystem"); ok {
		m.Read = listAt(t, "read", "capabilities.filesystem.read")
		m.Write = listAt(t, "write", "capabilities.filesystem.write")
	}
	if t, ok := p.table("capabilities.network"); ok {
		m.Hosts = listAt(t, "hosts", "capabilities.network.hosts")
		m.AllowedHosts = listAt(t, "allowed_hosts", "capabilities.network.allowed_hosts")
		m.Outbound = listAt(t, "outbound", "capabilities.network.outbound")
	}
	if t, ok := p.table("capabilities.samuel"); ok {
		m.SamuelAPI = flagAt(t, "api")
	}
	if t, ok := p.table("capabilities.assistant"); ok {
		m.AssistantInvoke = flagAt(t, "invoke")
	}
}

func (m *Model) readTiers(p *pass) {
	m.WasmHeader, m.OCIHeader = headerOf(p.root, "wasm"), headerOf(p.root, "oci")
	m.RuntimeHeader = headerOf(p.root, "runtime")
	if t, ok := p.table("hooks"); ok {
		m.bind(t, "hooks")
	}
	if t, ok := p.table("wasm"); ok {
		m.ModulePath = textAt(t, "module")
		m.WasmExports = listAt(t, "exports", "wasm.exports")
		if h, ok := p.table("wasm.hook_handlers"); ok {
			m.bind(h, "wasm.hook_handlers")
		}
	}
	if t, ok := p.table("oci"); ok {
		m.Image = textAt(t, "image")
		if h, ok := p.table("oci.hook_handlers"); ok {
			m.bind(h, "oci.hook_handlers")
		}
	}
	if t, ok := p.table("runtime"); ok {
		m.MaxMemory = integerAt(t, "max_memory")
		m.Timeout, m.HardTimeout = textAt(t, "timeout"), textAt(t, "hard_timeout")
		m.RuntimeExports = listAt(t, "exports", "runtime.exports")
	}
}

func (m *Model) bind(t tomlsyntax.Table, where string) {
	for it := range t.Items() {
		b := Binding{Event: it.Name(), EventSpan: it.KeySpan(), Where: where}
		if it.IsValue() {
			v := it.Value()
			b.Export, b.OK = v.Text()
			b.ExportSpan = v.Span()
		}
		m.Bindings = append(m.Bindings, b)
	}
}

// requests lists what the manifest asks for, in the order of the fields table.
func (m *Model) requests() []Request {
	var rs []Request
	lists := func(capability string, ls ...List) {
		for _, l := range ls {
			for _, it := range l.Items {
				risky := capability != "filesystem.read" || !underWorkspace(it.Name)
				rs = append(rs, Request{Capability: capability, Target: it.Name, Span: it.Span, Risky: risky})
			}
		}
	}
	flag := func(capability string, f Flag) {
		if f.OK && f.Value {
			rs = append(rs, Request{Capability: capability, Span: f.Span, Risky: true})
		}
	}
	flag("exec", m.Exec)
	lists("filesystem.read", m.Read)
	lists("filesystem.write", m.Write)
	switch {
	case m.Kind.OK && m.Kind.Text == manifest.KindOCI:
		lists("network.outbound", m.AllowedHosts, m.Outbound)
	default:
		lists("network.outbound", m.Hosts, m.Outbound)
	}
	flag("samuel.api", m.SamuelAPI)
	flag("assistant.invoke", m.AssistantInvoke)
	return rs
}

// underWorkspace says whether a guest path or glob reaches nothing outside the project root.
func underWorkspace(p string) bool {
	p = path.Clean(p)
	return p == "/workspace" || strings.HasPrefix(p, "/workspace/")
}

func (m *Model) budgets() Budgets {
	b := Budgets{MaxMemoryMiB: manifest.DefaultMaxMemoryMiB, Timeout: manifest.DefaultTimeout, HardTimeout: manifest.DefaultHardTimeout}
	if v := m.MaxMemory; v.OK && v.Value >= manifest.MinMemoryMiB && v.Value <= manifest.MaxMemoryMiB {
		b.MaxMemoryMiB = v.Value
	}
	if d, err := time.ParseDuration(m.HardTimeout.Text); err == nil && d > 0 {
		b.HardTimeout = d
	}
	if d, err := time.ParseDuration(m.Timeout.Text); err == nil && d > 0 {
		b.Timeout = d
	} else {
		b.Timeout = min(b.Timeout, b.HardTimeout)
	}
	return b
}

// tableAt returns the table of that name, if there is a plain one.
func tableAt(t tomlsyntax.Table, name string) (tomlsyntax.Table, bool) {
	it, ok := t.Get(name)
	if !ok {
		return tomlsyntax.Table{}, false
	}
	return it.Table()
}

func headerOf(t tomlsyntax.Table, name string) tomlsyntax.Span {
	if it, ok := t.Get(name); ok {
		return it.KeySpan()
	}
	return tomlsyntax.Span{}
}

func textAt(t tomlsyntax.Table, name string) Text {
	it, ok := t.Get(name)
	if !ok {
		return Text{}
	}
	x := Text{KeySpan: it.KeySpan()}
	if it.IsValue() {
		v := it.Value()
		x.Span = v.Span()
		x.Text, x.OK = v.Text()
	}
	return x
}

func flagAt(t tomlsyntax.Table, name string) Flag {
	it, ok := t.Get(name)
	if !ok {
		return Flag{}
	}
	x := Flag{KeySpan: it.KeySpan()}
	if it.IsValue() {
		v := it.Value()
		x.Span = v.Span()
		x.Value, x.OK = v.Bool()
	}
	return x
}

func integerAt(t tomlsyntax.Table, name string) Integer {
	it, ok := t.Get(name)
	if !ok {
		return Integer{}
	}
	x := Integer{KeySpan: it.KeySpan()}
	if it.IsValue() {
		v := it.Value()
		x.Span = v.Span()
		x.Value, x.OK = v.Int()
	}
	return x
}

func listAt(t tomlsyntax.Table, name, where string) List {
	it, ok := t.Get(name)
	if !ok {
		return List{}
	}
	x := List{KeySpan: it.KeySpan()}
	if !it.IsValue() {
		return x
	}
	v := it.Value()
	x.Span = v.Span()
	if v.Kind() != tomlsyntax.Array {
		return x
	}
	x.OK, x.Value = true, v
	if n := v.Len(); n > 0 {
		x.Items = make([]Ref, 0, n)
	}
	i := 0
	for e := range v.Elements() {
		if s, ok := e.Text(); ok {
			x.Items = append(x.Items, Ref{Name: s, Span: e.Span(), Where: where, Index: i})
		}
		i++
	}
	return x
}
