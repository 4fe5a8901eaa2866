package sandboxfs

import (
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/tetratelabs/wazero/experimental/sys"
)

// lists is a policy of what may be read and what may be written.
type lists struct{ reads, writes pattern.Set }

func (l lists) May(guest string, write bool) bool {
	if write {
		return l.writes.Match(guest)
	}
	return l.reads.Match(guest)
}

func (l lists) Leads(guest string) bool { return l.reads.Leads(guest) || l.writes.Leads(guest) }

func (l lists) Bases() []string {
	var out []string
	for _, set := range []pattern.Set{l.reads, l.writes} {
		for _, g := range set {
			for _, p := range g.Prefixes() {
				if p != ProjectRoot && !strings.HasPrefix(p, ProjectRoot+"/") {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// world is a file system over a project, and a folder beside it that is out of reach.
type world struct {
	*FS
	t       *testing.T
	parent  string
	project string
	denied  []string
	wrote   []string
}

func newWorld(t *testing.T, reads, writes []string) *world {
	t.Helper()
	w := &world{t: t, parent: t.TempDir()}
	w.project = filepath.Join(w.parent, "project")
	for name, text := range map[string]string{
		"outside/secret":        "secret",
		"project/README.md":     "readme",
		"project/src/a.go":      "package a",
		"project/src/deep/b.go": "package b",
		"project/src/notes.txt": "notes",
		"project/out/old":       "old",
		"project/private/key":   "key",
	} {
		w.host(name, text)
	}
	w.FS = New(Config{
		Project: w.project,
		Policy:  lists{pattern.CompileSet(reads), pattern.CompileSet(writes)},
		Denied: func(guest string, write bool) {
			if write {
				guest = "write " + guest
			}
			w.denied = append(w.denied, guest)
		},
		Wrote: func(guest string) {
			if !slices.Contains(w.wrote, guest) {
				w.wrote = append(w.wrote, guest)
			}
		},
	})
	t.Cleanup(w.Close)
	return w
}

func (w *world) host(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.parent, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) link(target, name string) {
	w.t.Helper()
	if err := os.Symlink(target, filepath.Join(w.parent, filepath.FromSlash(name))); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) content(name string) string {
	w.t.Helper()
	body, err := os.ReadFile(filepath.Join(w.parent, filepath.FromSlash(name)))
	if err != nil {
		return err.Error()
	}
	return string(body)
}

// read opens and reads a file as a guest does.
func (w *world) read(name string) (string, sys.Errno) {
	f, en := w.OpenFile(name, sys.O_RDONLY, 0)
	if en != 0 {
		return "", en
	}
	defer f.Close()
	buf := make([]byte, 100)
	n, en := f.Read(buf)
	return string(buf[:n]), en
}

// list opens and lists a folder as a guest does.
func (w *world) list(name string) ([]string, sys.Errno) {
	f, en := w.OpenFile(name, sys.O_RDONLY|sys.O_DIRECTORY, 0)
	if en != 0 {
		return nil, en
	}
	defer f.Close()
	entries, en := f.Readdir(-1)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names, en
}

func TestRead(t *testing.T) {
	w := newWorld(t, []string{"/workspace/src/**/*.go", "/workspace/README.md"}, []string{"/workspace/out"})
	for _, c := range []struct {
		name, path, want string
		en               sys.Errno
	}{
		{"glob", "workspace/src/a.go", "package a", 0},
		{"absolute", "/workspace/src/a.go", "package a", 0},
		{"deeper", "workspace/src/deep/b.go", "package b", 0},
		{"single file", "workspace/README.md", "readme", 0},
		{"dots", "workspace/src/../README.md", "readme", 0},
		{"beside the glob", "workspace/src/notes.txt", "", sys.ENOENT},
		{"undeclared folder", "workspace/private/key", "", sys.ENOENT},
		{"outside", "workspace/../outside/secret", "", sys.ENOENT},
		{"far outside", "../../../../etc/passwd", "", sys.ENOENT},
		{"write only", "workspace/out/old", "", sys.ENOENT},
		{"trailing slash", "workspace/README.md/", "", sys.ENOTDIR},
		{"below a file", "workspace/src/a.go/x", "", sys.ENOTDIR},
		{"missing", "workspace/src/none.go", "", sys.ENOENT},
		{"empty", "", "", sys.EINVAL},
		{"nul", "workspace/README.md\x00", "", sys.EINVAL},
		{"case", "workspace/readme.MD", "", sys.ENOENT},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, en := w.read(c.path); got != c.want || en != c.en {
				t.Errorf("got %q, %v, want %q, %v", got, en, c.want, c.en)
			}
		})
	}
}

func TestOnlyWhatIsDeclaredExists(t *testing.T) {
	w := newWorld(t, []string{"/workspace/src/**/*.go"}, []string{"/workspace/out"})
	for _, c := range []struct {
		path string
		want []string
		en   sys.Errno
	}{
		{".", []string{"workspace"}, 0},
		{"/", []string{"workspace"}, 0},
		{"workspace", []string{"out", "src"}, 0},
		{"workspace/src", []string{"a.go", "deep"}, 0},
		{"workspace/src/deep/", []string{"b.go"}, 0},
		{"workspace/out", []string{"old"}, 0},
		{"workspace/private", nil, sys.ENOENT},
		{"etc", nil, sys.ENOENT},
	} {
		if got, en := w.list(c.path); !slices.Equal(got, c.want) || en != c.en {
			t.Errorf("%s: got %q, %v, want %q, %v", c.path, got, en, c.want, c.en)
		}
		if _, en := w.Stat(c.path); en != c.en {
			t.Errorf("stat %s: %v, want %v", c.path, en, c.en)
		}
	}
	for path, want := range map[string]sys.Errno{
		"workspace/src/a.go": 0, "workspace/src/notes.txt": sys.ENOENT, "workspace/private/key": sys.ENOENT,
		"workspace/src/a.go/": sys.ENOTDIR,
	} {
		if _, en := w.Stat(path); en != want {
			t.Errorf("stat %s: %v, want %v", path, en, want)
		}
		if _, en := w.Lstat(path); en != want {
			t.Errorf("lstat %s: %v, want %v", path, en, want)
		}
	}
}

func TestFoldersAreReadInPieces(t *testing.T) {
	w := newWorld(t, []string{"/workspace/many/*.go"}, nil)
	want := 0
	for i := range 50 {
		w.host(path.Join("project/many", string(rune('a'+i%26))+strings.Repeat("x", i)+".go"), "")
		w.host(path.Join("project/many", string(rune('a'+i%26))+strings.Repeat("x", i)+".txt"), "")
		want++
	}
	f, en := w.OpenFile("workspace/many", sys.O_DIRECTORY, 0)
	if en != 0 {
		t.Fatal(en)
	}
	defer f.Close()
	for range 2 {
		got := 0
		for {
			entries, en := f.Readdir(7)
			if en != 0 {
				t.Fatal(en)
			}
			got += len(entries)
			if len(entries) < 7 {
				break
			}
		}
		if got != want {
			t.Errorf("got %d entries, want %d", got, want)
		}
		if _, en := f.Seek(0, 0); en != 0 {
			t.Fatal(en)
		}
	}
}

func TestOtherFolders(t *testing.T) {
	data := t.TempDir()
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	if runtime.GOOS == "windows" {
		data = filepath.ToSlash(strings.TrimPrefix(data, filepath.VolumeName(data)))
	}
	for _, name := range []string{"a.txt", "b.log"} {
		if err := os.WriteFile(filepath.Join(data, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/", filepath.Join(data, "rootlink.txt")); err != nil {
		t.Fatal(err)
	}
	guest := filepath.ToSlash(data)
	for _, c := range []struct{ name, declared string }{
		{"a glob", guest + "/*.txt"}, {"a file", guest + "/a.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, []string{c.declared, "/workspace/src"}, nil)
			if got, en := w.read(guest + "/a.txt"); got != "a.txt" || en != 0 {
				t.Errorf("got %q, %v", got, en)
			}
			if _, en := w.read(guest + "/b.log"); en != sys.ENOENT {
				t.Errorf("undeclared: %v", en)
			}
			if _, en := w.read(guest + "/rootlink.txt/etc/passwd"); en == 0 {
				t.Error("a link leads out")
			}
			if names, en := w.list("/"); en != 0 || !slices.Contains(names, "workspace") || !slices.Contains(names, strings.Split(guest, "/")[1]) || len(names) != 2 {
				t.Errorf("root lists %q, %v", names, en)
			}
			if names, en := w.list(path.Dir(guest)); en != 0 || !slices.Equal(names, []string{path.Base(guest)}) {
				t.Errorf("the parent lists %q, %v", names, en)
			}
			if en := w.Unlink(guest + "/a.txt"); en != sys.EROFS {
				t.Errorf("unlink: %v", en)
			}
		})
	}
}

func TestOpenFilesAreBounded(t *testing.T) {
	w := newWorld(t, []string{"/workspace"}, nil)
	var open []sys.File
	for {
		f, en := w.OpenFile("workspace/README.md", sys.O_RDONLY, 0)
		if en != 0 {
			break
		}
		open = append(open, f)
	}
	if len(open) != maxOpen {
		t.Errorf("%d files are open", len(open))
	}
	open[0].Close()
	open[0].Close()
	if _, en := w.read("workspace/README.md"); en != 0 {
		t.Errorf("after one was closed: %v", en)
	}
	for _, f := range open {
		f.Close()
	}
}

func TestNoProject(t *testing.T) {
	f := New(Config{Policy: lists{reads: pattern.CompileSet([]string{"/workspace"})}, Denied: func(string, bool) {}, Wrote: func(string) {}})
	defer f.Close()
	if _, en := f.OpenFile("workspace/a", sys.O_RDONLY, 0); en != sys.ENOENT {
		t.Errorf("got %v", en)
	}
	if _, en := f.OpenFile(".", sys.O_RDONLY, 0); en != 0 {
		t.Errorf("the root must be there: %v", en)
	}
}

func TestClosed(t *testing.T) {
	w := newWorld(t, []string{"/workspace"}, nil)
	w.Close()
	if _, en := w.read("workspace/README.md"); en != sys.EBADF {
		t.Errorf("got %v", en)
	}
}
