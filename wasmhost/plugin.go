package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Plugin is one wasm plugin of one project.
type Plugin struct {
	Manifest_  manifest.Manifest
	ProjectDir string // the project that the plugin is installed in and works on
	SourceDir  string // the folder that it is installed from
	Runtime    *Runtime
	Grants     []Grant
	// CacheKeyOut is set by Install for the lock file to record, see [CacheKey].
	CacheKeyOut string
}

// HealthStatus is what a health check found.
type HealthStatus struct {
	Component string
	OK        bool
	Message   string
}

// DetectResult tells whether a plugin is installed, and where.
type DetectResult struct {
	Installed bool
	Path      string // of the installed module
	Version   string // of what is installed; empty where its manifest cannot be read
}

// New returns a plugin. The runtime may be nil: Detect and Uninstall do without.
func New(m manifest.Manifest, projectDir, sourceDir string, rt *Runtime, grants []Grant) *Plugin {
	return &Plugin{Manifest_: m, ProjectDir: projectDir, SourceDir: sourceDir, Runtime: rt, Grants: grants}
}

// Name returns the plugin's name as its manifest gives it.
func (p *Plugin) Name() string { return p.Manifest_.Name }

// Manifest returns the manifest the plugin was made with.
func (p *Plugin) Manifest() manifest.Manifest { return p.Manifest_ }

// pluginsDir is where a project keeps its plugins.
var pluginsDir = filepath.Join(".samuel", "plugins")

// installDir is the plugin's folder in the project. It fails for a name that is none.
func (p *Plugin) installDir() (string, error) {
	if !validName(p.Manifest_.Name) {
		return "", fmt.Errorf("plugin name %q cannot be a folder, use a-z, 0-9 and -", p.Manifest_.Name)
	}
	if p.ProjectDir == "" {
		return "", errors.New("no project is set")
	}
	if err := insideProject(p.ProjectDir); err != nil {
		return "", err
	}
	return filepath.Join(p.ProjectDir, pluginsDir, p.Manifest_.Name), nil
}

// insideProject refuses a plugins folder that a symbolic link puts elsewhere: what is installed or
// removed there would not be the project's.
func insideProject(project string) error {
	root, err := os.OpenRoot(project)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing is installed, and installing makes it
		}
		return err
	}
	defer root.Close()
	if _, err := root.Stat(pluginsDir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is no folder of the project: %w", pluginsDir, err)
	}
	return nil
}

// validName is the manifest's rule for names, which also keeps them inside the plugins folder.
func validName(name string) bool {
	if len(name) < 2 || len(name) > 64 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for _, c := range []byte(name) {
		if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Detect reports whether the plugin is installed: whether its module is in its folder of the
// project.
func (p *Plugin) Detect(context.Context) (DetectResult, error) {
	dir, err := p.installDir()
	if err != nil {
		return DetectResult{}, fmt.Errorf("detect the plugin: %w", err)
	}
	path := filepath.Join(dir, ModuleFileName)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return DetectResult{}, nil
	case err != nil:
		return DetectResult{}, fmt.Errorf("detect plugin %s: %w", p.Name(), err)
	case !info.Mode().IsRegular():
		return DetectResult{}, fmt.Errorf("detect plugin %s: %s is no regular file", p.Name(), path)
	}
	res := DetectResult{Installed: true, Path: path}
	if m, err := manifest.Load(filepath.Join(dir, manifest.FileName)); err == nil {
		res.Version = m.Version
	}
	return res, nil
}

// Check makes an instance with no capability and calls health. A plugin that is not installed is
// checked where it is developed.
func (p *Plugin) Check(ctx context.Context) HealthStatus {
	status := HealthStatus{Component: Component}
	req, err := p.request()
	if err != nil {
		status.Message = err.Error()
		return status
	}
	req.Kind = call.Probe
	res := p.Runtime.Execute(ctx, req, discard)
	status.OK = res.Outcome.Word == call.OK
	status.Message = res.Outcome.String()
	if status.OK && res.Protocol != nil {
		status.Message = fmt.Sprintf("ok, protocol %d", *res.Protocol)
	}
	return status
}

// RunError is what came of a run whose export did not return.
type RunError struct {
	Export  string
	Outcome call.Outcome
}

// Error names the export and the outcome.
func (e *RunError) Error() string { return fmt.Sprintf("run %s: %s", e.Export, e.Outcome) }

// Run calls an export with what the manifest declares and Grants allow, and returns its raw
// results. An export that returned is a success here, whatever it returned: judging that is up to
// the caller. Otherwise the error is a [*RunError]. Use [Runtime.Execute] for the log, callbacks and
// everything else there is to know of a run.
func (p *Plugin) Run(ctx context.Context, export string) ([]uint64, error) {
	req, err := p.request()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", export, err)
	}
	req.Kind, req.Export = call.Run, export
	res := p.Runtime.Execute(ctx, req, discard)
	if res.Values == nil && res.Outcome.Word != call.OK && res.Outcome.Word != call.Denied {
		return nil, &RunError{Export: export, Outcome: res.Outcome}
	}
	return res.Values, nil
}

func discard(call.Event) {}

// request is what the plugin's runs have in common.
func (p *Plugin) request() (call.Request, error) {
	if p.Runtime == nil {
		return call.Request{}, errors.New("plugin has no runtime, make it with one")
	}
	caps, err := CapabilitiesFromManifest(&p.Manifest_)
	if err != nil {
		return call.Request{}, err
	}
	module, err := p.modulePath()
	if err != nil {
		return call.Request{}, err
	}
	m := &p.Manifest_
	req := call.Request{
		Plugin: m.Name, Version: m.Version, Module: module, ProjectRoot: p.ProjectDir,
		Capabilities: call.Capabilities{
			Read: m.Capabilities.Filesystem.Read, Write: m.Capabilities.Filesystem.Write,
			Env: caps.Env, Hosts: caps.NetworkHost, Exec: m.Capabilities.Exec,
			SamuelAPI: m.Capabilities.Samuel.API, Assistant: m.Capabilities.Assistant.Invoke,
			MaxMemoryMiB: caps.MaxMemoryMiB, SoftTimeout: caps.SoftTimeout, HardTimeout: caps.HardTimeout,
		},
	}
	for _, g := range p.Grants {
		req.Granted = append(req.Granted, call.Grant{Kind: string(g.Kind), Targets: g.Targets})
	}
	return req, nil
}

// modulePath is the installed module, or where there is none the one in the source folder.
func (p *Plugin) modulePath() (string, error) {
	found, err := p.Detect(context.Background())
	if err != nil {
		return "", err
	}
	if found.Installed {
		return found.Path, nil
	}
	if p.SourceDir == "" {
		return "", fmt.Errorf("plugin %s is not installed, and has no source folder", p.Name())
	}
	rel, err := p.sourceModule()
	if err != nil {
		return "", err
	}
	return filepath.Join(p.SourceDir, rel), nil
}

// sourceModule is the module's path below the source folder.
func (p *Plugin) sourceModule() (string, error) {
	rel := ModuleFileName
	if p.Manifest_.Wasm != nil && p.Manifest_.Wasm.Module != "" {
		rel = filepath.FromSlash(p.Manifest_.Wasm.Module)
	}
	if !filepath.IsLocal(rel) {
		return "", fmt.Errorf("module %q lies outside of the plugin's folder", rel)
	}
	return rel, nil
}
