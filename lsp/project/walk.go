package project

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	ignore "github.com/sabhiram/go-gitignore"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

// ManifestName is the file name of a plugin's manifest.
const ManifestName = manifest.FileName

const (
	// MaxEntries bounds the files and folders that a bounded walk looks at.
	MaxEntries = 200_000
	// MaxManifests bounds the manifests that a bounded walk finds.
	MaxManifests = 10_000
)

// Skipped reports whether a folder of that name holds other people's files or a build's, and is
// never searched.
func Skipped(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".jj", "node_modules", "vendor", "target":
		return true
	}
	return false
}

// Walk searches folders for manifests. Symbolic links are not followed; what .gitignore names is
// passed over; installed plugins are found also where .samuel is ignored, as it usually is. Of folders
// that lie in one another each manifest is found once.
type Walk struct {
	// Manifests are the paths found so far, in the order of a folder's listing.
	Manifests []string
	// Unbounded walks as far as there is anything.
	Unbounded bool
	// Found, if set, is told of each manifest as soon as it is found.
	Found func(path string)
	// Failed, if set, is told of each folder that cannot be listed; those are passed over.
	Failed func(err error)
	// Folders are those that were searched.
	Folders []string
	// Entries counts the files and folders that were looked at.
	Entries int
	// Full says that a bound was met, and that there may be more.
	Full bool

	found map[string]bool
}

// ignoreRules are the ignore files that hold in a folder.
type ignoreRules struct {
	dir    string
	rules  *ignore.GitIgnore
	parent *ignoreRules
}

func (r *ignoreRules) ignores(path string, dir bool) bool {
	for ; r != nil; r = r.parent {
		rel, err := filepath.Rel(r.dir, path)
		if err != nil {
			continue
		}
		if rel = filepath.ToSlash(rel); dir {
			rel += "/"
		}
		if matched, how := r.rules.MatchesPathHow(rel); how != nil {
			return matched
		}
	}
	return false
}

// Folder searches one folder and what lies below it, until ctx ends.
func (w *Walk) Folder(ctx context.Context, root string) { w.visit(ctx, root, nil) }

func (w *Walk) visit(ctx context.Context, dir string, rules *ignoreRules) {
	if ctx.Err() != nil || w.Full {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		// Most projects have no .samuel/plugins, and folders come and go during a walk.
		if w.Failed != nil && !errors.Is(err, fs.ErrNotExist) {
			w.Failed(err)
		}
		return
	}
	for _, e := range entries {
		if e.Name() != ".gitignore" {
			continue
		}
		if own, err := ignore.CompileIgnoreFile(filepath.Join(dir, ".gitignore")); err == nil {
			rules = &ignoreRules{dir: dir, rules: own, parent: rules}
		}
	}
	w.Folders = append(w.Folders, dir)
	for _, e := range entries {
		if w.Entries++; !w.Unbounded && (w.Entries > MaxEntries || len(w.Manifests) >= MaxManifests) {
			w.Full = true
			return
		}
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && e.Name() == ".samuel":
			w.visit(ctx, filepath.Join(path, "plugins"), nil)
		case e.IsDir():
			if !Skipped(e.Name()) && !rules.ignores(path, true) {
				w.visit(ctx, path, rules)
			}
		case e.Name() == ManifestName && e.Type().IsRegular() && !rules.ignores(path, false):
			w.manifest(path)
		}
	}
}

func (w *Walk) manifest(path string) {
	if w.found[path] {
		return
	}
	if w.found == nil {
		w.found = make(map[string]bool)
	}
	w.found[path] = true
	w.Manifests = append(w.Manifests, path)
	if w.Found != nil {
		w.Found(path)
	}
}
