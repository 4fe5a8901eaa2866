package lsp

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	ignore "github.com/sabhiram/go-gitignore"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

const (
	// scanEntries bounds the files and folders one scan looks at.
	scanEntries = 200_000
	// scanManifests bounds the manifests one scan takes in.
	scanManifests = 10_000
	// scanPatience is how long a scan goes on before it is shown.
	scanPatience = 300 * time.Millisecond
)

// skipped are folders that hold other people's files or a build's.
var skipped = map[string]bool{
	".git": true, ".hg": true, ".svn": true, ".jj": true, "node_modules": true, "vendor": true, "target": true,
}

// scanner finds the manifests of the workspace that the client has not opened. A new scan
// replaces the one that is under way.
type scanner struct {
	s      *Server
	mu     sync.Mutex
	cancel context.CancelFunc
}

func newScanner(s *Server) *scanner { return &scanner{s: s} }

// start scans all folders of the workspace, in the background.
func (sc *scanner) start() {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.cancel != nil {
		sc.cancel()
	}
	ctx, cancel := context.WithCancel(sc.s.ctx)
	sc.cancel = cancel
	sc.s.spawn(func(context.Context) {
		defer cancel()
		sc.run(ctx, cancel)
	})
}

func (sc *scanner) run(ctx context.Context, cancel context.CancelFunc) {
	folders := sc.s.Snapshot().Folders
	if len(folders) == 0 {
		return
	}
	shown := make(chan *progress, 1)
	timer := time.AfterFunc(scanPatience, func() {
		shown <- sc.s.beginProgress(ctx, "Looking for plugin manifests", cancel)
	})
	w := &walk{ctx: ctx}
	for _, f := range folders {
		w.folder(f.Path)
	}
	if ctx.Err() == nil {
		sc.take(w)
	}
	if !timer.Stop() {
		(<-shown).end("")
	}
}

// take hands the manifests that were found to the funnel, in place of those found before.
func (sc *scanner) take(w *walk) {
	if w.full {
		sc.s.log.Warn("the workspace is too large to be searched whole; open a folder nearer to the plugins",
			zap.Int("manifests", len(w.found)), zap.Int("entries", w.entries))
	}
	sc.s.watch.add(w.folders)
	sc.s.update(func(next *Snapshot) change {
		c := change{folders: true}
		found := make(map[uri.URI]bool, len(w.found))
		for _, d := range w.found {
			found[d.URI] = true
			c.docs = append(c.docs, d.URI)
		}
		for _, d := range next.onDisk {
			if !found[d.URI] {
				c.docs = append(c.docs, d.URI)
			}
		}
		next.onDisk = slices.Clone(w.found)
		slices.SortFunc(next.onDisk, compareURI)
		return c
	})
}

// walk is one search of one or more folders.
type walk struct {
	ctx     context.Context
	found   documents
	folders []string // where manifests and modules may appear
	entries int
	full    bool
}

// rules are the ignore files that hold in a folder.
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

func (w *walk) folder(root string) { w.visit(root, nil) }

// visit searches one folder. Symbolic links are not followed. Installed plugins are found also
// where .samuel is ignored, as it usually is.
func (w *walk) visit(dir string, rules *ignoreRules) {
	if w.ctx.Err() != nil || w.full {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	if own, err := ignore.CompileIgnoreFile(filepath.Join(dir, ".gitignore")); err == nil {
		rules = &ignoreRules{dir: dir, rules: own, parent: rules}
	}
	w.folders = append(w.folders, dir)
	for _, e := range entries {
		if w.entries++; w.entries > scanEntries || len(w.found) >= scanManifests {
			w.full = true
			return
		}
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir() && e.Name() == ".samuel":
			w.visit(filepath.Join(path, "plugins"), nil)
		case e.IsDir():
			if !skipped[e.Name()] && !rules.ignores(path, true) {
				w.visit(path, rules)
			}
		case e.Name() == ManifestName && e.Type().IsRegular() && !rules.ignores(path, false):
			if d := readManifest(path); d != nil {
				w.found = append(w.found, d)
			}
		}
	}
}

// readManifest returns a manifest as it is on disk, nil if it is not there.
func readManifest(path string) *Document {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	id := documentID{key: fileURI(path), wire: string(fileURI(path)), path: path}
	if info.Size() > MaxDocument {
		d := newDocument(id, ManifestLanguage, 0, false, "")
		d.TooLarge = true
		return d
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return newDocument(id, ManifestLanguage, 0, false, strings.ToValidUTF8(string(content), "\uFFFD"))
}
