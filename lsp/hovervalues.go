package lsp

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// valueHover says what a value means here.
func (s *Server) valueHover(ctx context.Context, snap *Snapshot, doc *Document, p place) string {
	f := manifestcheck.Schema().Lookup(p.path...)
	if f == nil {
		return ""
	}
	text, isString := p.value.Text()
	for _, x := range f.Enum {
		if isString && x.Value == text {
			return "**`" + text + "`**\n\n" + x.Doc + boundTo(doc.Tree(), snap, doc, text)
		}
	}
	switch {
	case !isString && f.Type == manifestcheck.TypeString:
	case f.Rule == "version/invalid-range":
		return s.rangeHover(snap, doc, f, p, text)
	case f.Path == "wasm.module":
		return moduleHover(ctx, snap, doc)
	case strings.HasSuffix(f.Path, "exports") || f.Rule == "hook/missing-export":
		return exportHover(snap, doc, text)
	case strings.HasPrefix(f.Path, "capabilities."):
		return capabilityHover(snap, doc, f, p.value, text)
	}
	return fieldHover(ownName(f, p.path[len(p.path)-1]), effective(doc.Tree(), f))
}

// rangeHover says what a range admits, and whether that holds what is there today.
func (s *Server) rangeHover(snap *Snapshot, doc *Document, f *manifestcheck.Field, p place, text string) string {
	r, bad := semrange.Parse(text)
	if bad != nil {
		return fieldHover(ownName(f, p.path[len(p.path)-1]), "")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s** admits %s", code(text), code(r.Expand()))
	today := func(what, version string) {
		v, err := semrange.ParseSemver(version)
		switch {
		case err != nil:
		case r.Contains(v):
			fmt.Fprintf(&b, "\n\nIt admits %s.", what)
		default:
			fmt.Fprintf(&b, "\n\nIt does not admit %s.", what)
		}
	}
	switch f.Path {
	case "samuel.framework":
		version := snap.Settings.Framework
		today("framework "+version+", which is what manifests are checked against", version)
	case "samuel.protocol":
		for n := manifest.ProtocolMin; n <= manifest.ProtocolMax; n++ {
			today(fmt.Sprintf("protocol %d, which the host speaks", n), fmt.Sprintf("%d.0.0", n))
		}
	default:
		name := p.path[len(p.path)-1]
		c := completer{s: s, snap: snap, doc: doc, tree: doc.Tree()}
		for _, n := range c.neighbours() {
			if n.name == name {
				today(code(n.name+" "+n.version)+" of this workspace", n.version)
			}
		}
	}
	return b.String() + "\n\n" + f.Doc
}

// moduleHover says what a module is made of.
func moduleHover(ctx context.Context, snap *Snapshot, doc *Document) string {
	facts, known := snap.factsOf(doc)
	var b strings.Builder
	switch {
	case !known:
		return fieldHover(fieldNamed("wasm.module"), "")
	case facts.Module == manifestcheck.ModuleMissing:
		return "**Not built**: there is no such file yet.\n\n" + fieldNamed("wasm.module").Doc
	case facts.Summary == nil:
		if facts.Err != nil {
			return "**Cannot be read**: " + code(facts.Err.Error())
		}
		return fieldHover(fieldNamed("wasm.module"), "")
	}
	m := facts.Summary
	fmt.Fprintf(&b, "**WebAssembly module** · %s", bytesText(m.Size))
	if t := m.Toolchain(); t != "" {
		b.WriteString(" · " + code(t))
	}
	b.WriteString("\n")
	if ctx.Err() == nil {
		if sum, err := inspect.SHA256(facts.Path); err == nil {
			fmt.Fprintf(&b, "\n- SHA-256: `%s`", hex.EncodeToString(sum[:]))
		}
	}
	if m.Protocol != nil {
		fmt.Fprintf(&b, "\n- Protocol: %d", *m.Protocol)
	}
	if m.Memory != nil {
		fmt.Fprintf(&b, "\n- Memory: %s at the start", bytesText(int64(min(m.Memory.Min, 1<<16))<<16))
	}
	fmt.Fprintf(&b, "\n- Functions: %d", m.Functions)
	var exports, imports []string
	for _, e := range m.Exports {
		if e.Kind == inspect.Func {
			exports = append(exports, code(runlog.Clip(e.Name, 80)+signatureOf(e)))
		}
	}
	for _, i := range m.Imports {
		imports = append(imports, code(runlog.Clip(i.Module+"."+i.Name, 80)))
	}
	fmt.Fprintf(&b, "\n- Exports: %s", someOf(exports))
	fmt.Fprintf(&b, "\n- Imports: %s", someOf(imports))
	if len(m.Customs) > 0 {
		names := make([]string, len(m.Customs))
		for i, c := range m.Customs {
			names[i] = code(runlog.Clip(c.Name, 40)) + " " + bytesText(c.Size)
		}
		fmt.Fprintf(&b, "\n- Custom sections: %s", someOf(names))
	}
	return b.String()
}

// shown bounds the items of a list in a hover.
const shown = 16

func someOf(all []string) string {
	switch {
	case len(all) == 0:
		return "none"
	case len(all) > shown:
		return strings.Join(all[:shown], ", ") + fmt.Sprintf(" and %d more", len(all)-shown)
	}
	return strings.Join(all, ", ")
}

// bytesText is a size as people read it.
func bytesText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// exportHover says what an export is: in the module, and to the framework.
func exportHover(snap *Snapshot, doc *Document, name string) string {
	if name == "" {
		return ""
	}
	facts := snap.Facts(doc)
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**", code(runlog.Clip(name, 120)))
	switch {
	case facts.Summary == nil:
		b.WriteString(" · an export; the module has not been read")
	default:
		if e, ok := facts.Summary.Export(name); ok {
			fmt.Fprintf(&b, " `%s` · exported by the module", signatureOf(e))
		} else {
			b.WriteString(" · not exported by the module")
		}
	}
	b.WriteString("\n")
	switch name {
	case "health":
		b.WriteString("\nLife cycle: called to ask whether the plugin works; 0 means that it does. Never a hook.")
	case "samuel_protocol_version":
		b.WriteString("\nLife cycle: says which plugin protocol the module speaks. Never a hook.")
	case "samuel_alloc":
		b.WriteString("\nLife cycle: gives the host memory to write arguments to. Never a hook.")
	}
	var listed, events []string
	for _, table := range []string{"wasm", "runtime"} {
		if slices.Contains(listAt(doc.Tree(), table, "exports"), name) {
			listed = append(listed, "`["+table+"].exports`")
		}
	}
	for _, bound := range boundExports(doc.Tree()) {
		if bound.export == name && len(events) < shown {
			events = append(events, code(bound.event))
		}
	}
	if len(listed) > 0 {
		b.WriteString("\n- Listed in: " + strings.Join(listed, ", "))
	}
	if len(events) > 0 {
		b.WriteString("\n- Bound to: " + strings.Join(unique(events), ", "))
	} else if !project.LifecycleExport(name) {
		b.WriteString("\n- Bound to no hook event")
	}
	return b.String()
}

// capability is what one key of [capabilities] opens to a plugin.
type capability struct {
	field, allows string
	functions     []string // host functions that need it; several spellings are one
	risky         bool
}

func capabilities() []capability {
	return []capability{
		{"capabilities.exec", "starting programs in the project", []string{"exec"}, true},
		{"capabilities.filesystem.read", "reading", []string{"fs_read"}, false},
		{"capabilities.filesystem.write", "writing", []string{"fs_write"}, true},
		{"capabilities.network.hosts", "requests to", []string{"net_outbound"}, true},
		{"capabilities.network.allowed_hosts", "requests to", nil, true},
		{"capabilities.network.outbound", "requests to", []string{"net_outbound"}, true},
		{"capabilities.env", "reading the environment variable", nil, false},
		{"capabilities.samuel.api", "calling the framework's API", nil, true},
		{"capabilities.assistant.invoke", "invoking the assistant", nil, true},
	}
}

// capabilityHover says what an entry allows, whether the user is asked, and whether the module
// could use it.
func capabilityHover(snap *Snapshot, doc *Document, f *manifestcheck.Field, v tomlsyntax.Value, target string) string {
	all := capabilities()
	i := slices.IndexFunc(all, func(c capability) bool { return c.field == f.Path })
	if i < 0 {
		return fieldHover(f, effective(doc.Tree(), f))
	}
	c := all[i]
	if allowed, isBool := v.Bool(); isBool && !allowed {
		return "**Does not allow** " + c.allows + ".\n" + usedBy(snap, doc, f) + "\n\n" + f.Doc
	}
	var b strings.Builder
	b.WriteString("**Allows** " + c.allows)
	if target != "" {
		b.WriteString(" " + code(runlog.Clip(target, 200)) + reach(f, target))
	}
	b.WriteString(".\n")
	risky := c.risky
	if f.Path == "capabilities.filesystem.read" {
		if g, bad := pattern.Compile(target); bad == nil {
			root, _ := pattern.Compile(pattern.WorkspaceRoot)
			risky = root.Covers(g) != pattern.Yes
		}
	}
	if risky {
		b.WriteString("\n- The user is asked before a run that needs it.")
	} else {
		b.WriteString("\n- Granted without asking.")
	}
	return b.String() + usedBy(snap, doc, f) + "\n\n" + f.Doc
}

// reach spells out what a glob or host reaches beyond its letters.
func reach(f *manifestcheck.Field, target string) string {
	switch {
	case strings.HasPrefix(f.Path, "capabilities.filesystem"):
		if g, bad := pattern.Compile(target); bad == nil {
			if _, literal := g.Literal(); literal {
				return " and all below it"
			}
			return " and all below what that matches"
		}
	case strings.HasPrefix(f.Path, "capabilities.network"):
		h, bad := pattern.CompileHost(target)
		switch {
		case bad != nil:
		case h.Any():
			return " (any host)"
		case strings.HasPrefix(target, "*."):
			return " (every name below it, not itself)"
		}
	}
	return ""
}

// useOf says whether a module imports what the capability is for.
func useOf(m *inspect.Summary, c capability) string {
	for _, f := range c.functions {
		if m.Imported("samuel", f) || m.Imported("samuel", strings.Replace(f, "_", ".", 1)) {
			return "The module imports `samuel." + f + "`, which needs it."
		}
	}
	if strings.HasPrefix(c.field, "capabilities.filesystem") && m.Imported("wasi_snapshot_preview1", "path_open") {
		return "The module opens files by WASI, which needs it."
	}
	return "The module imports nothing that needs it."
}
