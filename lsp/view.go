package lsp

import (
	"slices"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// What completion and hover need of a manifest they look up in its tree: the model of a check costs
// more with every line of the file, a lookup does not.

// listLimit bounds how many items of one list are looked at for one request.
const listLimit = 1000

// textAt returns the string at a path.
func textAt(t *tomlsyntax.Tree, path ...string) (string, bool) {
	it, ok := t.Root().Lookup(path...)
	if !ok || !it.IsValue() {
		return "", false
	}
	return it.Value().Text()
}

// manifestKind returns the plugin's kind, "" if it is missing or none.
func manifestKind(t *tomlsyntax.Tree) string {
	kind, _ := textAt(t, "kind")
	switch kind {
	case "skill", "wasm", "oci", "meta":
		return kind
	}
	return ""
}

// listAt returns the strings of an array.
func listAt(t *tomlsyntax.Tree, path ...string) []string {
	it, ok := t.Root().Lookup(path...)
	if !ok || !it.IsValue() {
		return nil
	}
	return stringsOf(it.Value())
}

// stringsOf returns the strings in an array.
func stringsOf(v tomlsyntax.Value) []string {
	if v.Kind() != tomlsyntax.Array {
		return nil
	}
	var all []string
	for e := range v.Elements() {
		if s, ok := e.Text(); ok {
			all = append(all, s)
		}
		if len(all) == listLimit {
			break
		}
	}
	return all
}

// declaredExports returns the functions a manifest lists, each once. An empty string is none.
func declaredExports(t *tomlsyntax.Tree) []string {
	all := append(listAt(t, "wasm", "exports"), listAt(t, "runtime", "exports")...)
	return unique(slices.DeleteFunc(all, func(name string) bool { return name == "" }))
}

// bindingTables are the tables that bind hook events to exports.
func bindingTables() [][]string {
	return [][]string{{"hooks"}, {"wasm", "hook_handlers"}, {"oci", "hook_handlers"}}
}

// boundExport is a hook event and what answers it.
type boundExport struct{ event, export string }

// boundExports returns the bindings of a manifest.
func boundExports(t *tomlsyntax.Tree) []boundExport {
	var all []boundExport
	for _, path := range bindingTables() {
		it, ok := t.Root().Lookup(path...)
		if !ok {
			continue
		}
		tab, ok := it.Table()
		if !ok {
			continue
		}
		for b := range tab.Items() {
			if !b.IsValue() {
				continue
			}
			if export, ok := b.Value().Text(); ok {
				all = append(all, boundExport{b.Name(), export})
			}
			if len(all) == listLimit {
				return all
			}
		}
	}
	return all
}

// unique drops what is there already, and keeps the order.
func unique(all []string) []string {
	seen := make(map[string]bool, len(all))
	kept := all[:0]
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			kept = append(kept, s)
		}
	}
	return kept
}

// moduleExports returns the functions of a module that a hook or the framework could call.
func moduleExports(m *inspect.Summary) []inspect.Export {
	if m == nil {
		return nil
	}
	var all []inspect.Export
	for _, e := range m.Exports {
		if e.Kind != inspect.Func || project.LifecycleExport(e.Name) && e.Name != "health" {
			continue
		}
		all = append(all, e)
		if len(all) == listLimit {
			break
		}
	}
	return all
}

// signatureOf is an export's signature, or what it is if no function.
func signatureOf(e inspect.Export) string {
	if e.Type == nil {
		return e.Kind.String()
	}
	return e.Type.String()
}
