package manifestcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// lifecycleSignature is the signature of a function that the host itself calls.
func lifecycleSignature(name string) (string, bool) {
	switch name {
	case protocolExport, "health":
		return ":i", true
	case "samuel_alloc":
		return "i:i", true
	case "_start", "_initialize":
		return "", true
	}
	return "", false
}

// isLifecycle says whether an export belongs to the host and is never a hook.
func isLifecycle(name string) bool {
	_, ok := lifecycleSignature(name)
	return ok || name == "memory"
}

// hookSignatures are the signatures that a hook may have.
func hookSignatures() []string { return []string{"", ":i", "ii:i", "ii:I"} }

// ReservedExport reports whether an export of that name would shadow one of the framework's own verbs.
func ReservedExport(name string) bool {
	switch name {
	case "init", "install", "uninstall", "update", "search", "info", "ls", "list", "run", "doctor", "sync", "version", "new":
		return true
	}
	return false
}

// checkExports looks at the two lists of exports, by themselves and beside the module.
func checkExports(p *pass) {
	m := p.model
	if m.Kind.OK && m.Kind.Text != manifest.KindWasm {
		return
	}
	s := p.module()
	p.noExports(s)
	p.drift(&m.WasmExports, &m.RuntimeExports)
	p.drift(&m.RuntimeExports, &m.WasmExports)
	var offered *exportTable
	if s != nil {
		offered = newExportTable(s, m.Exports)
		p.unlisted(s, offered)
	}
	for i := range m.Exports {
		e := &m.Exports[i]
		if ReservedExport(e.Name) {
			p.problem("export/reserved", e.Span, "%q is one of the framework's own verbs, which an export would shadow; rename the function in the module and here, for example to \"%s_hook\"", e.Name, e.Name)
		}
		if offered != nil && e.Name != "" {
			p.listed(e, offered)
		}
	}
}

// exportTable is a module's exports by name, beside those that the manifest lists.
type exportTable struct {
	all       []inspect.Export
	byName    map[string]*inspect.Export // of a module with many
	refs      []Ref                      // what the manifest lists
	allocator bool
	memory    bool

	// What could be meant by a name that is not there; see candidates.
	functions []string // that the manifest may name
	unlisted  []string // those of them that it does not
}

func newExportTable(s *inspect.Summary, refs []Ref) *exportTable {
	t := &exportTable{all: s.Exports, refs: refs, memory: s.Memory != nil}
	if len(s.Exports) > fewExports {
		t.byName = make(map[string]*inspect.Export, len(s.Exports))
	}
	for i := range s.Exports {
		e := &s.Exports[i]
		if t.byName != nil {
			t.byName[e.Name] = e
		}
		if e.Kind == inspect.Func && isAllocator(e.Name) {
			t.allocator = t.allocator || allocates(e)
		}
	}
	return t
}

// candidates returns the functions that the manifest may name, and those of them that it does not.
func (t *exportTable) candidates() (functions, unlisted []string) {
	if t.functions != nil {
		return t.functions, t.unlisted
	}
	listed := make(map[string]bool, len(t.refs))
	for i := range t.refs {
		listed[t.refs[i].Name] = true
	}
	t.functions = []string{}
	for i := range t.all {
		e := &t.all[i]
		if e.Kind != inspect.Func || isAllocator(e.Name) || e.Name == "_start" || e.Name == "_initialize" {
			continue
		}
		t.functions = append(t.functions, e.Name)
		if !listed[e.Name] {
			t.unlisted = append(t.unlisted, e.Name)
		}
	}
	return t.functions, t.unlisted
}

func (t *exportTable) lists(name string) bool {
	return slices.ContainsFunc(t.refs, func(r Ref) bool { return r.Name == name })
}

// fewExports is how many exports are looked through faster than they are put in a table.
const fewExports = 16

func (t *exportTable) find(name string) *inspect.Export {
	if t.byName != nil {
		return t.byName[name]
	}
	for i := range t.all {
		if t.all[i].Name == name {
			return &t.all[i]
		}
	}
	return nil
}

// listed compares one name of a list with the module.
func (p *pass) listed(ref *Ref, t *exportTable) {
	e := t.find(ref.Name)
	switch {
	case e == nil:
		d := Diagnostic{Code: "export/missing", Span: ref.Span, Related: []Related{{p.model.ModulePath.Span, "the module"}}}
		d.Message = fmt.Sprintf("the module has no export %q", ref.Name)
		functions, unlisted := t.candidates()
		if near := nearest(ref.Name, unlisted); near != "" && p.affordable() {
			d.Message += fmt.Sprintf("; did you mean %q?", near)
			d.Fixes = p.fix("write "+quote(near), false, p.renameExport(ref.Name, near)...)
		} else {
			d.Message += "; " + exportList(functions)
		}
		p.report(d)
	case e.Kind != inspect.Func:
		p.problem("export/not-a-function", ref.Span, "%q is a %s of the module, and only functions can be called; name a function, or leave it out", ref.Name, e.Kind)
	default:
		if message := signatureProblem(e); message != "" {
			p.problem("export/signature", ref.Span, "%s", message)
		} else if takesBytes(e) && !t.memory {
			p.problem("export/no-allocator", ref.Span, "%q takes a payload, and the module has no memory for the host to place it in; give it one, and a samuel_alloc(i32) -> i32 that hands it out", ref.Name)
		} else if takesBytes(e) && !t.allocator {
			p.problem("export/no-allocator", ref.Span, "%q takes a payload, and the module has no allocator for the host to place it with; export samuel_alloc(i32) -> i32 too", ref.Name)
		}
	}
}

