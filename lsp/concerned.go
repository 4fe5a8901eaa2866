package lsp

import (
	"context"
	"path/filepath"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
)

// readers are the manifests of the installed plugins that may read a saved file, by name: not of
// those that a plugin under development shadows. It looks at the disk, and where it finds some, it
// returns when the workspace has been searched once: what is under development is not known before.
func (s *Server) readers(ctx context.Context, file string) []string {
	root := s.ProjectRoot(s.Snapshot(), file)
	guest, inside := project.GuestPath(root, file)
	if root == "" || !inside {
		return nil
	}
	var all, names []string
	for _, path := range project.Installed(root) {
		doc := readManifest(path)
		if doc == nil || doc.TooLarge {
			continue
		}
		m := s.Snapshot().Settings.checker.Check(doc.Tree(), noFacts.Facts).Model
		if m.Kind.Text == manifest.KindWasm && pattern.CompileSet(project.Names(m.Read)).Match(guest) {
			all, names = append(all, path), append(names, m.Name.Text)
		}
	}
	if len(all) == 0 {
		return nil
	}
	snap := s.searched(ctx)
	if snap == nil {
		return nil
	}
	developed := snap.developed()
	shown := all[:0]
	for i, path := range all {
		if !developed[names[i]] {
			shown = append(shown, path)
		}
	}
	return shown
}

// searched waits until the workspace was searched for manifests and returns the state then, nil if
// ctx ends first.
func (s *Server) searched(ctx context.Context) *Snapshot {
	for {
		changed := s.changes.wait()
		if snap := s.Snapshot(); snap.Scanned {
			return snap
		}
		if wait(ctx, changed) != nil {
			return nil
		}
	}
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
