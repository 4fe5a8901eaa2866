package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// InstallOptions changes what Install does.
type InstallOptions struct {
	// DryRun checks everything and says what would be done, and changes nothing.
	DryRun bool
}

// UninstallOptions changes what Uninstall does.
type UninstallOptions struct {
	// DryRun says what would be done, and changes nothing.
	DryRun bool
}

// Mutation is one change made to the project, or one that would be.
type Mutation struct {
	Action string // "create", "replace" or "remove"
	Path   string
}

// InstallResult lists what Install changed.
type InstallResult struct{ Mutations []Mutation }

// UninstallResult lists what Uninstall changed.
type UninstallResult struct{ Mutations []Mutation }

// maxManifestBytes bounds the manifest that is copied.
const maxManifestBytes = 4 << 20

// Install copies the module and the manifest from the source folder into the project. The module's
// imports and protocol are verified first; both files are written to a folder aside, which then
// takes its place at once. Where anything fails the project is as it was before.
func (p *Plugin) Install(ctx context.Context, opts InstallOptions) (InstallResult, error) {
	res, err := p.install(ctx, opts)
	if err != nil {
		return InstallResult{}, fmt.Errorf("install plugin %s: %w", p.Name(), err)
	}
	return res, nil
}

func (p *Plugin) install(ctx context.Context, opts InstallOptions) (InstallResult, error) {
	dir, err := p.installDir()
	if err != nil {
		return InstallResult{}, err
	}
	files, err := p.sourceFiles()
	if err != nil {
		return InstallResult{}, err
	}
	if err := p.verify(ctx, files[ModuleFileName]); err != nil {
		return InstallResult{}, err
	}
	res := InstallResult{Mutations: placing(dir)}
	key := CacheKey(p.Manifest_.Name, p.Manifest_.Version, files[ModuleFileName])
	if opts.DryRun {
		p.CacheKeyOut = key
		return res, nil
	}
	if err := placeFolder(dir, files); err != nil {
		return InstallResult{}, err
	}
	p.CacheKeyOut = key
	return res, nil
}

// placing lists what putting a folder of the two files at dir changes. What else a former version had
// there goes with it.
func placing(dir string) []Mutation {
	files := []string{ModuleFileName, manifest.FileName}
	there, _ := os.ReadDir(dir) // none where there is no such folder
	var list []Mutation
	for _, name := range files {
		action := "create"
		if slices.ContainsFunc(there, func(e fs.DirEntry) bool { return e.Name() == name }) {
			action = "replace"
		}
		list = append(list, Mutation{action, filepath.Join(dir, name)})
	}
	for _, e := range there {
		if !slices.Contains(files, e.Name()) {
			list = append(list, Mutation{"remove", filepath.Join(dir, e.Name())})
		}
	}
	return list
}

// sourceFiles reads what is to be installed, under the names it will have. The root keeps a
// symbolic link in the source from bringing in another file of the machine.
func (p *Plugin) sourceFiles() (map[string][]byte, error) {
	rel, err := p.sourceModule()
	if err != nil {
		return nil, err
	}
	if p.SourceDir == "" {
		return nil, errors.New("no source folder is set")
	}
	root, err := os.OpenRoot(p.SourceDir)
	if err != nil {
		return nil, fmt.Errorf("open the source folder: %w", err)
	}
	defer root.Close()
	module, err := readRegular(root, rel, inspect.MaxModuleSize)
	if err != nil {
		return nil, err
	}
	text, err := readRegular(root, manifest.FileName, maxManifestBytes)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{ModuleFileName: module, manifest.FileName: text}, nil
}

