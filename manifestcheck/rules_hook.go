package manifestcheck

import (
	"fmt"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// checkHooks looks at hook events and at what they are bound to.
func checkHooks(p *pass) {
	m := p.model
	for i := range m.ProvidesHooks.Items {
		it := &m.ProvidesHooks.Items[i]
		p.event(it.Name, it.Span, quote)
	}
	for i := range m.Bindings {
		b := &m.Bindings[i]
		if !p.isClaimed(append(strings.Split(b.Where, "."), b.Event)) {
			p.event(b.Event, b.EventSpan, tomlsyntax.QuoteKey)
		}
	}
	p.conflicts()
	p.notProvided()
	p.unbound()
	if !p.isKind(manifest.KindWasm) || len(m.Exports) == 0 {
		return // export/none speaks of it
	}
	listed := make(map[string]bool, len(m.Exports))
	var names []string
	for _, e := range m.Exports {
		if !listed[e.Name] {
			listed[e.Name] = true
			if !isLifecycle(e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	for i := range m.Bindings {
		p.boundExport(&m.Bindings[i], listed, names)
	}
}

func knownEvent(name string) bool {
	for _, e := range Events() {
		if e.Value == name {
			return true
		}
	}
	return false
}

// nearEvent returns the event that name is or was likely meant to be, "" for none.
func nearEvent(name string) string {
	if knownEvent(name) {
		return name
	}
	return nearest(name, choiceNames(Events()))
}

// event reports a name that is no event. spell writes the right one in its place.
func (p *pass) event(name string, at tomlsyntax.Span, spell func(string) string) {
	if knownEvent(name) {
		return
	}
	d := Diagnostic{Code: "hook/unknown-event", Span: at, Message: fmt.Sprintf("the framework has no event %q", name)}
	if near := nearEvent(name); near != "" {
		d.Message += fmt.Sprintf("; did you mean %q?", near)
		d.Fixes = []Fix{{Title: "write " + quote(near), Edits: []tomlsyntax.Edit{replace(at, spell(near))}, Preferred: true}}
	} else {
		d.Message += "; it has " + strings.Join(choiceNames(Events()), ", ")
	}
	p.report(d)
}

// checkSplitEvents reports events that were written without quotes, so that the dot makes two keys
// of one. It claims them, as what the schema would say of a table in their place helps nobody.
func checkSplitEvents(p *pass) {
	for i := range p.model.Bindings {
		b := &p.model.Bindings[i]
		for _, sub := range p.splitEvents(b) {
			p.claim(append(strings.Split(b.Where, "."), b.Event)...)
			p.splitEvent(b, sub)
		}
	}
}

// splitEvents are the keys below a binding that is a table, if they make events with it, or what
// was likely meant as one.
func (p *pass) splitEvents(b *Binding) []tomlsyntax.Item {
	if b.OK {
		return nil
	}
	it, ok := p.root.Lookup(append(strings.Split(b.Where, "."), b.Event)...)
	if !ok {
		return nil
	}
	t, ok := it.Table()
	if !ok {
		return nil
	}
	var events []tomlsyntax.Item
	for sub := range t.Items() {
		if sub.IsValue() && nearEvent(b.Event+"."+sub.Name()) != "" {
			events = append(events, sub)
		}
	}
	return events
}

func (p *pass) splitEvent(b *Binding, sub tomlsyntax.Item) {
	written := b.Event + "." + sub.Name()
	event := nearEvent(written)
	d := Diagnostic{
		Code: "hook/unknown-event", Span: sub.KeySpan(),
		Message: fmt.Sprintf("without quotes %s is two keys and no event; write %s", written, quote(event)),
	}
	start := sub.KeySpan().Start - len(b.Event) - 1
	if end := sub.KeySpan().End; start >= 0 && p.src[start:end] == written {
		d.Span = tomlsyntax.Span{Start: start, End: end}
		d.Fixes = p.fix("write "+quote(event), event == written, replace(d.Span, quote(event)))
	} else if p.affordable() {
		d.Fixes = p.joinEvent(b, sub, event, event == written)
	}
	p.report(d)
}

// joinEvent is the fix for an event whose first half stands in a header or before braces.
func (p *pass) joinEvent(b *Binding, sub tomlsyntax.Item, event string, safe bool) []Fix {
	where := strings.Split(b.Where, ".")
	half := append(where[:len(where):len(where)], b.Event)
	to := append(where[:len(where):len(where)], event)
	if p.has(to...) {
		return nil
	}
	gone := half
	if it, _ := p.root.Lookup(half...); !onlyKey(it) {
		gone, safe = append(half[:len(half):len(half)], sub.Name()), false // what is left has to be mended too
	}
	return p.keepingComments(p.rewrite("write "+quote(event), safe,
		removingKey(gone...), p.ifMissing(sub.Value().Raw()+p.trailingComment(sub), to...)))
}

// onlyKey says whether a table has one key.
func onlyKey(it tomlsyntax.Item) bool {
	t, _ := it.Table()
	n := 0
	for range t.Items() {
		n++
	}
	return n == 1
}

// boundExport checks that what an event is bound to is listed and may be a hook.
func (p *pass) boundExport(b *Binding, listed map[string]bool, names []string) {
	if !b.OK || b.Export == "" || b.Where == "oci.hook_handlers" {
		return
	}
	d := Diagnostic{Code: "hook/missing-export", Span: b.ExportSpan}
	if isLifecycle(b.Export) {
		d.Message = fmt.Sprintf("%q belongs to the plugin's life cycle and is never a hook; bind %q to a function of its own", b.Export, b.Event)
		p.report(d)
		return
	}
	if listed[b.Export] {
		return
	}
	d.Message = fmt.Sprintf("%q is bound to %q, which no exports list names", b.Event, b.Export)
	d.Related = []Related{{p.exportsList().KeySpan, "the exports that may be called"}}
	var add []Fix
	if p.affordable() {
		add = p.fix("add "+quote(b.Export)+" to exports", false, p.listExport(b.Export)...)
	}
	inModule := false
	if s := p.module(); s != nil {
		e, ok := s.Export(b.Export)
		inModule = ok && e.Kind == inspect.Func
	}
	near := nearest(b.Export, names)
	switch {
	case inModule:
		d.Message += "; the module has it, so add it there"
		d.Fixes = add
	case near != "":
		d.Message += fmt.Sprintf("; did you mean %q?", near)
		d.Fixes = writeFix(b.ExportSpan, near, false)
		for i := range add {
			add[i].Preferred = false
		}
		d.Fixes = append(d.Fixes, add...)
	default:
		d.Message += "; add it there, or bind one that is"
		d.Fixes = add
	}
	p.report(d)
}

// exportsList is the list that names exports, [wasm] first.
func (p *pass) exportsList() *List {
	if len(p.model.WasmExports.Items) > 0 || !p.model.RuntimeExports.OK {
		return &p.model.WasmExports
	}
	return &p.model.RuntimeExports
}

// listExport adds a name to every list of exports that has items, so that they go on agreeing.
func (p *pass) listExport(name string) []tomlsyntax.Edit {
	var edits []tomlsyntax.Edit
	for _, l := range []*List{&p.model.WasmExports, &p.model.RuntimeExports} {
		if len(l.Items) > 0 {
			edits = append(edits, p.appendElement(l.Value, quote(name)))
		}
	}
	return edits
}

// conflicts reports events that two tables bind to different exports.
func (p *pass) conflicts() {
	first := make(map[string]*Binding)
	for i := range p.model.Bindings {
		b := &p.model.Bindings[i]
		if !b.OK {
			continue
		}
		a, ok := first[b.Event]
		if !ok {
			first[b.Event] = b
			continue
		}
		if a.Export == b.Export || a.Where == b.Where {
			continue
		}
		if a.EventSpan.Start > b.EventSpan.Start {
			a, b = b, a
		}
		p.report(Diagnostic{
			Code: "hook/conflict", Span: b.ExportSpan,
			Message: fmt.Sprintf("%q is bound to %q in [%s] and to %q in [%s]; keep one of the two", b.Event, b.Export, b.Where, a.Export, a.Where),
			Related: []Related{{a.ExportSpan, "the other binding"}},
			Fixes:   writeFix(b.ExportSpan, a.Export, false),
		})
	}
}

// notProvided reports bound events that provides.hooks does not list. The fix lists all of them.
func (p *pass) notProvided() {
	m := p.model
	if m.ProvidesHooks.Present() && !m.ProvidesHooks.OK {
		return
	}
	provided := make(map[string]bool)
	for _, it := range m.ProvidesHooks.Items {
		provided[it.Name] = true
	}
	var missing []*Binding
	var names []string
	for i := range m.Bindings {
		b := &m.Bindings[i]
		if b.OK && knownEvent(b.Event) && !provided[b.Event] {
			provided[b.Event] = true
			missing = append(missing, b)
			names = append(names, b.Event)
		}
	}
	if len(missing) == 0 {
		return
	}
	var fixes []Fix
	if title := "list the bound events in provides.hooks"; m.ProvidesHooks.OK {
		list := quoteList(names)
		fixes = p.fix(title, true, p.appendElement(m.ProvidesHooks.Value, list[1:len(list)-1]))
	} else {
		fixes = p.fix(title, true, p.set(quoteList(names), "provides", "hooks")...)
	}
	for _, b := range missing {
		p.report(Diagnostic{
			Code: "hook/not-provided", Span: b.EventSpan, Fixes: fixes,
			Message: fmt.Sprintf("%q is bound here, and provides.hooks does not list it; add it there", b.Event),
		})
	}
}

// unbound reports provided events that are bound to nothing.
func (p *pass) unbound() {
	m := p.model
	if !p.isKind(manifest.KindWasm, manifest.KindOCI) {
		return
	}
	bound := make(map[string]bool, len(m.Bindings))
	for i := range m.Bindings {
		b := &m.Bindings[i]
		bound[b.Event] = true
		for _, sub := range p.splitEvents(b) {
			bound[b.Event+"."+sub.Name()] = true
		}
	}
	for _, it := range m.ProvidesHooks.Items {
		if !bound[it.Name] && knownEvent(it.Name) {
			bound[it.Name] = true // schema/duplicate-item speaks of the same event once more
			p.problem("hook/unbound", it.Span, "%q is provided and bound to nothing; bind it to an export in [hooks], or remove it here", it.Name)
		}
	}
}
