package sandboxfs

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/experimental/sys"

	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// TestReadOnlyIsReadOnly tries every way to change what may only be read, and every way to name it.
func TestReadOnlyIsReadOnly(t *testing.T) {
	open := func(flag sys.Oflag) func(*world, string) sys.Errno {
		return func(w *world, p string) sys.Errno {
			f, en := w.OpenFile(p, flag, 0o666)
			if en == 0 {
				f.Close()
			}
			return en
		}
	}
	ways := map[string]func(*world, string) sys.Errno{
		"write":          open(sys.O_WRONLY),
		"read and write": open(sys.O_RDWR),
		"create":         open(sys.O_RDONLY | sys.O_CREAT),
		"exclusive":      open(sys.O_RDONLY | sys.O_CREAT | sys.O_EXCL),
		"truncate":       open(sys.O_RDONLY | sys.O_TRUNC),
		"append":         open(sys.O_RDONLY | sys.O_APPEND),
		"unlink":         func(w *world, p string) sys.Errno { return w.Unlink(p) },
		"rmdir":          func(w *world, p string) sys.Errno { return w.Rmdir(p) },
		"mkdir":          func(w *world, p string) sys.Errno { return w.Mkdir(p, 0o777) },
		"times":          func(w *world, p string) sys.Errno { return w.Utimens(p, 0, 0) },
		"chmod":          func(w *world, p string) sys.Errno { return w.Chmod(p, 0o777) },
		"rename away":    func(w *world, p string) sys.Errno { return w.Rename(p, "workspace/out/x") },
		"rename over":    func(w *world, p string) sys.Errno { return w.Rename("workspace/out/old", p) },
		"link from":      func(w *world, p string) sys.Errno { return w.Link(p, "workspace/out/x") },
		"link to":        func(w *world, p string) sys.Errno { return w.Link("workspace/out/old", p) },
		"symlink":        func(w *world, p string) sys.Errno { return w.Symlink("../out/old", p) },
		"symlink to it":  func(w *world, p string) sys.Errno { return w.Symlink("../src/a.go", "workspace/out/x") },
		"whole":          func(w *world, p string) sys.Errno { return asErrno(w.WriteFile(p, []byte("x"))) },
		"handle truncate": func(w *world, p string) sys.Errno {
			return handle(w, p, func(f sys.File) sys.Errno { return f.Truncate(0) })
		},
		"handle times": func(w *world, p string) sys.Errno {
			return handle(w, p, func(f sys.File) sys.Errno { return f.Utimens(0, 0) })
		},
		"handle write": func(w *world, p string) sys.Errno {
			return handle(w, p, func(f sys.File) sys.Errno { _, en := f.Write([]byte("x")); return en })
		},
		"handle append": func(w *world, p string) sys.Errno {
			return handle(w, p, func(f sys.File) sys.Errno {
				f.SetAppend(true)
				_, en := f.Pwrite([]byte("x"), 0)
				return en
			})
		},
	}
	names := map[string]string{
		"plain": "workspace/src/a.go", "dots": "workspace/out/../src/a.go", "slash": "workspace/src/a.go/",
		"doubled": "workspace//src///a.go", "through a link": "workspace/out/to-src/a.go", "a link": "workspace/out/to-file",
		"undeclared": "workspace/private/key", "outside": "../outside/secret", "outside by a link": "workspace/out/away/secret",
		"a new name": "workspace/src/new", "the folder": "workspace/src", "the project": "workspace", "the root": "/",
	}
	for way, do := range ways {
		t.Run(way, func(t *testing.T) {
			for kind, name := range names {
				w := newWorld(t, []string{"/workspace/src", "/workspace/out"}, []string{"/workspace/out"})
				w.link("../src", "project/out/to-src")
				w.link("../src/a.go", "project/out/to-file")
				w.link("../../outside", "project/out/away")
				before := w.tree()
				en := do(w, name)
				// A link in a writable folder is the guest's own: to remove or move the link, or to
				// put something in its place, is no way to what it points to.
				if kind == "a link" && (way == "unlink" || way == "rename away" || way == "rename over") {
					if got := w.content("project/src/a.go"); got != "package a" {
						t.Errorf("%s: the file behind holds %q", kind, got)
					}
					continue
				}
				if en == 0 {
					t.Errorf("%s: succeeded", kind)
				}
				if after := w.tree(); after != before {
					t.Errorf("%s: changed\n%s\nto\n%s", kind, before, after)
				}
			}
		})
	}
}

