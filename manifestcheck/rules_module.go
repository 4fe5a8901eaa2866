package manifestcheck

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// checkModule looks at the module file: that it is there, inside the folder, a core module, and
// that the host has all that it imports.
func checkModule(p *pass) {
	m := p.model
	if !m.ModulePath.OK || m.ModulePath.Text == "" || m.Kind.OK && m.Kind.Text != manifest.KindWasm {
		return
	}
	if p.modulePathLeaves() || !p.isKind(manifest.KindWasm) {
		return
	}
	at, name := m.ModulePath.Span, m.ModulePath.Text
	switch p.facts.Module {
	case ModuleMissing:
		p.missing()
	case ModuleOutside:
		p.problem("module/outside-folder", at, "%q leads out of the plugin's folder by a symbolic link, and only what lies in the folder is installed; copy the file there", name)
	case ModuleUnreadable:
		p.unreadable()
	case ModuleInspected:
		p.imports()
	}
}

// missing reports a module that is not there, with the file that was likely meant: one of a near
// name, or the only one.
func (p *pass) missing() {
	m, beside := p.model.ModulePath, p.facts.Beside
	dir, base := path.Split(m.Text)
	near := nearest(base, beside)
	if near == "" && len(beside) == 1 {
		near = beside[0]
	}
	d := Diagnostic{Code: "module/missing", Span: m.Span, Message: fmt.Sprintf("there is no file %q in the plugin's folder", m.Text)}
	if near != "" {
		d.Message += fmt.Sprintf("; did you mean %q?", dir+near)
		d.Fixes = writeFix(m.Span, dir+near, false)
	} else {
		d.Message += "; build the module, or mend the path"
	}
	p.report(d)
}

