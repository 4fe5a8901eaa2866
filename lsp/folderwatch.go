package lsp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	// followed are the files that were looked at after the folders above them were watched.
	followed map[string]bool
	closed   bool
	short    bool // the user was told that not all folders can be watched
}

func newFolderWatch(s *Server) *folderWatch {
	return &folderWatch{s: s, watched: make(map[string]bool), followed: make(map[string]bool)}
}

// observe watches the folder of a manifest that was opened, and the way to its module.
func (w *folderWatch) observe(old, next *Snapshot, c change) {
	if next.Client.WatchFiles {
		return
	}
	var dirs, files []string
	for _, u := range c.docs {
		if d := next.docs.get(u); d != nil && d.Manifest && d.Path != "" && old.docs.get(u) == nil {
			dirs = append(dirs, filepath.Dir(d.Path))
		}
	}
	for _, f := range c.facts {
		files = append(files, f.files()...)
	}
	if len(dirs)+len(files) > 0 {
		w.s.spawn(func(context.Context) {
			w.add(dirs)
			w.follow(files)
		})
	}
}

// add watches folders, unless the client does.
func (w *folderWatch) add(dirs []string) {
	if w.s.Snapshot().Client.WatchFiles {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, dir := range dirs {
		if !w.start() {
			return
		}
		w.watch(dir)
	}
}

// follow watches the folders of files that a build writes, or, where a folder is not there yet, the
// nearest one above it: its making is what is seen next. What was written before its folder was
// watched is looked at again.
func (w *folderWatch) follow(files []string) {
	if w.s.Snapshot().Client.WatchFiles {
		return
	}
	if missed := w.watchAbove(files); len(missed) > 0 {
		w.s.disk.push(missed)
	}
}

// watchAbove watches the nearest folders above files and returns the files that may have changed before:
// those with a folder that was not watched, and those that nobody followed yet, since whoever watched
// their folder cannot know when they were last looked at.
func (w *folderWatch) watchAbove(files []string) (fresh []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range files {
		if !w.start() {
			return fresh
		}
		before := len(w.watched)
		// Another one may have been made while the one above it was not watched yet.
		for dir := existing(filepath.Dir(file)); w.watch(dir); {
			deeper := existing(filepath.Dir(file))
			if deeper == dir {
				break
			}
			dir = deeper
		}
		if len(w.watched) > before || !w.followed[file] {
			fresh = append(fresh, file)
		}
		w.followed[file] = true
	}
	return fresh
}

// existing is the nearest folder at or above dir that is there.
func existing(dir string) string {
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			break
		}
	}
	return dir
}

// start has the operating system watch, if it does not yet, and reports whether it does; the caller
// holds the mutex.
func (w *folderWatch) start() bool {
	if w.watcher != nil || w.closed {
		return !w.closed
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		w.closed = true
		w.s.log.Warn("files cannot be watched; rebuilt modules are noticed on the next save", zap.Error(err))
		return false
	}
	w.watcher = watcher
	w.s.spawn(func(ctx context.Context) { w.read(ctx, watcher) })
	return true
}

// watch adds one folder and reports whether it is watched; the caller holds the mutex.
func (w *folderWatch) watch(dir string) bool {
	if w.watched[dir] {
		return true
	}
	if len(w.watched) >= maxWatched {
		w.fellShort(dir, errTooManyFolders)
		return false
	}
	if err := w.watcher.Add(dir); err != nil {
		if !errors.Is(err, fs.ErrNotExist) { // it has just gone, which is seen from above
			w.fellShort(dir, err)
		}
		return false
	}
	w.watched[dir] = true
	return true
}

// errTooManyFolders says that the server's own bound is reached.
var errTooManyFolders = fmt.Errorf("%d folders are watched already", maxWatched)

// fellShort tells the user, once, that changes in some folders will not be noticed by themselves.
func (w *folderWatch) fellShort(dir string, err error) {
	tell := w.s.log.Debug
	if !w.short {
		w.short, tell = true, w.s.log.Warn
	}
	tell("a folder cannot be watched; what is built in it is noticed on the next save", zap.String("folder", dir), zap.Error(err))
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
	gone := event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)
	if gone {
		w.drop(event.Name)
	}
	// What is new is watched before it is looked at, so that nothing is missed in between.
	modules := w.s.Snapshot().modulesBelow(event.Name)
	w.follow(modules)
	switch {
	case relevant(event.Name):
	case event.Has(fsnotify.Create) && isSearched(event.Name):
		w.add([]string{event.Name})
	case gone && w.s.Snapshot().manifestBelow(event.Name):
	case len(modules) == 0:
		return
	}
	w.s.disk.push([]string{event.Name})
}

// isSearched reports whether path is a folder in which manifests are looked for.
func isSearched(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir() && !project.Skipped(filepath.Base(path))
}

// drop forgets a folder that is gone and what was watched below it: where it was only moved, the
// operating system goes on watching it under its old name.
func (w *folderWatch) drop(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for dir := range w.watched {
		if within(path, dir) {
			delete(w.watched, dir)
			_ = w.watcher.Remove(dir) // it has most likely gone by itself
		}
	}
	for file := range w.followed {
		if within(path, file) {
			delete(w.followed, file)
		}
	}
}

// modulesBelow are the files that a change of path, one of them or a folder on the way, concerns.
func (snap *Snapshot) modulesBelow(path string) []string {
	var files []string
	for _, f := range snap.facts.concernedBy([]string{path}) {
		files = append(files, f.files()...)
	}
	return files
}
