package lsp

import (
	"slices"
)

// factSet is what is known of all modules. It is immutable, and a change costs the same however many
// there are: an editor may open thousands of manifests, one after the other.
type factSet struct {
	of pathMap[*moduleFacts] // by manifest, of which one module is remembered
	at pathMap[[]string]     // the manifests, by where their module lies and where links lead from there
}

// with returns the set with facts, in place of those of the same manifest.
func (fs factSet) with(f *moduleFacts) factSet {
	if old := fs.of.Get(f.key.manifest); old != nil {
		for _, file := range old.files() {
			if left := slices.DeleteFunc(slices.Clone(fs.at.Get(file)), func(m string) bool { return m == f.key.manifest }); len(left) > 0 {
				fs.at = fs.at.With(file, left)
			} else {
				fs.at = fs.at.Without(file)
			}
		}
	}
	for _, file := range f.files() {
		if there := fs.at.Get(file); !slices.Contains(there, f.key.manifest) {
			fs.at = fs.at.With(file, append(there[:len(there):len(there)], f.key.manifest))
		}
	}
	fs.of = fs.of.With(f.key.manifest, f)
	return fs
}

// files are the files of a module: its path, and where links lead from there.
func (f *moduleFacts) files() []string {
	switch {
	case f.Path == "":
		return nil
	case f.target == f.Path:
		return []string{f.Path}
	}
	return []string{f.Path, f.target}
}

// concernedBy returns the facts that events on paths may concern: those of modules that lie there or
// below, or that are reached so.
func (fs factSet) concernedBy(paths []string) []*moduleFacts {
	found := make(map[*moduleFacts]bool)
	var folders []string
	for _, path := range paths {
		for _, manifest := range fs.at.Get(path) {
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

// concerns reports whether path is the module, where it leads to, or a folder on the way there.
func (f *moduleFacts) concerns(path string) bool {
	return f.Path != "" && (within(path, f.Path) || within(path, f.target))
}
