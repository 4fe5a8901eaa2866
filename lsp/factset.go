package lsp

import (
	"path/filepath"
	"slices"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// factSet is what is known of all modules. It is immutable, and a change costs the same however many
// there are: an editor may open thousands of manifests, one after the other.
type factSet struct {
	of pathMap[*moduleFacts] // by manifest, of which one module is remembered
	at pathMap[[]string]     // the manifests, by the places of their modules
}

// with returns the set with facts, in place of those of the same manifest.
func (fs factSet) with(f *moduleFacts) factSet {
	if old := fs.of.Get(f.key.manifest); old != nil {
		for _, file := range old.places() {
			if left := slices.DeleteFunc(slices.Clone(fs.at.Get(file)), func(m string) bool { return m == f.key.manifest }); len(left) > 0 {
				fs.at = fs.at.With(file, left)
			} else {
				fs.at = fs.at.Without(file)
			}
		}
	}
	for _, file := range f.places() {
		if there := fs.at.Get(file); !slices.Contains(there, f.key.manifest) {
			fs.at = fs.at.With(file, append(there[:len(there):len(there)], f.key.manifest))
		}
	}
	fs.of = fs.of.With(f.key.manifest, f)
	return fs
}

// files are those on which it depends what is known of a module: its path, where links lead from there,
// and what would be taken in its place.
func (f *moduleFacts) files() []string {
	if f.Path == "" {
		return nil
	}
	files := append([]string{f.Path, f.target}, f.others...)
	slices.Sort(files)
	return slices.Compact(files)
}

// places are the files by which facts are found. What is said of a missing module depends on all
// modules beside it, which stand under one name.
func (f *moduleFacts) places() []string {
	places := f.files()
	if f.Module == manifestcheck.ModuleMissing && f.Path != "" {
		places = append(places, anyBeside(f.Path))
	}
	return places
}

// anyBeside stands for all modules in a file's folder.
func anyBeside(file string) string { return filepath.Join(filepath.Dir(file), "*.wasm") }

// concernedBy returns the facts that events on paths may concern: those of modules that lie there or
// below, that are reached so, or that are missing beside them.
func (fs factSet) concernedBy(paths []string) []*moduleFacts {
	found := make(map[*moduleFacts]bool)
	var folders []string
	for _, path := range paths {
		at := fs.at.Get(path)
		if filepath.Ext(path) == ".wasm" {
			at = slices.Concat(at, fs.at.Get(anyBeside(path)))
		}
		for _, manifest := range at {
			found[fs.of.Get(manifest)] = true
		}
		if !isFile(path) { // nothing lies below a file
			folders = append(folders, path)
		}
	}
	if len(folders) > 0 {
		for _, f := range fs.of.All() {
			if slices.ContainsFunc(folders, f.concerns) {
				found[f] = true
			}
		}
	}
	all := make([]*moduleFacts, 0, len(found))
	for f := range found {
		all = append(all, f)
	}
	return all
}

// concerns reports whether path is one of the module's files, or a folder on the way there.
func (f *moduleFacts) concerns(path string) bool {
	return slices.ContainsFunc(f.files(), func(file string) bool { return within(path, file) })
}