func handle(w *world, name string, do func(sys.File) sys.Errno) sys.Errno {
	f, en := w.OpenFile(name, sys.O_RDONLY, 0)
	if en != 0 {
		return en
	}
	defer f.Close()
	return do(f)
}

func asErrno(err error) sys.Errno {
	if en, ok := err.(sys.Errno); ok {
		return en
	}
	if err != nil {
		return sys.EIO
	}
	return 0
}

// tree describes everything on the host.
func (w *world) tree() string {
	w.t.Helper()
	return wasmtest.Snapshot(w.t, w.parent)
}

func TestSymlinks(t *testing.T) {
	w := newWorld(t, []string{"/workspace/src", "/workspace/out"}, []string{"/workspace/out"})
	abs := filepath.Join(w.parent, "outside")
	w.link("../out/old", "project/src/inside")
	w.link("deep/../../out", "project/src/folder")
	w.link("../private/key", "project/src/undeclared")
	w.link("../../outside/secret", "project/src/escape")
	w.link(abs, "project/src/absolute")
	w.link("loop", "project/src/loop")
	w.link("../out/inside-again", "project/src/chain")
	w.link("old", "project/out/inside-again")
	w.link("nowhere", "project/src/dangling")
	w.link("/", "project/src/rootlink")
	for _, c := range []struct {
		path, want string
		en         sys.Errno
	}{
		{"workspace/src/inside", "old", 0},
		{"workspace/src/folder/old", "old", 0},
		{"workspace/src/chain", "old", 0},
		{"workspace/src/undeclared", "", sys.ENOENT},
		{"workspace/src/escape", "", sys.EACCES},
		{"workspace/src/absolute/secret", "", sys.EACCES},
		{"workspace/src/rootlink/etc/passwd", "", sys.EACCES},
		{"workspace/src/loop", "", sys.ELOOP},
		{"workspace/src/dangling", "", sys.ENOENT},
	} {
		if got, en := w.read(c.path); got != c.want || en != c.en {
			t.Errorf("%s: got %q, %v, want %q, %v", c.path, got, en, c.want, c.en)
		}
	}
	for _, denied := range []string{"/workspace/private/key", "/workspace/src/escape"} {
		if !slices.Contains(w.denied, denied) {
			t.Errorf("%s was not reported: %q", denied, w.denied)
		}
	}
	if _, en := w.OpenFile("workspace/src/inside", sys.O_RDONLY|sys.O_NOFOLLOW, 0); en != sys.ELOOP {
		t.Errorf("not following: %v", en)
	}
	if got, en := w.Readlink("workspace/src/inside"); got != "../out/old" || en != 0 {
		t.Errorf("readlink: %q, %v", got, en)
	}
	if _, en := w.Readlink("workspace/src/a.go"); en != sys.EINVAL {
		t.Errorf("readlink of a file: %v", en)
	}
	if st, en := w.Lstat("workspace/src/escape"); en != 0 || st.Mode&fs.ModeSymlink == 0 {
		t.Errorf("lstat: %v, %v", st.Mode, en)
	}
	// Creating through a dangling link makes the target, if that may be written.
	w.link("made", "project/out/new-link")
	if err := w.WriteFile("workspace/out/new-link", []byte("x")); err != nil || w.content("project/out/made") != "x" {
		t.Errorf("write through a link: %v", err)
	}
}

