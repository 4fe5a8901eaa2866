package manifestcheck

import (
	"fmt"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// declaration is how the manifest declares the capability behind a host function.
type declaration struct {
	function string
	list     *List // of a capability that is a list
	flag     *Flag // of one that is not
	path     string
	example  string // an item to begin with
}

func (p *pass) declarations() [4]declaration {
	m := p.model
	const everything = pattern.WorkspaceRoot + "/**"
	return [...]declaration{
		{"fs_read", &m.Read, nil, "capabilities.filesystem.read", everything},
		{"fs_write", &m.Write, nil, "capabilities.filesystem.write", everything},
		{"exec", nil, &m.Exec, "capabilities.exec", ""},
		{"net_outbound", &m.Hosts, nil, "capabilities.network.hosts", "api.example.com"},
	}
}

func (d *declaration) names() []string { return strings.Split(d.path, ".") }

// key is the last name of the path.
func (d *declaration) key() string { return d.path[strings.LastIndexByte(d.path, '.')+1:] }

// checkModuleCapabilities compares what the module imports with what the manifest declares.
func checkModuleCapabilities(p *pass) {
	s := p.module()
	if s == nil {
		return
	}
	files := usesFiles(s)
	all := p.declarations()
	for i := range all {
		d := &all[i]
		imported, declared := imports(s, d.function), d.declared()
		if d.function == "net_outbound" && len(p.model.Outbound.Items) > 0 {
			declared = true // in the words of v2.0
		}
		switch {
		case imported && !declared && !p.isClaimed(d.names()) && !p.isClaimed(d.names()[:2]):
			p.undeclared(s, d)
		case !imported && d.declared() && !(d.list != nil && files && d.function != "net_outbound"):
			p.unused(d)
		}
	}
	if env := &p.model.Env; len(env.Items) > 0 && !s.Imported(wasiModule, "environ_get") {
		p.unused(&declaration{function: "environ_get", list: env, path: "capabilities.env"})
	}
}

func (d *declaration) declared() bool {
	if d.flag != nil {
		return d.flag.OK && d.flag.Value
	}
	return len(d.list.Items) > 0
}

func (p *pass) undeclared(s *inspect.Summary, d *declaration) {
	f := hostFunctionNamed(d.function)
	spelled := d.function
	for _, i := range s.Imports {
		if i.Module == hostModule && hostFunctionNamed(i.Name) != nil && hostFunctionNamed(i.Name).name == d.function {
			spelled = i.Name
		}
	}
	key := d.key()
	r := Diagnostic{Code: "capability/undeclared-import", Span: p.model.CapabilitiesHeader}
	if r.Span == (tomlsyntax.Span{}) {
		r.Span = p.model.ModulePath.Span
	}
	var fixes []Fix
	switch {
	case d.flag != nil && d.flag.Present():
		r.Span = d.flag.Span
		fixes = valueFix("write "+key+" = true", replace(d.flag.Span, "true"))
	case d.flag != nil:
		fixes = p.fix("add "+key+" = true", false, p.set("true", d.names()...)...)
	case d.list.OK:
		r.Span = d.list.KeySpan
		fixes = p.fix("add "+quote(d.example), false, p.appendElement(d.list.Value, quote(d.example)))
	case !d.list.Present():
		value := quoteList([]string{d.example})
		fixes = p.fix("add "+key+" = "+value, false, p.set(value, d.names()...)...)
	}
	r.Fixes = fixes
	r.Message = fmt.Sprintf("the module imports %s.%s, and %s is not declared, so that every call will be denied; declare it, or build the module without the import", hostModule, spelled, f.capability)
	r.Related = []Related{{p.model.ModulePath.Span, "the module"}}
	p.report(r)
}

func (p *pass) unused(d *declaration) {
	key := d.key()
	r := Diagnostic{Code: "capability/unused", Tags: []Tag{Unnecessary}, Related: []Related{{p.model.ModulePath.Span, "the module"}}}
	lacks := "does not import " + hostModule + "." + d.function
	switch d.function {
	case "fs_read", "fs_write":
		lacks = "imports neither " + hostModule + "." + d.function + " nor a file function of WASI"
	case "environ_get":
		lacks = "does not import " + wasiModule + ".environ_get"
	}
	none, at := "[]", tomlsyntax.Span{}
	if d.flag != nil {
		none, at, r.Span = "false", d.flag.Span, d.flag.KeySpan
	} else {
		at, r.Span = d.list.Span, d.list.KeySpan
	}
	r.Message = fmt.Sprintf("%s is declared, and the module %s; ask for nothing that is not used: set %s to %s", key, lacks, key, none)
	r.Fixes = valueFix("write "+key+" = "+none, replace(at, none))
	p.report(r)
}
