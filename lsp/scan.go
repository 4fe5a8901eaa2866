package lsp

import (
	"context"
	"maps"
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
	s       *Server
	mu      sync.Mutex
	current *scan // nil when none is under way
}

// scan is one search of the workspace.
type scan struct {
	ctx    context.Context
	cancel context.CancelFunc
	// meanwhile are the paths at which something changed while the scan went on, which may have
	// read them before.
	meanwhile map[string]bool
}

func newScanner(s *Server) *scanner { return &scanner{s: s} }

// start scans all folders of the workspace, in the background.
func (sc *scanner) start() {
	this := sc.begin()
	sc.s.spawn(func(context.Context) {
		defer this.cancel()
		sc.run(this)
	})
}

// begin makes a new scan the one that is under way.
func (sc *scanner) begin() *scan {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.current != nil {
		sc.current.cancel()
	}
	this := &scan{meanwhile: make(map[string]bool)}
	this.ctx, this.cancel = context.WithCancel(sc.s.ctx)
	sc.current = this
	return this
}

// note is told of paths at which something changed, before they are looked at.
func (sc *scanner) note(paths []string) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.current == nil {
		return
	}
	for _, p := range paths {
		sc.current.meanwhile[p] = true
	}
}

// end closes a scan, and has what changed meanwhile looked at again: a scan does not have the last
// word.
func (sc *scanner) end(this *scan) {
	sc.mu.Lock()
	if sc.current == this {
		sc.current = nil
	}
	sc.mu.Unlock() // nothing is noted any more
	if this.ctx.Err() == nil && len(this.meanwhile) > 0 {
		sc.s.disk.push(slices.Collect(maps.Keys(this.meanwhile)))
	}
}

func (sc *scanner) run(this *scan) {
	defer sc.end(this)
	folders := sc.s.Snapshot().Folders
	if len(folders) == 0 {
		sc.settle()
		return
	}
	shown := make(chan *progress, 1)
	timer := time.AfterFunc(scanPatience, func() {
		shown <- sc.s.beginProgress(this.ctx, "Looking for plugin manifests", -1, func() {
			this.cancel()
			sc.settle() // nobody is to wait for what the user does not
		})
	})
	w := &project.Walk{}
	for _, f := range folders {
		w.Folder(this.ctx, f.Path)
	}
	found := sc.read(this.ctx, w.Manifests)
	sc.take(this.ctx, w, found)
	if !timer.Stop() {
		(<-shown).end("")
	}
}

// settle says that there is no more to find for now.
func (sc *scanner) settle() {
	sc.s.update(func(next *Snapshot) change { next.Scanned = true; return change{} })
	sc.s.rest.scanned()
}

// scanned is a manifest on disk, with what lies around it.
type scanned struct {
	doc   *Document
	key   factsKey
	old   *moduleFacts // what was known when facts were read
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
			m.old = snap.factsFor(m.key)
			m.facts = examine(m.key, m.old, false)
		}
		all = append(all, m)
	}
	return all
}

// take hands the manifests that were found to the funnel, in place of those found before, unless
// ctx has ended. What somebody else found out about a module meanwhile stays, and is looked at again.
func (sc *scanner) take(ctx context.Context, w *project.Walk, all []scanned) {
	if ctx.Err() != nil {
		return
	}
	if w.Full {
		sc.s.log.Warn("the workspace is too large to be searched whole; open a folder nearer to the plugins",
			zap.Int("manifests", len(all)), zap.Int("entries", w.Entries))
	}
	sc.s.watch.add(w.Folders)
	var contested []factsKey
	sc.s.update(func(next *Snapshot) change {
		if ctx.Err() != nil {
			return change{} // a newer scan has taken its turn, or will
		}
		c := change{folders: true}
		docs := make(documents, 0, len(all))
		for _, m := range all {
			docs = append(docs, m.doc)
			changed := false
			switch {
			case m.facts == noFacts || m.facts == m.old:
			case next.factsFor(m.key) == m.old:
				changed = true
				next.facts = next.facts.with(m.facts)
				c.facts = append(c.facts, m.facts)
			default:
				contested = append(contested, m.key)
			}
			if changed || next.onDisk.get(m.doc.URI) != m.doc {
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
		return c
	})
	sc.s.rest.scanned()
	for _, key := range contested {
		sc.s.facts.again(key, true)
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
