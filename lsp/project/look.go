// Package project knows how plugins lie on disk: where manifests are found in a workspace, what
// lies around a manifest, and which folder is a project's root. It knows no protocol, so that the
// server and the command line see the same files in the same way.
package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// Module is a manifest's module file as the disk has it.
type Module struct {
	// Path is where it lies on this machine, "" when the manifest names none.
	Path string
	// Target is the file that Path leads to by symbolic links, whether it is there yet or not, spelled
	// like Path: below the manifest's folder as that is named. It is Path itself without links.
	Target string
	// Others are files that, were they there, or not, would make another file the module, with where
	// links lead from them.
	Others []string
	// State is what is known of it without looking inside.
	State manifestcheck.ModuleState
	// Err says why State is ModuleUnreadable.
	Err error
	// Beside are the names of the wasm files in the folder where a missing module should lie.
	Beside []string
	// Info is set when there is a file to look into; State is then ModuleUnknown.
	Info fs.FileInfo
}

// installedModule is what a module is called where plugins are installed.
const installedModule = "plugin.wasm"

// FindModule looks for the module that a manifest names, "" for none, without opening it. An
// installed plugin has its manifest as its author wrote it and its module under a name that is
// always the same: that one is taken where the one that is named is missing.
func FindModule(manifest, module string) Module {
	if module == "" {
		return Module{}
	}
	dir := filepath.Dir(manifest)
	m := findModule(dir, module)
	if m.State != manifestcheck.ModuleMissing || !IsInstalled(dir) {
		return m
	}
	installed := findModule(dir, installedModule)
	if installed.State == manifestcheck.ModuleMissing {
		m.Others = []string{installed.Path, installed.Target}
		return m
	}
	installed.Others = []string{m.Path, m.Target}
	return installed
}

func findModule(dir, module string) Module {
	path, target, inside := modulePath(dir, module)
	m := Module{Path: path, Target: target}
	if !inside {
		m.State = manifestcheck.ModuleOutside
		return m
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.State, m.Beside = manifestcheck.ModuleMissing, wasmFiles(filepath.Dir(path))
	case err != nil:
		m.State, m.Err = manifestcheck.ModuleUnreadable, err
	default:
		m.Info = info
	}
	return m
}

// entriesRead bounds how much of a folder is read to find the module that was meant.
const entriesRead = 1000

// wasmFiles returns the names of the wasm files in a folder, sorted.
func wasmFiles(dir string) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	entries, _ := f.ReadDir(entriesRead) // what could be read is as good a help
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".wasm" && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// Look returns everything the disk says about a manifest's surroundings.
func Look(manifest, module string) manifestcheck.Facts {
	m := FindModule(manifest, module)
	f := Around(manifest)
	f.Module, f.Err, f.Beside = m.State, m.Err, m.Beside
	if m.Info != nil {
		f.Module = manifestcheck.ModuleInspected
		if f.Summary, f.Err = inspect.File(m.Path); f.Err != nil {
			f.Module, f.Summary = manifestcheck.ModuleUnreadable, nil
		}
	}
	return f
}

// Around returns what the manifest's own path says: its folder, and whether that is one that
// plugins are installed to.
func Around(manifest string) manifestcheck.Facts {
	dir := filepath.Dir(manifest)
	return manifestcheck.Facts{Folder: filepath.Base(dir), Installed: IsInstalled(dir)}
}

// modulePath returns where a module named in a manifest lies, where symbolic links lead from there,
// and whether that is inside the manifest's folder. What is not there counts as inside.
func modulePath(dir, module string) (path, target string, inside bool) {
	local := filepath.FromSlash(module)
	path = filepath.Join(dir, local)
	if !filepath.IsLocal(local) {
		return path, path, false
	}
	if linkless(dir, path) {
		return path, path, true
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path, linkTarget(path), true
	}
	realDir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return path, path, true
	}
	rel, err := filepath.Rel(realDir, real)
	if err != nil || !filepath.IsLocal(rel) {
		return path, path, false
	}
	return path, filepath.Join(dir, rel), true
}

// linkless reports whether path, which lies below dir, is there and no symbolic link leads to it from
// dir. That is nearly always so, and asked at every run. Windows has more to follow than links: letter
// case and short names.
func linkless(dir, path string) bool {
	for ; runtime.GOOS != "windows" && len(path) > len(dir); path = filepath.Dir(path) {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink != 0 {
			return false
		}
	}
	return path == dir
}

// maxLinks bounds the symbolic links that are followed one after another.
const maxLinks = 16

// linkTarget is where a symbolic link leads that ends at nothing: what a build has yet to write.
func linkTarget(path string) string {
	at := path
	for range maxLinks {
		next, err := os.Readlink(at)
		if err != nil {
			return at
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(at), next)
		}
		at = next
	}
	return path
}

// IsInstalled reports whether a folder is one that a plugin is installed to.
func IsInstalled(dir string) bool {
	return strings.HasSuffix(filepath.ToSlash(filepath.Dir(dir)), "/.samuel/plugins")
}

// Within reports whether path is dir or lies below it; both are clean.
func Within(dir, path string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == filepath.Separator || strings.HasSuffix(dir, string(filepath.Separator)))
}

// Root returns the root of the project that a file belongs to: the nearest folder above it with
// samuel.toml or .samuel/plugins, "" if there is none. The user's home folder (if not "") is never
// taken for a project, nor anything above it.
func Root(file, home string) string {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if home != "" && Within(dir, home) {
			return ""
		}
		if isFile(filepath.Join(dir, "samuel.toml")) || isFolder(filepath.Join(dir, ".samuel", "plugins")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// Installed returns the manifests of the plugins that are installed in a project, by name.
func Installed(root string) []string {
	dir := filepath.Join(root, ".samuel", "plugins")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		if m := filepath.Join(dir, e.Name(), ManifestName); isFile(m) {
			all = append(all, m)
		}
	}
	return all
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
