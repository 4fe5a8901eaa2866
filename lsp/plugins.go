package lsp

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// plugin is a plugin as it lies on disk when a run of it is decided: never what an unsaved buffer
// says.
type plugin struct {
	path    string // of the manifest; the plugin's identity
	name    string // as it is shown
	root    string // project root
	module  string // absolute path
	state   fileState
	facts   *moduleFacts
	model   *manifestcheck.Model
	summary *inspect.Summary
	// manifest is what the framework decodes; nil for a plugin of readPlugin's.
	manifest *manifest.Manifest
}

// errNoCode is met by a plugin of a kind that is not run here.
var errNoCode = errors.New("runs no code")

// readPlugin reads what a check of health needs: a manifest may be broken in other places. It must
// not be called on the read loop.
func (s *Server) readPlugin(snap *Snapshot, path string) (*plugin, error) {
	p, _, err := s.openPlugin(snap, path)
	return p, err
}

// loadPlugin reads a plugin that is to be run. It must not be called on the read loop.
func (s *Server) loadPlugin(snap *Snapshot, path string) (*plugin, error) {
	p, doc, err := s.openPlugin(snap, path)
	if err != nil {
		return nil, err
	}
	if p.manifest, err = doc.decode(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if doc == snap.Manifest(doc.URI) {
		s.touch(doc) // it keeps more now
	}
	return p, nil
}

// decode returns what the framework makes of the text, which must not be written to. Keys that it does
// not know are shown in the editor, and don't keep an author from trying the rest.
func (d *Document) decode() (*manifest.Manifest, error) {
	if known := d.decoded.Load(); known != nil {
		return known, nil
	}
	m := &manifest.Manifest{}
	if _, err := toml.Decode(d.Text.String(), m); err != nil {
		return nil, err
	}
	d.decoded.Store(m)
	return m, nil
}

// openPlugin returns a plugin, and its manifest as it is on disk.
func (s *Server) openPlugin(snap *Snapshot, path string) (*plugin, *Document, error) {
	doc := readManifest(path)
	if doc == nil {
		return nil, nil, fmt.Errorf("reading %s: no such manifest", path)
	}
	if doc.TooLarge {
		return nil, nil, fmt.Errorf("reading %s: larger than %d bytes", path, MaxDocument)
	}
	// Most of what is to be known of a text that is known already was found out before.
	if known := snap.Manifest(fileURI(path)); known != nil && known.Text.String() == doc.Text.String() {
		doc = known
		defer s.touch(doc)
	}
	key := factsKey{path, moduleOf(doc)}
	facts := examine(key, snap.factsFor(key), false)
	m := doc.check(snap.Settings.checker, facts).Model
	if m.Kind.Text != manifest.KindWasm || key.module == "" {
		return nil, nil, fmt.Errorf("%s %w: its kind is %.40q; only wasm plugins with a [wasm] module run here", path, errNoCode, m.Kind.Text)
	}
	switch facts.Module {
	case manifestcheck.ModuleMissing:
		return nil, nil, fmt.Errorf("the module %s is not built: there is no such file", facts.Path)
	case manifestcheck.ModuleOutside:
		return nil, nil, fmt.Errorf("the module %.200q lies outside of the manifest's folder", key.module)
	case manifestcheck.ModuleUnreadable:
		return nil, nil, fmt.Errorf("the module %s cannot be run: %w", facts.Path, facts.Err)
	}
	return &plugin{
		path: path, name: shownName(m, path), root: s.rootOf(snap, path),
		module: facts.Path, state: facts.state, facts: facts, model: m, summary: facts.Summary,
	}, doc, nil
}

// shownName is the name in a manifest, its folder's if there is none.
func shownName(m *manifestcheck.Model, path string) string {
	if m.Name.OK && m.Name.Text != "" {
		return runlog.Clip(runlog.OneLine(m.Name.Text), 80)
	}
	return filepath.Base(filepath.Dir(path))
}

// pluginName is the name of the plugin of a manifest.
func (snap *Snapshot) pluginName(path string) string {
	if doc := snap.Manifest(fileURI(path)); doc != nil {
		return shownName(snap.Check(doc).Model, path)
	}
	return filepath.Base(filepath.Dir(path))
}

// rootOf is the project root of a manifest, its own folder if it is in none. It looks at the disk.
func (s *Server) rootOf(snap *Snapshot, path string) string {
	if root := s.ProjectRoot(snap, path); root != "" {
		return root
	}
	return filepath.Dir(path)
}

// risky are the plugin's requests that need the user's consent, as they are shown.
func (p *plugin) risky() []string { return project.Risky(p.model) }

// hostPath is the file that a plugin names; relative paths start at the project root. It returns
// false for what lies outside of the project.
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

// maxUnbound bounds the exports that one save runs without their being bound.
const maxUnbound = 100

// unbound are the declared exports that can be called and that nothing is bound to.
func (p *plugin) unbound() []string {
	taken := make(map[string]bool)
	for _, b := range p.model.Bindings {
		taken[b.Export] = true
	}
	var names []string
	for _, e := range p.model.Exports {
		if taken[e.Name] || project.LifecycleExport(e.Name) {
			continue
		}
		taken[e.Name] = true
		if project.Callable(p.summary, e.Name) {
			names = append(names, e.Name)
		}
		if len(names) == maxUnbound {
			break
		}
	}
	return names
}

// request is the call that a run of the plugin starts from.
func (p *plugin) request() call.Request {
	return call.Request{
		Kind: call.Run, Plugin: p.manifest.Name, Version: p.manifest.Version,
		Module: p.module, ProjectRoot: p.root, Capabilities: project.Capabilities(p.manifest, p.model.Budgets),
	}
}

// probe is the call that checks protocol and health, with no capability at all.
func (p *plugin) probe() call.Request {
	b := p.model.Budgets
	return call.Request{
		Kind: call.Probe, Plugin: p.model.Name.Text, Version: p.model.Version.Text, Module: p.module, ProjectRoot: p.root,
		Capabilities: call.Capabilities{MaxMemoryMiB: uint32(b.MaxMemoryMiB), SoftTimeout: b.Timeout, HardTimeout: b.HardTimeout},
	}
}