// renameExport writes another name for an export wherever the manifest has it.
func (p *pass) renameExport(from, to string) []tomlsyntax.Edit {
	var edits []tomlsyntax.Edit
	for _, e := range p.model.Exports {
		if e.Name == from {
			edits = append(edits, replace(e.Span, quote(to)))
		}
	}
	for _, b := range p.model.Bindings {
		if b.OK && b.Export == from {
			edits = append(edits, replace(b.ExportSpan, quote(to)))
		}
	}
	return edits
}

// exportList names some of what the module exports.
func exportList(functions []string) string {
	const most = 8
	if len(functions) == 0 {
		return "it exports no function; build it so that it does"
	}
	if len(functions) > most {
		return fmt.Sprintf("it exports %s and %d more", strings.Join(functions[:most], ", "), len(functions)-most)
	}
	return "it exports " + strings.Join(functions, ", ")
}

func signatureProblem(e *inspect.Export) string {
	allowed, own := hookSignatures(), false
	if s, ok := lifecycleSignature(e.Name); ok {
		allowed, own = []string{s}, true
	}
	if !own && isAllocator(e.Name) || slices.Contains(allowed, signature(e.Type)) {
		return ""
	}
	if own {
		return fmt.Sprintf("%q is %s in the module, and the host calls it as %s; change the function", e.Name, e.Type, spellSignatures(allowed))
	}
	return fmt.Sprintf("%q is %s in the module, and a hook is one of %s; change the function", e.Name, e.Type, spellSignatures(allowed))
}

// isAllocator says whether a function is one that the host can place bytes with. The last two are
// conventions of toolchains, with signatures of their own.
func isAllocator(name string) bool {
	return name == "samuel_alloc" || name == "cabi_realloc" || name == "malloc"
}

// allocates says whether the host can use an allocator. A samuel_alloc of another type counts, as
// export/signature speaks of it.
func allocates(e *inspect.Export) bool {
	switch e.Name {
	case "cabi_realloc":
		return signature(e.Type) == "iiii:i"
	case "malloc":
		return signature(e.Type) == "i:i"
	}
	return true
}

func takesBytes(e *inspect.Export) bool {
	return !isLifecycle(e.Name) && !isAllocator(e.Name) && e.Type != nil && len(e.Type.Params) == 2
}

// unlisted looks at what the host uses of a module without its being listed.
func (p *pass) unlisted(s *inspect.Summary, t *exportTable) {
	at := p.model.ModulePath.Span
	for _, name := range [...]string{protocolExport, "health", "samuel_alloc"} {
		e := t.find(name)
		if e == nil || t.lists(name) {
			continue
		}
		if e.Kind != inspect.Func {
			p.problem("export/not-a-function", at, "%q is a %s of the module, and the host calls it as a function; export one under that name", name, e.Kind)
		} else if message := signatureProblem(e); message != "" {
			p.problem("export/signature", at, "%s", message)
		}
	}
	if t.allocator {
		return
	}
	for _, i := range s.Imports {
		if i.Module != hostModule || signature(i.Type) != "ii:I" {
			continue
		}
		if f := hostFunctionNamed(i.Name); f != nil && slices.Contains(f.signatures, "ii:I") {
			p.problem("export/no-allocator", at, "the module imports %s.%s, which returns bytes, and has no allocator for the host to place them with; export samuel_alloc(i32) -> i32 too", hostModule, i.Name)
			return
		}
	}
}

// noExports reports a wasm plugin that lists no export at all.
func (p *pass) noExports(s *inspect.Summary) {
	m := p.model
	if !p.isKind(manifest.KindWasm) || m.WasmHeader == (tomlsyntax.Span{}) || len(m.Exports) > 0 {
		return
	}
	for _, l := range []*List{&m.WasmExports, &m.RuntimeExports} {
		if l.Present() && (!l.OK || l.Value.Len() > 0) {
			return // what is there has another type
		}
	}
	d := Diagnostic{Code: "export/none", Span: m.WasmHeader}
	d.Message = "no export is listed, and the framework calls nothing that is not; list the module's functions in exports"
	if m.WasmExports.OK {
		d.Span = m.WasmExports.Span
	}
	if s != nil {
		var callable []string
		for i := range s.Exports {
			e := &s.Exports[i]
			callableName := e.Name == "health" || !isLifecycle(e.Name) && !isAllocator(e.Name) && !ReservedExport(e.Name)
			if e.Kind == inspect.Func && callableName && signatureProblem(e) == "" {
				callable = append(callable, e.Name)
			}
		}
		if len(callable) > 0 {
			value := quoteList(callable)
			edits := p.set(value, "wasm", "exports")
			if m.WasmExports.OK {
				edits = []tomlsyntax.Edit{replace(m.WasmExports.Span, value)}
			}
			d.Fixes = p.fix("list what the module exports", false, edits...)
		}
	}
	p.report(d)
}

// drift reports what one list of exports has and the other lacks. An empty list is no list.
func (p *pass) drift(list, other *List) {
	if len(list.Items) == 0 || len(other.Items) == 0 {
		return
	}
	names := make(map[string]bool, len(other.Items))
	for _, e := range other.Items {
		names[e.Name] = true
	}
	for i := range list.Items {
		e := &list.Items[i]
		if names[e.Name] {
			continue
		}
		names[e.Name] = true
		where := other.Items[0].Where
		d := Diagnostic{
			Code: "export/drift", Span: e.Span,
			Message: fmt.Sprintf("%q is in %s and not in %s, and the two must agree; add it there, or remove it here", e.Name, e.Where, where),
			Related: []Related{{other.KeySpan, "the list that lacks it"}},
		}
		if p.affordable() {
			d.Fixes = p.fix(fmt.Sprintf("add %s to %s", quote(e.Name), where), false, p.appendElement(other.Value, quote(e.Name)))
		}
		p.report(d)
	}
}