func TestWrite(t *testing.T) {
	w := newWorld(t, []string{"/workspace"}, []string{"/workspace/out"})
	write := func(name string, flag sys.Oflag, text string) sys.Errno {
		f, en := w.OpenFile(name, flag, 0)
		if en != 0 {
			return en
		}
		defer f.Close()
		_, en = f.Write([]byte(text))
		return en
	}
	for _, c := range []struct {
		name, path string
		flag       sys.Oflag
		want       string
	}{
		{"create", "workspace/out/new", sys.O_CREAT | sys.O_WRONLY, "text"},
		{"append", "workspace/out/new", sys.O_APPEND | sys.O_WRONLY, "texttext"},
		{"overwrite", "workspace/out/new", sys.O_RDWR, "texttext"},
		{"truncate", "workspace/out/new", sys.O_TRUNC | sys.O_RDWR, "text"},
		{"deeper", "workspace/out/../out/deep", sys.O_CREAT | sys.O_RDWR, "text"},
	} {
		if en := write(c.path, c.flag, "text"); en != 0 {
			t.Errorf("%s: %v", c.name, en)
		}
		if got := w.content(path.Join("project", strings.TrimPrefix(path.Clean(c.path), "workspace"))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if en := w.Mkdir("workspace/out/dir/", 0o777); en != 0 {
		t.Errorf("mkdir: %v", en)
	}
	if en := w.Mkdir("workspace/out/dir", 0o777); en != sys.EEXIST {
		t.Errorf("mkdir again: %v", en)
	}
	if en := w.Rename("workspace/out/new", "workspace/out/dir/moved"); en != 0 {
		t.Errorf("rename: %v", en)
	}
	if en := w.Rmdir("workspace/out/dir"); en != sys.ENOTEMPTY {
		t.Errorf("rmdir of a full folder: %v", en)
	}
	if en := w.Unlink("workspace/out/dir"); en != sys.EISDIR {
		t.Errorf("unlink of a folder: %v", en)
	}
	if en := w.Utimens("workspace/out/dir/moved", sys.UTIME_OMIT, 1e9); en != 0 {
		t.Errorf("utimens: %v", en)
	}
	if st, en := w.Stat("workspace/out/dir/moved"); en != 0 || st.Mtim != 1e9 {
		t.Errorf("time is %d, %v", st.Mtim, en)
	}
	if en := w.Unlink("workspace/out/dir/moved"); en != 0 {
		t.Errorf("unlink: %v", en)
	}
	if en := w.Rmdir("workspace/out/dir"); en != 0 {
		t.Errorf("rmdir: %v", en)
	}
	want := []string{"/workspace/out/new", "/workspace/out/deep", "/workspace/out/dir", "/workspace/out/dir/moved"}
	if !slices.Equal(w.wrote, want) {
		t.Errorf("wrote %q, want %q", w.wrote, want)
	}
	if len(w.denied) != 0 {
		t.Errorf("denied %q", w.denied)
	}
}

func TestRenameDoesNotReveal(t *testing.T) {
	w := newWorld(t, []string{"/workspace/out/public/**"}, []string{"/workspace/out"})
	w.host("project/out/hidden/key", "key")
	w.host("project/out/public/x", "x")
	if en := w.Rename("workspace/out/hidden/key", "workspace/out/public/key"); en != sys.EACCES {
		t.Errorf("a file: %v", en)
	}
	if en := w.Rename("workspace/out/hidden", "workspace/out/public/hidden"); en != sys.EACCES {
		t.Errorf("a folder: %v", en)
	}
	if _, en := w.read("workspace/out/public/key"); en != sys.ENOENT {
		t.Errorf("it can be read: %v", en)
	}
	if en := w.Rename("workspace/out/public/x", "workspace/out/y"); en != 0 {
		t.Errorf("hiding is allowed: %v", en)
	}
}

func TestWriteOnlyIsNotRead(t *testing.T) {
	w := newWorld(t, nil, []string{"/workspace/out"})
	f, en := w.OpenFile("workspace/out/old", sys.O_RDWR, 0)
	if en != 0 {
		t.Fatal(en)
	}
	defer f.Close()
	if n, en := f.Read(make([]byte, 3)); n != 0 || en != sys.EBADF {
		t.Errorf("read %d bytes, %v", n, en)
	}
	if n, en := f.Pread(make([]byte, 3), 0); n != 0 || en != sys.EBADF {
		t.Errorf("read %d bytes, %v", n, en)
	}
	if _, en := f.Write([]byte("x")); en != 0 {
		t.Errorf("write: %v", en)
	}
}
