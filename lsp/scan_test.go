package lsp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// scanning is a server with one plugin, whose manifest names a module, and no client.
type scanning struct {
	*Server
	t                *testing.T
	dir              string
	manifest, module string
}

func newScanning(t *testing.T) *scanning {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &scanning{Server: New(Options{}), t: t, dir: dir, manifest: filepath.Join(dir, ManifestName), module: filepath.Join(dir, "plugin.wasm")}
	s.update(func(next *Snapshot) change {
		next.Client = &Client{WatchFiles: true}
		next.Folders = []Folder{{Path: dir}}
		return change{}
	})
	t.Cleanup(func() {
		s.stop()
		s.work.Wait()
	})
	s.write(s.manifest, "kind = \"wasm\"\n[wasm]\nmodule = \"plugin.wasm\"\n")
	return s
}

func (s *scanning) write(path, content string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// scan searches the folder, and has meanwhile happen after it read the files.
func (s *scanning) scan(meanwhile func()) {
	s.t.Helper()
	this := s.scanner.begin()
	w := &project.Walk{}
	w.Folder(this.ctx, s.dir)
	found := s.scanner.read(this.ctx, w.Manifests)
	meanwhile()
	s.scanner.take(this.ctx, w, found)
	s.scanner.end(this)
	s.work.Wait()
}

// want compares what is known of the module.
func (s *scanning) want(state manifestcheck.ModuleState) {
	s.t.Helper()
	f := s.Snapshot().factsAt(s.manifest)
	if f == nil {
		s.t.Fatal("nothing is known of the module")
	}
	if f.Module != state {
		s.t.Errorf("the module's state is %v, want %v", f.Module, state)
	}
}

// What changes while the workspace is searched is seen, whatever the search read before.
func TestScanHasNotTheLastWord(t *testing.T) {
	t.Run("a module that nothing was known of", func(t *testing.T) {
		s := newScanning(t)
		s.scan(func() {
			s.write(s.module, "no module")
			s.changed([]string{s.module})
			s.work.Wait()
		})
		s.want(manifestcheck.ModuleUnreadable)
	})
	t.Run("a module that was looked at already", func(t *testing.T) {
		s := newScanning(t)
		s.scan(func() {
			s.write(s.module, "no module")
			s.facts.load(t.Context(), factsKey{s.manifest, "plugin.wasm"}, false)
		})
		s.want(manifestcheck.ModuleUnreadable)
	})
	t.Run("a manifest", func(t *testing.T) {
		s := newScanning(t)
		s.scan(func() {
			s.write(s.manifest, "name = \"new\"\n")
			s.changed([]string{s.manifest})
			s.work.Wait()
		})
		if d := s.Snapshot().Document(fileURI(s.manifest)); d == nil || !strings.Contains(d.Text.String(), "new") {
			t.Errorf("the manifest is %+v", d)
		}
	})
	t.Run("a scan that was replaced", func(t *testing.T) {
		s := newScanning(t)
		s.scan(func() {
			if err := os.Remove(s.manifest); err != nil {
				t.Fatal(err)
			}
			s.scan(func() {})
		})
		if d := s.Snapshot().Document(fileURI(s.manifest)); d != nil {
			t.Errorf("the manifest is %+v", d)
		}
	})
}

// An event that comes while a module is looked at for the first time is not lost.
func TestChangeDuringTheFirstLook(t *testing.T) {
	s := newScanning(t)
	key := factsKey{s.manifest, "plugin.wasm"}
	s.scan(func() {})
	s.update(func(next *Snapshot) change { next.facts = factSet{}; return change{} })
	if !s.facts.begin(t.Context(), key, false) {
		t.Fatal("somebody else looks")
	}
	s.write(s.module, "no module")
	s.changed([]string{s.module})
	s.facts.end(key) // and has not seen it
	s.work.Wait()
	s.want(manifestcheck.ModuleUnreadable)
}
