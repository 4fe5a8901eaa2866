// Package plugins finds the plugins that a command line speaks of and reads them from disk, in the
// words that the command line has for them: a folder, a manifest, or the name of an installed one.
package plugins

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/sources"
	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// ErrNoCode is met by a plugin whose kind runs no code here.
var ErrNoCode = errors.New("runs no code")

// Plugin is a wasm plugin as it lies on disk.
type Plugin struct {
	Path     string // of the manifest, absolute
	Root     string // of the project
	Module   string // absolute
	Manifest *manifest.Manifest
	Model    *manifestcheck.Model
	Summary  *inspect.Summary // nil if the module cannot be inspected
}

// Root returns the project that dir (absolute) belongs to: the nearest folder, dir or above it, with
// samuel.toml or .samuel/plugins, else dir itself.
func Root(dir string) string {
	home, _ := os.UserHomeDir() // without one, none is kept from being taken for a project
	if root := project.Root(filepath.Join(dir, project.ManifestName), home); root != "" {
		return root
	}
	return dir
}

// Find returns the path of the manifest that a word names: a manifest, a folder that holds one, or
// the name of a plugin installed in the project at root, "" for none.
func Find(word, root string) (string, error) {
	info, err := os.Stat(word)
	switch {
	case err == nil && info.IsDir():
		word = filepath.Join(word, project.ManifestName)
		if _, err := os.Stat(word); err != nil {
			return "", fmt.Errorf("looking for a plugin: %w", err)
		}
		return filepath.Abs(word)
	case err == nil:
		if filepath.Base(word) != project.ManifestName {
			return "", fmt.Errorf("looking for a plugin: %s is not called %s", word, project.ManifestName)
		}
		return filepath.Abs(word)
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("looking for a plugin: %w", err)
	}
	if root == "" {
		return "", fmt.Errorf("looking for a plugin: %q is no folder and no manifest", word)
	}
	if word != "" && word == filepath.Base(word) && !strings.HasPrefix(word, ".") {
		installed := filepath.Join(root, ".samuel", "plugins", word, project.ManifestName)
		if _, err := os.Stat(installed); err == nil {
			return installed, nil
		}
	}
	return "", fmt.Errorf("looking for a plugin: %q is no folder, no manifest, and no plugin installed in %s; `samuel-lsp list` shows those", word, root)
}

// Load reads a plugin that runs code. Root is the project for plugins that lie in none of their own.
func Load(path, root string) (*Plugin, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	src, err := sources.Read(path)
	if err != nil {
		return nil, err
	}
	// Keys that the framework does not know are what check is for; they don't keep an author from
	// trying the rest.
	m := &manifest.Manifest{}
	if _, err := toml.Decode(src, m); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if m.Kind != manifest.KindWasm || m.Wasm == nil || m.Wasm.Module == "" {
		return nil, fmt.Errorf("%s %w: its kind is %q; only wasm plugins with a [wasm] module run here", path, ErrNoCode, m.Kind)
	}
	found := project.FindModule(path, m.Wasm.Module)
	facts := project.Look(path, m.Wasm.Module)
	switch facts.Module {
	case manifestcheck.ModuleMissing:
		return nil, fmt.Errorf("the module %s is not built: there is no such file", found.Path)
	case manifestcheck.ModuleOutside:
		return nil, fmt.Errorf("the module %q of %s lies outside of the manifest's folder", m.Wasm.Module, path)
	case manifestcheck.ModuleUnreadable:
		return nil, fmt.Errorf("the module %s cannot be run: %w", found.Path, facts.Err)
	}
	model := manifestcheck.New(manifestcheck.Config{}).Check(tomlsyntax.Parse(src), facts).Model
	home, _ := os.UserHomeDir()
	if own := project.Root(path, home); own != "" {
		root = own
	}
	return &Plugin{Path: path, Root: root, Module: found.Path, Manifest: m, Model: model, Summary: facts.Summary}, nil
}

// Name is the plugin's name, its folder's if the manifest has none.
func (p *Plugin) Name() string {
	if p.Manifest.Name != "" {
		return p.Manifest.Name
	}
	return NameOf(p.Path)
}

// NameOf is what the plugin of a manifest is called that cannot be read: its folder's name.
func NameOf(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return filepath.Base(filepath.Dir(path))
}

// Request is the call that every run of the plugin starts from; it has no grants.
func (p *Plugin) Request(kind call.Kind) call.Request {
	req := call.Request{
		Kind: kind, Plugin: p.Manifest.Name, Version: p.Manifest.Version, Module: p.Module, ProjectRoot: p.Root,
		Capabilities: project.Capabilities(p.Manifest, p.Model.Budgets),
	}
	if kind == call.Probe {
		// A probe runs with no capability at all.
		c := req.Capabilities
		req.Capabilities = call.Capabilities{MaxMemoryMiB: c.MaxMemoryMiB, SoftTimeout: c.SoftTimeout, HardTimeout: c.HardTimeout}
	}
	return req
}

// Hook is one export, and the event that it is called for, "" for none.
type Hook struct{ Event, Export string }

// Hooks returns what a word runs: the exports bound to an event, or one export.
func (p *Plugin) Hooks(word string) ([]Hook, error) {
	var hooks []Hook
	for _, b := range p.Model.Bindings {
		if b.OK && b.Event == word {
			hooks = append(hooks, Hook{b.Event, b.Export})
		}
	}
	if len(hooks) > 0 {
		return hooks, nil
	}
	if project.LifecycleExport(word) {
		return nil, fmt.Errorf("%s is called by the host itself and is no hook; `samuel-lsp health` checks a plugin", word)
	}
	declared := project.Declared(p.Model)
	for _, name := range declared {
		if name == word {
			return []Hook{{"", word}}, nil
		}
	}
	if len(declared) == 0 {
		return nil, fmt.Errorf("the manifest of %s declares no export and binds no event", p.Name())
	}
	return nil, fmt.Errorf("the manifest of %s declares no export %q and binds no such event; it has %s", p.Name(), word, strings.Join(p.words(), ", "))
}

// words are all that Hooks takes.
func (p *Plugin) words() []string {
	var all []string
	seen := map[string]bool{}
	add := func(w string) {
		if !seen[w] && !project.LifecycleExport(w) {
			seen[w] = true
			all = append(all, w)
		}
	}
	for _, e := range project.Declared(p.Model) {
		add(e)
	}
	for _, b := range p.Model.Bindings {
		if b.OK {
			add(b.Event)
		}
	}
	return all
}
