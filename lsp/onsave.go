package lsp

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// saveFeature hears of saves of any file: from clients that take a registration by it, from others
// by the notification samuel/didSave {uri}.
func saveFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			"samuel/didSave":        notification(didSaveAny),
			"samuel/didChangeTrust": notification(didChangeTrust),
		},
		register: func(snap *Snapshot) []protocol.Registration {
			if !snap.Client.RegisterSave {
				return nil
			}
			options := map[string]any{
				"documentSelector": []map[string]string{{"scheme": "file", "pattern": "**/*"}},
				"includeText":      false,
			}
			return []protocol.Registration{registration("samuel-saves", protocol.MethodTextDocumentDidSave, options)}
		},
	}
}

func didSaveAny(s *Server, p *struct {
	URI string `json:"uri"`
},
) error {
	id := identify(p.URI)
	if id.path == "" {
		return invalidParams("uri is %.200q; it must name a file", p.URI)
	}
	s.saved(id)
	return nil
}

// saves takes what was saved and decides, off the read loop and in order, which plugins that
// concerns.
type saves struct {
	s     *Server
	mu    sync.Mutex
	queue []string
	busy  bool
	count uint64
	// unread are the saved files, by the manifest of a plugin that they concern, which no run of it
	// has seen to its end: a run that is superseded by the save of another file leaves its own.
	unread map[string][]savedFile
	// last is the file saved last, by the manifest of a plugin that it concerned.
	last map[string]string
}

// savedFile is one save of a file.
type savedFile struct {
	path string
	nth  uint64
}

// maxUnread bounds the files that one run is told of.
const maxUnread = 1000

func newSaves(s *Server) *saves {
	return &saves{s: s, unread: make(map[string][]savedFile), last: make(map[string]string)}
}

// observe implements [observer].
func (v *saves) observe(_, next *Snapshot, c change) {
	if len(c.saved) == 0 || !v.s.host.available() || !next.Settings.RunOnSave {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, u := range c.saved {
		if path := identify(string(u)).path; path != "" {
			v.queue = append(slices.DeleteFunc(v.queue, func(p string) bool { return p == path }), path)
		}
	}
	if !v.busy && len(v.queue) > 0 {
		v.busy = v.s.spawn(v.run)
	}
}

func (v *saves) run(ctx context.Context) {
	for {
		v.mu.Lock()
		if len(v.queue) == 0 || ctx.Err() != nil {
			v.busy = false
			v.mu.Unlock()
			return
		}
		path := v.queue[0]
		v.queue = v.queue[1:]
		v.mu.Unlock()
		v.s.ranOnSave(ctx, path)
	}
}

// add notes that a plugin is to be told of a file.
func (v *saves) add(manifest, file string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.count++
	all := slices.DeleteFunc(v.unread[manifest], func(f savedFile) bool { return f.path == file })
	all = append(all, savedFile{file, v.count})
	v.unread[manifest] = all[max(0, len(all)-maxUnread):]
	v.last[manifest] = file
}

// take returns the files that a run of a plugin is to be told of, the one saved last at the end.
func (v *saves) take(manifest string) []savedFile {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.unread[manifest])
}

// seen forgets files that a run was told of, unless they were saved again since.
func (v *saves) seen(manifest string, files []savedFile) {
	v.mu.Lock()
	defer v.mu.Unlock()
	rest := slices.DeleteFunc(v.unread[manifest], func(f savedFile) bool { return slices.Contains(files, f) })
	if v.unread[manifest] = rest; len(rest) == 0 {
		delete(v.unread, manifest)
	}
}

// lastOf is the file that a plugin's hooks ran for last, as a list; empty if there is none.
func (v *saves) lastOf(manifest string) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if file := v.last[manifest]; file != "" {
		return []string{file}
	}
	return nil
}

// forget drops what is known of a plugin that is gone.
func (v *saves) forget(manifest string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.unread, manifest)
	delete(v.last, manifest)
}

// ranOnSave submits the hooks that a saved file concerns: those of the plugin under development in
// whose folder it lies, then those of the installed ones that may read it.
func (s *Server) ranOnSave(ctx context.Context, file string) {
	snap := s.Snapshot()
	if snap.untrusted() || s.written.own(file) {
		return
	}
	own := s.nearestManifest(snap, file)
	if own != "" {
		s.submitSave(own, file)
	}
	for _, manifest := range s.readers(ctx, file) {
		if manifest != own {
			s.submitSave(manifest, file)
		}
	}
}

// submitSave has the hooks of one plugin run for a saved file.
func (s *Server) submitSave(manifest, file string) {
	s.saves.add(manifest, file)
	s.scheduler.submit(manifest, saveJob, func(ctx context.Context) { s.runOnSave(ctx, manifest) })
}

// runOnSave runs the hooks of one plugin for the files that were saved.
func (s *Server) runOnSave(ctx context.Context, manifest string) {
	files := s.saves.take(manifest)
	defer func() {
		if !superseded(ctx) {
			s.saves.seen(manifest, files)
		}
	}()
	snap := s.Snapshot()
	if !snap.Settings.RunOnSave {
		return
	}
	p, err := s.loadPlugin(snap, manifest)
	if err != nil {
		if !errors.Is(err, errNoCode) {
			s.log.Info("hooks not run", zap.Error(err))
		}
		return
	}
	hooks := p.hooks(snap.Settings)
	if len(hooks) == 0 || !s.trusted(ctx, p.root, false) {
		return
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	s.runHooks(ctx, p, hooks, paths, false)
}

// written remembers what runs wrote, so that an editor that reloads and saves such a file does not
// start the next run.
type written struct {
	mu    sync.Mutex
	files map[string]fileState
}

// maxWritten bounds the files remembered.
const maxWritten = 4096

func (w *written) note(p *plugin, guestPaths []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files == nil || len(w.files)+len(guestPaths) > maxWritten {
		w.files = make(map[string]fileState)
	}
	for _, guest := range guestPaths {
		if file, ok := p.hostPath(guest); ok && len(w.files) < maxWritten {
			if info, err := os.Stat(file); err == nil {
				w.files[file] = stateOf(info)
			}
		}
	}
}

// own says whether a file is as a run left it.
func (w *written) own(file string) bool {
	w.mu.Lock()
	state, ok := w.files[file]
	w.mu.Unlock()
	if !ok {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && stateOf(info) == state
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
