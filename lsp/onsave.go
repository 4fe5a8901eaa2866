package lsp

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
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
}) error {
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
	last  map[string]string // the file saved last, by the manifest of a plugin that it concerned
}

func newSaves(s *Server) *saves { return &saves{s: s, last: make(map[string]string)} }

// observe implements [observer].
func (v *saves) observe(_, next *Snapshot, c change) {
	if len(c.saved) == 0 || !v.s.host.available() || !next.Settings.RunOnSave {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, u := range c.saved {
		if path := identify(string(u)).path; path != "" {
			v.queue = append(v.queue, path)
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
		v.s.ranOnSave(path)
	}
}

// ranOnSave submits the hooks that a saved file concerns.
func (s *Server) ranOnSave(file string) {
	snap := s.Snapshot()
	if t := snap.Settings.Trusted; t != nil && !*t || s.written.own(file) {
		return
	}
	for _, manifest := range s.concerned(snap, file) {
		s.saves.mu.Lock()
		s.saves.last[manifest] = file
		s.saves.mu.Unlock()
		s.scheduler.submit(manifest, saveJob, func(ctx context.Context) { s.runOnSave(ctx, manifest, file) })
	}
}

func (s *Server) runOnSave(ctx context.Context, manifest, file string) {
	snap := s.Snapshot()
	p, err := s.loadPlugin(snap, manifest)
	if err != nil {
		s.log.Info("hooks not run", zap.Error(err))
		return
	}
	hooks := p.hooks(snap.Settings)
	if len(hooks) == 0 || !s.trusted(ctx, p.root) {
		return
	}
	s.runHooks(ctx, p, hooks, file)
	s.probeIfStale(manifest) // a check of health may have made way
}

// concerned are the manifests of the plugins that a saved file concerns: the one under development
// in whose folder it lies, then the installed ones that may read it, by name.
func (s *Server) concerned(snap *Snapshot, file string) []string {
	var all []string
	if m := nearestManifest(snap, file); m != "" {
		all = append(all, m)
	}
	root := s.ProjectRoot(snap, file)
	if root == "" {
		return all
	}
	for _, manifest := range project.Installed(root) {
		if slices.Contains(all, manifest) {
			continue
		}
		doc := readManifest(manifest)
		if doc == nil || doc.TooLarge {
			continue
		}
		m := snap.Settings.checker.Check(doc.Tree(), noFacts.Facts).Model
		p := &plugin{root: root}
		guest, inside := p.guestPath(file)
		if !inside || m.Kind.Text != "wasm" || !pattern.CompileSet(project.Names(m.Read)).Match(guest) || shadowed(snap, m.Name.Text) {
			continue
		}
		all = append(all, manifest)
	}
	return all
}

// nearestManifest is the manifest of the plugin under development whose folder holds a file, ""
// if there is none. The search ends at the workspace's folder.
func nearestManifest(snap *Snapshot, file string) string {
	folder := snap.folderOf(file)
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		if isInstalled(dir) {
			return ""
		}
		if manifest := filepath.Join(dir, ManifestName); isFile(manifest) {
			return manifest
		}
		if folder == nil || dir == folder.Path || dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// shadowed says whether a plugin of that name is under development in the workspace.
func shadowed(snap *Snapshot, name string) bool {
	for _, d := range snap.Manifests() {
		if d.Path == "" || isInstalled(filepath.Dir(d.Path)) {
			continue
		}
		if m := snap.Check(d).Model; m.Name.OK && m.Name.Text == name {
			return true
		}
	}
	return false
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

// lastSaved is the file that a plugin's hooks ran for last, "" if there is none.
func (s *Server) lastSaved(manifest string) string {
	s.saves.mu.Lock()
	defer s.saves.mu.Unlock()
	return s.saves.last[manifest]
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