// modulePathLeaves reports a path that leaves the folder by its text alone.
func (p *pass) modulePathLeaves() bool {
	m := p.model.ModulePath
	slashed := strings.ReplaceAll(m.Text, `\`, "/")
	clean := path.Clean(slashed)
	drive := len(slashed) >= 2 && slashed[1] == ':'
	d := Diagnostic{Code: "module/outside-folder", Span: m.Span}
	use, build := "", " and have the build put the file there"
	switch {
	case path.IsAbs(slashed) || drive:
		d.Message = fmt.Sprintf("%q is absolute, and the module is found relative to the manifest, in its folder", m.Text)
		use = path.Base(clean)
	case clean == ".." || strings.HasPrefix(clean, "../"):
		d.Message = fmt.Sprintf("%q leads out of the plugin's folder, and only what lies in the folder is installed", m.Text)
		use = path.Base(clean)
	case slashed != m.Text:
		d.Message = fmt.Sprintf("%q has backslashes, which are no separators everywhere", m.Text)
		use, build = slashed, ""
	default:
		return false
	}
	if strings.HasSuffix(use, ".wasm") {
		d.Message += fmt.Sprintf("; write %q", use) + build
		d.Fixes = writeFix(m.Span, use, false)
	} else {
		d.Message += "; name a file in the folder"
	}
	p.report(d)
	return true
}

// unreadable reports why the module could not be inspected.
func (p *pass) unreadable() {
	at, name := p.model.ModulePath.Span, p.model.ModulePath.Text
	var e *inspect.Error
	if !errors.As(p.facts.Err, &e) {
		p.problem("module/missing", at, "the file %q cannot be read: %v; make it readable, or build it again", name, p.facts.Err)
		return
	}
	switch e.Kind {
	case inspect.NotWasm:
		p.problem("module/not-wasm", at, "%q is no WebAssembly module: %s; name the file that the compiler wrote for the wasm target", name, e.Msg)
	case inspect.Component:
		p.problem("module/component", at, "%q is a component, and the host runs core modules with WASI preview 1; build for that, for example with --target wasm32-wasip1", name)
	case inspect.Malformed:
		p.problem("module/malformed", at, "%q is a broken module: %v; build it again", name, e)
	case inspect.TooLarge:
		p.problem("module/too-large", at, "%q is too large: %s; leave debug information out and build for size", name, e.Msg)
	case inspect.Changing:
		// A build is writing it: there is more to be said when that is done.
	}
}

// maxImports bounds the diagnostics about the imports of one module, all on the same place.
const maxImports = 10

// imports compares what the module imports with what the host offers.
func (p *pass) imports() {
	s := p.module()
	if s == nil {
		return
	}
	said := 0
	for i := range s.Imports {
		im := &s.Imports[i]
		signatures, offered := offeredSignatures(im)
		if im.Kind == inspect.Func && slices.Contains(signatures, signature(im.Type)) {
			continue
		}
		if said++; said <= maxImports {
			code, message := importProblem(im, signatures, offered)
			p.problem(code, p.model.ModulePath.Span, "%s", message)
		}
	}
	if said > maxImports {
		p.problem("module/unknown-import", p.model.ModulePath.Span, "the module has %d more imports that the host does not offer", said-maxImports)
	}
}

// importProblem says what is wrong with an import that is not among the signatures offered.
func importProblem(im *inspect.Import, signatures []string, offered bool) (code, message string) {
	if !offered {
		return "module/unknown-import", fmt.Sprintf("the module imports %s.%s, and the host offers no module %q; %s", im.Module, im.Name, im.Module, foreign(im))
	}
	full := im.Module + "." + im.Name
	if signatures == nil {
		message = fmt.Sprintf("the module imports %s, which the host does not offer", full)
		if near := nearest(im.Name, offeredNames(im.Module)); near != "" {
			return "module/unknown-import", fmt.Sprintf("%s; did you mean %s.%s?", message, im.Module, near)
		}
		return "module/unknown-import", message + "; build the module without it"
	}
	if im.Kind != inspect.Func {
		return "module/import-signature", fmt.Sprintf("the module imports %s as a %s, and it is a function %s; declare it as one", full, im.Kind, spellSignatures(signatures))
	}
	return "module/import-signature", fmt.Sprintf("the module imports %s as %s, and it is %s; declare it so", full, im.Type, spellSignatures(signatures))
}

// offeredSignatures are those of a function that the host offers, none where it has no such
// function; false where it does not even have the module.
func offeredSignatures(im *inspect.Import) ([]string, bool) {
	switch im.Module {
	case hostModule:
		if f := hostFunctionNamed(im.Name); f != nil {
			return f.signatures, true
		}
		return nil, true
	case wasiModule:
		if s, ok := wasiSignatures()[im.Name]; ok {
			return []string{s}, true
		}
		return nil, true
	}
	return nil, false
}

// offeredNames are the functions of one of the host's modules.
func offeredNames(module string) []string {
	if module == wasiModule {
		return slices.Sorted(maps.Keys(wasiSignatures()))
	}
	var names []string
	for i := range hostFunctions() {
		f := &hostFunctions()[i]
		names = append(names, f.name, f.dotted())
	}
	return names
}

// foreign says what to do about an import from a module that the host does not have.
func foreign(im *inspect.Import) string {
	switch {
	case im.Kind != inspect.Func:
		return fmt.Sprintf("define the %s in the module", im.Kind)
	case im.Module == "env" && im.Name == "abort":
		return "with the AssemblyScript compiler, build with --use abort= or with a WASI shim"
	case im.Module == "env":
		if f := hostFunctionNamed(im.Name); f != nil {
			return fmt.Sprintf("import it from %q", hostModule)
		}
		return fmt.Sprintf("define the function in the module, or import it from %q or %q", hostModule, wasiModule)
	case im.Module == "wasi_unstable" || im.Module == "wasi_snapshot_preview0":
		return fmt.Sprintf("build with a toolchain that uses %q", wasiModule)
	case strings.HasPrefix(im.Module, "wasi:"):
		return fmt.Sprintf("build for WASI preview 1, which is module %q", wasiModule)
	case im.Module == "go" || im.Module == "gojs":
		return "build with GOOS=wasip1 instead of GOOS=js"
	case strings.HasPrefix(im.Module, "__wbindgen") || im.Module == "wbg":
		return "build for wasm32-wasip1, without wasm-bindgen"
	case nearest(im.Module, []string{hostModule}) != "":
		return fmt.Sprintf("did you mean %q?", hostModule)
	case nearest(im.Module, []string{wasiModule}) != "":
		return fmt.Sprintf("did you mean %q?", wasiModule)
	}
	return fmt.Sprintf("import from %q or %q only", hostModule, wasiModule)
}