func readRegular(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s in %s, build or fetch it first: %w", name, root.Name(), err)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s in %s: %w", name, root.Name(), err)
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s: want a regular file of at most %d bytes", name, limit)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// verify makes an instance without any capability and asks for its protocol.
func (p *Plugin) verify(ctx context.Context, module []byte) error {
	if p.Runtime == nil {
		return errors.New("plugin has no runtime, make it with one")
	}
	caps, err := CapabilitiesFromManifest(&p.Manifest_)
	if err != nil {
		return err
	}
	if err := p.verifyUnrun(ctx, module); err != nil {
		return err
	}
	instance, ctx, cancel, err := p.Runtime.InstantiateWithBudgets(ctx, module, p.Name(), Capabilities{
		MaxMemoryMiB: caps.MaxMemoryMiB, SoftTimeout: caps.SoftTimeout, HardTimeout: caps.HardTimeout,
	}, nil)
	if err != nil {
		return err
	}
	defer cancel()
	fn := instance.ExportedFunction(exportProtocol)
	if fn == nil {
		return nil // counts as protocol 1
	}
	version, err := callProtocol(ctx, fn)
	if err != nil {
		return err
	}
	return checkVersion(version)
}

// verifyUnrun checks what can be told of a module before anything of it is run.
func (p *Plugin) verifyUnrun(ctx context.Context, module []byte) error {
	m, err := p.Runtime.loadBytes(ctx, module)
	if err != nil {
		return err
	}
	defer m.release()
	if known := m.summary.Protocol; known != nil && m.importErr == nil {
		return checkVersion(*known)
	}
	return m.importErr
}

// placeFolder makes dir hold exactly files. Until the last step nothing but a folder aside is
// touched, and when a step fails everything made is removed again.
func placeFolder(dir string, files map[string][]byte) (err error) {
	parent := filepath.Dir(dir)
	made, err := makeParents(parent)
	defer func() {
		if err != nil {
			for _, m := range made {
				_ = os.Remove(m) // fails where someone else has put something there, rightly
			}
		}
	}()
	if err != nil {
		return err
	}
	stage, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := os.Chmod(stage, 0o755); err != nil {
		return err
	}
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(stage, name), body, 0o644); err != nil {
			return err
		}
	}
	return swapFolder(stage, dir)
}

// swapFolder puts the staged folder where dir is, and puts back what was there if that fails.
func swapFolder(stage, dir string) error {
	aside := stage + ".old"
	err := os.Rename(dir, aside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	replaced := err == nil
	if err := os.Rename(stage, dir); err != nil {
		if replaced {
			err = errors.Join(err, os.Rename(aside, dir))
		}
		return err
	}
	if replaced {
		if err := os.RemoveAll(aside); err != nil {
			return fmt.Errorf("remove the former version: %w", err)
		}
	}
	return nil
}

// makeParents makes dir and what is missing above it, and returns what it made, deepest first.
func makeParents(dir string) (made []string, err error) {
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return made, err
		}
		made = append([]string{missing[i]}, made...)
	}
	return made, nil
}

// Uninstall removes the plugin's folder from the project. A plugin that is not installed is no
// error: then nothing is changed.
func (p *Plugin) Uninstall(_ context.Context, opts UninstallOptions) (UninstallResult, error) {
	fail := func(err error) (UninstallResult, error) {
		return UninstallResult{}, fmt.Errorf("uninstall plugin %s: %w", p.Name(), err)
	}
	dir, err := p.installDir()
	if err != nil {
		return fail(err)
	}
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return UninstallResult{}, nil
	} else if err != nil {
		return fail(err)
	}
	res := UninstallResult{Mutations: []Mutation{{"remove", dir}}}
	if opts.DryRun {
		return res, nil
	}
	// Renamed first, the folder is gone at once, and a removal that fails leaves no half plugin.
	aside, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".old-")
	if err != nil {
		return fail(err)
	}
	if err := os.Rename(dir, filepath.Join(aside, filepath.Base(dir))); err != nil {
		return fail(errors.Join(err, os.Remove(aside)))
	}
	if err := os.RemoveAll(aside); err != nil {
		return fail(err)
	}
	return res, nil
}
