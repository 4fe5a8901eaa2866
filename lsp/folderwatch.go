package lsp

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// maxWatched bounds the folders that the server watches itself.
const maxWatched = 4096

// folderWatch watches folders by the operating system's own means, for clients that don't watch
// files. It starts with the first folder, and never polls.
type folderWatch struct {
	s       *Server
	mu      sync.Mutex
	watcher *fsnotify.Watcher
	watched map[string]bool
	closed  bool
}

func newFolderWatch(s *Server) *folderWatch {
	return &folderWatch{s: s, watched: make(map[string]bool)}
}

// observe watches the folder of a manifest that was opened, and of its module.
func (w *folderWatch) observe(old, next *Snapshot, c change) {
	if next.Client.WatchFiles {
		return
	}
	var dirs []string
	for _, u := range c.docs {
		if d := next.docs.get(u); d != nil && d.Manifest && d.Path != "" && old.docs.get(u) == nil {
			dirs = append(dirs, filepath.Dir(d.Path))
		}
	}
	if next.factsSeq != old.factsSeq {
		for k, f := range next.facts {
			if f.Path != "" && old.facts[k] != f {
				dirs = append(dirs, filepath.Dir(f.Path))
			}
		}
	}
	if len(dirs) > 0 {
		w.s.spawn(func(context.Context) { w.add(dirs) })
	}
}

// add watches folders, unless the client does.
func (w *folderWatch) add(dirs []string) {
	if w.s.Snapshot().Client.WatchFiles {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	if w.watcher == nil {
		watcher, err := fsnotify.NewWatcher()
		if err != nil {
			w.closed = true
			w.s.log.Warn("files cannot be watched; rebuilt modules are noticed on the next save", zap.Error(err))
			return
		}
		w.watcher = watcher
		w.s.spawn(func(ctx context.Context) { w.read(ctx, watcher) })
	}
	for _, dir := range dirs {
		if w.watched[dir] || len(w.watched) >= maxWatched {
			continue
		}
		if err := w.watcher.Add(dir); err != nil {
			w.s.log.Debug("folder not watched", zap.String("folder", dir), zap.Error(err))
			continue
		}
		w.watched[dir] = true
	}
}

// read hands on what concerns the server, until the session ends.
func (w *folderWatch) read(ctx context.Context, watcher *fsnotify.Watcher) {
	defer watcher.Close()
	for {
		select {
		case <-ctx.Done():
			w.mu.Lock()
			w.closed = true
			w.mu.Unlock()
			return
		case event, ok := <-watcher.Events:
			if !ok {
				return
			}
			w.seen(event)
		case err, ok := <-watcher.Errors:
			if !ok {
				return
			}
			w.s.log.Warn("some changes of files may have been missed", zap.Error(err))
			w.s.scanner.start()
		}
	}
}

func (w *folderWatch) seen(event fsnotify.Event) {
	if event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename) {
		w.mu.Lock()
		delete(w.watched, event.Name)
		w.mu.Unlock()
	}
	switch {
	case relevant(event.Name):
	case event.Has(fsnotify.Create):
		if info, err := os.Lstat(event.Name); err != nil || !info.IsDir() || project.Skipped(filepath.Base(event.Name)) {
			return
		}
		w.add([]string{event.Name})
	case event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename):
		if !w.s.Snapshot().manifestBelow(event.Name) {
			return
		}
	default:
		return
	}
	w.s.disk.push([]string{event.Name})
}
