package lsp

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// scanPatience is how long a scan goes on before it is shown.
const scanPatience = 300 * time.Millisecond

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
	w := &project.Walk{}
	for _, f := range folders {
		w.Folder(ctx, f.Path)
	}
	var found documents
	for _, path := range w.Manifests {
		if d := readManifest(path); d != nil {
			found = append(found, d)
		}
	}
	if ctx.Err() == nil {
		sc.take(w, found)
	}
	if !timer.Stop() {
		(<-shown).end("")
	}
}

// take hands the manifests that were found to the funnel, in place of those found before.
func (sc *scanner) take(w *project.Walk, docs documents) {
	if w.Full {
		sc.s.log.Warn("the workspace is too large to be searched whole; open a folder nearer to the plugins",
			zap.Int("manifests", len(docs)), zap.Int("entries", w.Entries))
	}
	sc.s.watch.add(w.Folders)
	sc.s.update(func(next *Snapshot) change {
		c := change{folders: true}
		found := make(map[uri.URI]bool, len(docs))
		for _, d := range docs {
			found[d.URI] = true
			c.docs = append(c.docs, d.URI)
		}
		for _, d := range next.onDisk {
			if !found[d.URI] {
				c.docs = append(c.docs, d.URI)
			}
		}
		next.onDisk = slices.Clone(docs)
		slices.SortFunc(next.onDisk, compareURI)
		return c
	})
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
