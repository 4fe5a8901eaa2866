package lsp

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// plugin is a plugin as it lies on disk when a run of it is decided: never what an unsaved buffer
// says.
type plugin struct {
	path     string // of the manifest; the plugin's identity
	root     string // project root
	module   string // absolute path
	state    fileState
	manifest *manifest.Manifest
	model    *manifestcheck.Model
	summary  *inspect.Summary // nil if the module cannot be inspected
}

// loadPlugin reads a plugin from disk. It must not be called on the read loop.
func (s *Server) loadPlugin(snap *Snapshot, path string) (*plugin, error) {
	doc := readManifest(path)
	if doc == nil {
		return nil, fmt.Errorf("reading %s: no such manifest", path)
	}
	if doc.TooLarge {
		return nil, fmt.Errorf("reading %s: larger than %d bytes", path, MaxDocument)
	}
	// Keys that the framework does not know are shown in the editor, and don't keep an author from
	// trying the rest.
	m := &manifest.Manifest{}
	if _, err := toml.Decode(doc.Text.String(), m); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if m.Kind != manifest.KindWasm || m.Wasm == nil || m.Wasm.Module == "" {
		return nil, fmt.Errorf("%s runs no code: its kind is %q; only wasm plugins with a [wasm] module run here", path, m.Kind)
	}
	facts := examine(factsKey{path, m.Wasm.Module}, snap.facts[factsKey{path, m.Wasm.Module}], false)
	p := &plugin{path: path, module: facts.Path, state: facts.state, manifest: m, summary: facts.Summary}
	switch facts.Module {
	case manifestcheck.ModuleMissing:
		return nil, fmt.Errorf("the module %s is not built: there is no such file", facts.Path)
	case manifestcheck.ModuleOutside:
		return nil, fmt.Errorf("the module %q lies outside of the manifest's folder", m.Wasm.Module)
	case manifestcheck.ModuleUnreadable:
		return nil, fmt.Errorf("the module %s cannot be run: %w", facts.Path, facts.Err)
	}
	p.model = snap.Settings.checker.Check(doc.Tree(), facts.Facts).Model
	if p.root = s.ProjectRoot(snap, path); p.root == "" {
		p.root = filepath.Dir(path)
	}
	return p, nil
}

// risky are the plugin's requests that need the user's consent, as they are shown.
func (p *plugin) risky() []string { return project.Risky(p.model) }

// capabilities is what the manifest declares, with defaults applied.
func (p *plugin) capabilities() call.Capabilities {
	return project.Capabilities(p.manifest, p.model.Budgets)
}

// grants are the capabilities behind the plugin's risky requests, for a run the user agreed to.
func (p *plugin) grants() []call.Grant { return project.Grants(p.model) }

// guestPath is how the plugin sees a file of the project; false for a file outside of it.
func (p *plugin) guestPath(file string) (string, bool) { return project.GuestPath(p.root, file) }

// hostPath is the inverse of guestPath, for a path that a plugin names; relative ones start at the
// project root. It returns false for what lies outside of the project.
func (p *plugin) hostPath(guest string) (string, bool) { return project.HostPath(p.root, guest) }

// hook is one export that an event runs.
type hook struct{ event, export string }

// hooks are what a save runs, in the order of the configured events: what is bound to them, or,
// where the setting allows it, exports that nothing is bound to.
func (p *plugin) hooks(set *Settings) []hook {
	var hooks []hook
	for _, event := range set.Events {
		for _, b := range p.model.Bindings {
			h := hook{event, b.Export}
			if b.OK && b.Event == event && !slices.Contains(hooks, h) {
				hooks = append(hooks, h)
			}
		}
	}
	if !p.runsUnbound(set.RunUnbound) {
		return hooks
	}
	event := ""
	if len(set.Events) > 0 {
		event = set.Events[0]
	}
	for _, e := range p.unbound() {
		hooks = append(hooks, hook{event, e})
	}
	return hooks
}

func (p *plugin) runsUnbound(how RunUnbound) bool {
	switch how {
	case UnboundAlways:
		return true
	case UnboundNever:
		return false
	}
	return len(p.model.Bindings) == 0 && len(p.risky()) == 0
}

// unbound are the declared exports that can be called and that nothing is bound to.
func (p *plugin) unbound() []string {
	var names []string
	for _, e := range p.model.Exports {
		bound := slices.ContainsFunc(p.model.Bindings, func(b manifestcheck.Binding) bool { return b.Export == e.Name })
		if !bound && !slices.Contains(names, e.Name) && !project.LifecycleExport(e.Name) && project.Callable(p.summary, e.Name) {
			names = append(names, e.Name)
		}
	}
	return names
}

// request is the call that all runs of the plugin start from.
func (p *plugin) request(kind call.Kind) call.Request {
	return call.Request{
		Kind: kind, Plugin: p.manifest.Name, Version: p.manifest.Version,
		Module: p.module, ProjectRoot: p.root, Capabilities: p.capabilities(),
	}
}

// modified returns when a file was last written, the zero time if it is not there.
func modified(file string) time.Time {
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}
