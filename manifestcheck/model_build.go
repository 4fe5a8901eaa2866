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
	p.model = &Model{}
	p.gather(p.root, Schema().Root())
	m := p.model
	m.adoptKind(p)
	m.Exports = slices.Concat(m.WasmExports.Items, m.RuntimeExports.Items)
	slices.SortStableFunc(m.Bindings, func(a, b Binding) int { return hooksFirst(a) - hooksFirst(b) })
	m.Requests = m.requests()
	m.Budgets = m.budgets()
	return m
}

// adoptKind takes the kind of the old [plugin] table where there is no other, so that rules that
// depend on it work there.
func (m *Model) adoptKind(p *pass) {
	if !m.Kind.Present() {
		if old, ok := p.unknownKey("", "plugin"); ok {
			if t, ok := old.Table(); ok {
				if k, ok := t.Get("kind"); ok {
					read(&m.Kind, k, k.Value(), nil)
				}
			}
		}
	}
	m.Kind.OK = m.Kind.OK && validKind(m.Kind.Text)
	m.Tier = p.tier()
}

// tier is the kind that the manifest gives, or else, so that a slip in that one line hides nothing of
// what depends on it, the kind that its tables tell.
func (p *pass) tier() string {
	if p.model.Kind.OK {
		return p.model.Kind.Text
	}
	_, wasm := p.table("wasm")
	_, oci := p.table("oci")
	switch {
	case wasm && !oci:
		return manifest.KindWasm
	case oci && !wasm:
		return manifest.KindOCI
	}
	return ""
}

func hooksFirst(b Binding) int {
	if b.Where == "hooks" {
		return 0
	}
	return 1
}

func validKind(s string) bool {
	switch s {
	case manifest.KindSkill, manifest.KindWasm, manifest.KindOCI, manifest.KindMeta:
		return true
	}
	return false
}

// read puts what a key holds, v if that is a value, where the model has it.
func read(to any, it tomlsyntax.Item, v tomlsyntax.Value, f *Field) {
	switch to := to.(type) {
	case *tomlsyntax.Span:
		*to = it.KeySpan()
	case *Text:
		to.KeySpan = it.KeySpan()
		if v.Present() {
			to.Span = v.Span()
			to.Text, to.OK = v.Text()
		}
	case *Flag:
		to.KeySpan = it.KeySpan()
		if v.Present() {
			to.Span = v.Span()
			to.Value, to.OK = v.Bool()
		}
	case *Integer:
		to.KeySpan = it.KeySpan()
		if v.Present() {
			to.Span = v.Span()
			to.Value, to.OK = v.Int()
		}
	case *List:
		to.KeySpan = it.KeySpan()
		if v.Present() {
			to.Span = v.Span()
			to.read(v, f.Path)
		}
	case *[]Binding:
		t, ok := it.Table()
		if !ok {
			t, ok = onlyTable(it)
		}
		if ok {
			*to = bind(*to, t, f.Path)
		}
	}
}

func (l *List) read(v tomlsyntax.Value, where string) {
	if v.Kind() != tomlsyntax.Array {
		return
	}
	l.OK, l.Value = true, v
	if n := v.Len(); n > 0 {
		l.Items = make([]Ref, 0, n)
	}
	i := 0
	for e := range v.Elements() {
		if s, ok := e.Text(); ok {
			l.Items = append(l.Items, Ref{Name: s, Span: e.Span(), Where: where, Index: i})
		}
		i++
	}
}

func bind(all []Binding, t tomlsyntax.Table, where string) []Binding {
	for it := range t.Items() {
		v := it.Value()
		b := Binding{Event: it.Name(), EventSpan: it.KeySpan(), ExportSpan: v.Span(), Where: where}
		b.Export, b.OK = v.Text()
		all = append(all, b)
	}
	return all
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

func textAt(t tomlsyntax.Table, name string) Text {
	var x Text
	if it, ok := t.Get(name); ok {
		read(&x, it, it.Value(), nil)
	}
	return x
}
