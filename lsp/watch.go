package lsp

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// watchFeature hears of files that change on disk: from the client where it watches files for
// its servers, else from the operating system (see folderwatch.go).
func watchFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodWorkspaceDidChangeWatchedFiles: notification(didChangeWatchedFiles),
		},
		register: func(snap *Snapshot) []protocol.Registration {
			if !snap.Client.WatchFiles {
				return nil
			}
			var watchers []protocol.FileSystemWatcher
			for _, glob := range []string{"**/" + ManifestName, "**/*.wasm", "**/samuel.toml", "**/.samuel/plugins/*"} {
				watchers = append(watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern(glob)})
			}
			return []protocol.Registration{registration("samuel-files", protocol.MethodWorkspaceDidChangeWatchedFiles,
				&protocol.DidChangeWatchedFilesRegistrationOptions{Watchers: watchers})}
		},
	}
}

func didChangeWatchedFiles(s *Server, p *protocol.DidChangeWatchedFilesParams) error {
	paths := make([]string, 0, len(p.Changes))
	for _, c := range p.Changes {
		if id := identify(string(c.URI)); id.path != "" {
			paths = append(paths, id.path)
		}
	}
	if len(paths) > 0 {
		s.disk.push(paths)
	}
	return nil
}

// diskEvents takes paths at which something changed and looks at them, off the read loop. Paths
// that come in while it looks are looked at together, afterwards: what counts is how the disk is
// now, not how it came to be so.
type diskEvents struct {
	s       *Server
	mu      sync.Mutex
	pending map[string]bool
	busy    bool
}

func newDiskEvents(s *Server) *diskEvents {
	return &diskEvents{s: s, pending: make(map[string]bool)}
}

func (e *diskEvents) push(paths []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range paths {
		e.pending[p] = true
	}
	if !e.busy {
		e.busy = true
		e.s.spawn(e.run)
	}
}

func (e *diskEvents) run(ctx context.Context) {
	for ctx.Err() == nil {
		paths := e.next()
		if paths == nil {
			return
		}
		e.s.changed(paths)
	}
}

// relevant reports whether a file of this name concerns the server.
func relevant(path string) bool {
	name := filepath.Base(path)
	return name == ManifestName || name == "samuel.toml" || strings.HasSuffix(name, ".wasm")
}

func (e *diskEvents) next() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.pending) == 0 {
		e.busy = false
		return nil
	}
	paths := make([]string, 0, len(e.pending))
	for p := range e.pending {
		paths = append(paths, p)
	}
	clear(e.pending)
	slices.Sort(paths)
	return paths
}

// changed looks at what changed on disk.
func (s *Server) changed(paths []string) {
	s.scanner.note(paths)
	snap := s.Snapshot()
	rescan := false
	var gone []uri.URI
	var removed []string
	var present documents
	s.facts.changed(paths)
	for _, path := range paths {
		switch {
		case isManifestPath(path):
			d := readManifest(path)
			if d != nil && (snap.folderOf(path) != nil || snap.onDisk.get(d.URI) != nil) {
				present = append(present, d)
			} else {
				gone = append(gone, fileURI(path))
			}
			if d == nil {
				removed = append(removed, path)
			}
			s.facts.recheck(path)
		case relevant(path):
		default:
			// A folder came or went, and with it any number of manifests.
			info, err := os.Lstat(path)
			if err == nil && info.IsDir() || err != nil && snap.manifestBelow(path) {
				rescan = true
			}
		}
	}
	s.update(func(next *Snapshot) change {
		c := change{modules: paths}
		for _, d := range present {
			next.onDisk = next.onDisk.with(d)
			c.docs = append(c.docs, d.URI)
		}
		for _, u := range gone {
			if next.onDisk.get(u) != nil {
				next.onDisk = next.onDisk.without(u)
				c.docs = append(c.docs, u)
			}
		}
		return c
	})
	for _, path := range removed {
		if isFile(path) {
			s.disk.push([]string{path}) // it was being replaced: what is known of it, and runs, stays
		} else {
			s.forgetPlugin(path) // the client may still have it open
		}
	}
	if rescan {
		s.scanner.start()
	}
}

// manifestBelow reports whether a manifest of the workspace lies below path.
func (snap *Snapshot) manifestBelow(path string) bool {
	return slices.ContainsFunc(snap.onDisk, func(d *Document) bool { return within(path, d.Path) })
}
