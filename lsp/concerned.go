package lsp

import (
	"path/filepath"
	"slices"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
)

// concerned are the manifests of the plugins that a saved file concerns: the one under development
// in whose folder it lies, then the installed ones that may read it, by name. It looks at the disk.
func (s *Server) concerned(snap *Snapshot, file string) []string {
	var all []string
	if m := s.nearestManifest(snap, file); m != "" {
		all = append(all, m)
	}
	root := s.ProjectRoot(snap, file)
	guest, inside := project.GuestPath(root, file)
	if root == "" || !inside {
		return all
	}
	var developed map[string]bool
	for _, path := range project.Installed(root) {
		doc := readManifest(path)
		if doc == nil || doc.TooLarge {
			continue
		}
		m := snap.Settings.checker.Check(doc.Tree(), noFacts.Facts).Model
		if m.Kind.Text != manifest.KindWasm || !pattern.CompileSet(project.Names(m.Read)).Match(guest) {
			continue
		}
		if developed == nil {
			developed = snap.developed()
		}
		if !developed[m.Name.Text] && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

// nearestManifest is the manifest of the plugin under development whose folder holds a file, ""
// if there is none. The search ends at the workspace's folder; for a file outside of all of them, at
// the project's.
func (s *Server) nearestManifest(snap *Snapshot, file string) string {
	top := filepath.Dir(file)
	if folder := snap.folderOf(file); folder != nil {
		top = folder.Path
	} else if root := s.ProjectRoot(snap, file); root != "" {
		top = root
	}
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if isInstalled(dir) {
			return ""
		}
		if path := filepath.Join(dir, ManifestName); isFile(path) {
			return path
		}
		if dir == top || dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// developed are the names of the plugins under development in the workspace, which shadow installed
// ones.
func (snap *Snapshot) developed() map[string]bool {
	names := make(map[string]bool)
	for _, d := range snap.Manifests() {
		if d.Path == "" || isInstalled(filepath.Dir(d.Path)) {
			continue
		}
		if saved := snap.onDisk.get(d.URI); saved != nil {
			d = saved
		}
		if item, ok := d.Tree().Root().Get("name"); ok && item.IsValue() {
			if name, ok := item.Value().Text(); ok {
				names[name] = true
			}
		}
		d.release()
	}
	return names
}
