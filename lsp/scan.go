package lsp

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

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
		sc.settle()
		return
	}
	shown := make(chan *progress, 1)
	timer := time.AfterFunc(scanPatience, func() {
		shown <- sc.s.beginProgress(ctx, "Looking for plugin manifests", -1, func() {
			cancel()
			sc.settle() // nobody is to wait for what the user does not
		})
	})
	w := &project.Walk{}
	for _, f := range folders {
		w.Folder(ctx, f.Path)
	}
	found := sc.read(ctx, w.Manifests)
	if ctx.Err() == nil {
		sc.take(w, found)
	}
	if !timer.Stop() {
		(<-shown).end("")
	}
}

// settle says that there is no more to find for now.
func (sc *scanner) settle() {
	sc.s.update(func(next *Snapshot) change { next.Scanned = true; return change{} })
}

// scanned is a manifest on disk, with what lies around it.
type scanned struct {
	doc   *Document
	key   factsKey
	facts *moduleFacts
}

// read reads the manifests that were found and looks at their modules. What is as it was stays
// the same document, with all that is known of it.
func (sc *scanner) read(ctx context.Context, paths []string) []scanned {
	all := make([]scanned, 0, len(paths))
	for _, path := range paths {
		if ctx.Err() != nil {
			return nil
		}
		d := readManifest(path)
		if d == nil {
			continue
		}
		snap := sc.s.Snapshot()
		if old := snap.onDisk.get(d.URI); old != nil && old.Text.String() == d.Text.String() && old.TooLarge == d.TooLarge {
			d = old
		}
		m := scanned{doc: d, facts: noFacts}
		if !d.TooLarge && snap.docs.get(d.URI) == nil {
			m.key = factsKey{d.Path, moduleOf(d)}
			m.facts = examine(m.key, snap.facts[m.key], false)
		}
		all = append(all, m)
	}
	return all
}

// take hands the manifests that were found to the funnel, in place of those found before.
func (sc *scanner) take(w *project.Walk, all []scanned) {
	if w.Full {
		sc.s.log.Warn("the workspace is too large to be searched whole; open a folder nearer to the plugins",
			zap.Int("manifests", len(all)), zap.Int("entries", w.Entries))
	}
	sc.s.watch.add(w.Folders)
	sc.s.update(func(next *Snapshot) change {
		c := change{folders: true}
		docs := make(documents, 0, len(all))
		facts := make(map[factsKey]*moduleFacts, len(all))
		for _, m := range all {
			docs = append(docs, m.doc)
			if m.facts != noFacts && next.facts[m.key] != m.facts {
				facts[m.key] = m.facts
			}
			if _, changed := facts[m.key]; changed || next.onDisk.get(m.doc.URI) != m.doc {
				c.docs = append(c.docs, m.doc.URI)
			}
		}
		slices.SortFunc(docs, compareURI)
		for _, d := range next.onDisk {
			if docs.get(d.URI) == nil {
				c.docs = append(c.docs, d.URI)
			}
		}
		next.onDisk, next.Scanned = docs, true
		if len(facts) > 0 {
			next.setFacts(facts)
		}
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
