package lsp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// What is said of a module that is not there depends on the files beside it, and in an installed
// plugin on the file that is taken in its place.
func TestFilesBesideAMissingModule(t *testing.T) {
	const names = "kind = \"wasm\"\n[wasm]\nmodule = \"lint.wasm\"\n"
	appear := func(s *scanning, path string) {
		s.write(path, "no module")
		s.changed([]string{path})
		s.work.Wait()
	}
	t.Run("a name that was likely meant", func(t *testing.T) {
		s := newScanning(t)
		s.write(s.manifest, names)
		s.scan(func() {})
		s.want(manifestcheck.ModuleMissing)
		appear(s, filepath.Join(s.dir, "lnit.wasm"))
		if f := s.Snapshot().factsAt(s.manifest); strings.Join(f.Beside, " ") != "lnit.wasm" {
			t.Errorf("beside the module lies %q", f.Beside)
		}
	})
	installed := func(t *testing.T) *scanning {
		s := newScanning(t)
		dir := filepath.Join(s.dir, ".samuel", "plugins", "lint")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		s.manifest, s.module = filepath.Join(dir, ManifestName), filepath.Join(dir, "plugin.wasm")
		s.write(s.manifest, strings.Replace(names, "lint.wasm", "build/lint.wasm", 1))
		return s
	}
	t.Run("installed late", func(t *testing.T) {
		s := installed(t)
		s.scan(func() {})
		s.want(manifestcheck.ModuleMissing)
		appear(s, s.module)
		s.want(manifestcheck.ModuleUnreadable)
	})
	t.Run("installed, and then built", func(t *testing.T) {
		s := installed(t)
		s.write(s.module, "no module")
		s.scan(func() {})
		s.want(manifestcheck.ModuleUnreadable)
		built := filepath.Join(filepath.Dir(s.manifest), "build", "lint.wasm")
		if err := os.Mkdir(filepath.Dir(built), 0o755); err != nil {
			t.Fatal(err)
		}
		appear(s, built)
		if f := s.Snapshot().factsAt(s.manifest); f.Path != built {
			t.Errorf("the module is %s, want %s", f.Path, built)
		}
	})
}
