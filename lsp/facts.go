package lsp

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// factsKey names one module as one manifest speaks of it.
type factsKey struct {
	manifest string // path of the manifest
	module   string // as written in the manifest, "" for none
}

// moduleFacts is what the disk said about a manifest's surroundings at one moment. It is
// immutable, so that a pointer to it tells whether anything changed.
type moduleFacts struct {
	manifestcheck.Facts
	key factsKey
	// Path is the module's path on this machine, "" when the manifest names none.
	Path string
	// target is where symbolic links lead from there: what a build writes.
	target string
	others []string // see [project.Module]
	state  fileState
}

// fileState tells one content of a file from another, without reading it where its times do.
type fileState struct {
	size    int64
	mtime   time.Time
	changed time.Time // which, unlike mtime, nobody can set back
	inode   uint64
	// content is the digest of a module that had just been written when it was looked at: it may be
	// written once more before the clock of its times ticks. It is zero for all other files.
	content [sha256.Size]byte
}

func stateOf(info fs.FileInfo) fileState {
	return fileState{size: info.Size(), mtime: info.ModTime(), changed: inspect.ChangedAt(info), inode: inodeOf(info)}
}

// sameTimes reports whether two states differ in their content at most.
func (s fileState) sameTimes(o fileState) bool {
	s.content, o.content = [sha256.Size]byte{}, [sha256.Size]byte{}
	return s == o
}

// settled is how long a file must have been left alone before its times are sure to tell of the
// next change.
const settled = 2 * time.Second

// digested reports whether only a digest tells the content of a file, looked at now, from another.
func (s fileState) digested() bool {
	return s.content != [sha256.Size]byte{} || time.Since(s.changed) < settled || time.Since(s.mtime) < settled
}

// factsOf returns what the snapshot knows about a manifest's surroundings, and whether the disk
// was asked. When it was not, the result says nothing of the module.
func (snap *Snapshot) factsOf(d *Document) (*moduleFacts, bool) {
	if d.Path == "" || d.TooLarge {
		return noFacts, true
	}
	if f := snap.factsFor(factsKey{d.Path, moduleOf(d)}); f != nil {
		return f, true
	}
	return noFacts, false
}

// factsFor returns what is known of a module, nil if the disk was not asked.
func (snap *Snapshot) factsFor(key factsKey) *moduleFacts {
	if f := snap.facts.of.Get(key.manifest); f != nil && f.key == key {
		return f
	}
	return nil
}

// noFacts is shared, because checks are remembered by the pointer.
var noFacts = &moduleFacts{}

// moduleOf returns the module path as the manifest has it, "" if it names none.
func moduleOf(d *Document) string {
	if known := d.module.Load(); known != nil {
		return *known
	}
	path := ""
	if item, ok := d.Tree().Root().Lookup("wasm", "module"); ok && item.IsValue() {
		path, _ = item.Value().Text()
	}
	d.module.Store(&path)
	return path
}

// factsLoader asks the disk about modules, off the read loop, and hands what it finds to the
// funnel. It reads a module again when its state differs or an event says so.
type factsLoader struct {
	s    *Server
	mu   sync.Mutex
	busy map[factsKey]chan struct{} // loads under way
}

func newFactsLoader(s *Server) *factsLoader {
	return &factsLoader{s: s, busy: make(map[factsKey]chan struct{})}
}

// ensure returns when the funnel has the facts for a manifest, loading them if need be.
func (l *factsLoader) ensure(ctx context.Context, d *Document) {
	if _, known := l.s.Snapshot().factsOf(d); known {
		return
	}
	l.load(ctx, factsKey{d.Path, moduleOf(d)}, false)
}

// load asks the disk about one module. Concurrent loads of one key share the work, unless the
// caller knows of a change that a load under way may have missed.
func (l *factsLoader) load(ctx context.Context, key factsKey, force bool) {
	if !l.begin(ctx, key, force) {
		return
	}
	defer l.end(key)
	for stored := false; !stored; {
		old := l.s.Snapshot().factsFor(key)
		found := examine(key, old, force)
		if found == old {
			return
		}
		l.s.update(func(next *Snapshot) change {
			if stored = next.factsFor(key) == old; !stored {
				return change{} // a scan was here meanwhile, and may have seen less
			}
			next.facts = next.facts.with(found)
			return change{docs: []uri.URI{fileURI(key.manifest)}, facts: []*moduleFacts{found}}
		})
	}
}

// begin makes the caller the one that loads a key. It returns false when there is no need to,
// because a load that was under way has ended, or when ctx has.
func (l *factsLoader) begin(ctx context.Context, key factsKey, force bool) bool {
	for {
		l.mu.Lock()
		wait, busy := l.busy[key]
		if !busy {
			l.busy[key] = make(chan struct{})
		}
		l.mu.Unlock()
		if !busy {
			return true
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return false
		}
		if !force {
			return false
		}
	}
}

func (l *factsLoader) end(key factsKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.busy[key])
	delete(l.busy, key)
}

// recheck looks again at the module of a manifest that was saved or whose file changed.
func (l *factsLoader) recheck(manifest string) {
	if f := l.s.Snapshot().facts.of.Get(manifest); f != nil {
		l.again(f.key, false)
	}
}

// changed looks again at every module that events on paths may concern. Where a module is looked
// at for the first time just now, nobody knows yet where it lies.
func (l *factsLoader) changed(paths []string) {
	snap := l.s.Snapshot()
	for _, f := range snap.facts.concernedBy(paths) {
		l.again(f.key, true)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.busy {
		if snap.factsFor(k) == nil {
			l.again(k, true)
		}
	}
}

// again looks at one module, off the caller's goroutine.
func (l *factsLoader) again(key factsKey, force bool) {
	l.s.spawn(func(ctx context.Context) { l.load(ctx, key, force) })
}

// examine asks the disk. It returns old itself when nothing changed.
func examine(key factsKey, old *moduleFacts, force bool) *moduleFacts {
	m := project.FindModule(key.manifest, key.module)
	f := &moduleFacts{Facts: project.Around(key.manifest), key: key, Path: m.Path, target: m.Target, others: m.Others}
	f.Module, f.Err, f.Beside = m.State, m.Err, m.Beside
	if m.Info == nil {
		if old != nil && old.Module == f.Module && old.target == f.target && f.Err == nil && slices.Equal(old.Beside, f.Beside) {
			return old
		}
		return f
	}
	f.state = stateOf(m.Info)
	known := old != nil && old.target == f.target && old.state.sameTimes(f.state)
	if known && !force {
		return old
	}
	if f.state.digested() || known && old.state.digested() {
		// What cannot be read is told from nothing else; inspecting it says why.
		f.state.content, _ = inspect.SHA256(m.Path)
	}
	if old != nil && old.state == f.state {
		f.ProbedProtocol = old.ProbedProtocol
	}
	f.Module = manifestcheck.ModuleInspected
	if f.Summary, f.Err = inspect.File(m.Path); f.Err != nil {
		f.Module, f.Summary = manifestcheck.ModuleUnreadable, nil
	}
	return f
}

// isInstalled reports whether a folder is one that plugins are installed to.
func isInstalled(dir string) bool { return project.IsInstalled(dir) }

func isManifestPath(path string) bool { return path != "" && filepath.Base(path) == ManifestName }
