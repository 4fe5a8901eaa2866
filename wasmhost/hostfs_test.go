package wasmhost

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

func TestFSRead(t *testing.T) {
	d := newDriver(t, driverOptions{caps: call.Capabilities{
		Read: []string{"/workspace/src", "/workspace/**/*.md"}, Write: []string{"/workspace/out"},
	}, grants: everything})
	d.file("src/a.go", "package a")
	d.file("src/empty", "")
	d.file("doc/deep/x.md", "text")
	d.file("secret", "secret")
	d.file("out/o", "written")
	if err := os.Symlink(filepath.Join("..", "secret"), filepath.Join(d.project, "src", "link")); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, path string
		want       string
		ok         bool
		denied     bool
	}{
		{name: "declared folder", path: "/workspace/src/a.go", want: "package a", ok: true},
		{name: "same path without slash", path: "workspace/src/a.go", want: "package a", ok: true},
		{name: "dots inside", path: "/workspace/src/../src/./a.go", want: "package a", ok: true},
		{name: "empty file is not none", path: "/workspace/src/empty", ok: true},
		{name: "glob", path: "/workspace/doc/deep/x.md", want: "text", ok: true},
		{name: "undeclared", path: "/workspace/secret", denied: true},
		{name: "writable is not readable", path: "/workspace/out/o", denied: true},
		{name: "dots out of the declared folder", path: "/workspace/src/../secret", denied: true},
		{name: "dots out of the project", path: "/workspace/src/../../../etc/passwd", denied: true},
		{name: "link out of the declared folder", path: "/workspace/src/link", denied: true},
		{name: "missing", path: "/workspace/src/none"},
		{name: "folder", path: "/workspace/src"},
		{name: "no path", path: ""},
		{name: "nul", path: "/workspace/src/a.go\x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, spelling := range []string{"fs_read", "fs.read"} {
				before := len(d.denials())
				d.state.run.denied = nil // each refusal counts here
				got, ok := d.bytes(spelling, c.path)
				if got != c.want || ok != c.ok {
					t.Errorf("%s: got %q, %v, want %q, %v", spelling, got, ok, c.want, c.ok)
				}
				if denied := len(d.denials()) > before; denied != c.denied {
					t.Errorf("%s: denied is %v, want %v: %+v", spelling, denied, c.denied, d.denials()[before:])
				}
			}
		})
	}
}

func TestFSWrite(t *testing.T) {
	d := newDriver(t, driverOptions{caps: call.Capabilities{
		Read: []string{"/workspace"}, Write: []string{"/workspace/out"},
	}, grants: everything})
	old := d.file("out/old", "before")
	if err := os.Chmod(old, 0o640); err != nil {
		t.Fatal(err)
	}
	d.file("kept", "kept")

	for _, c := range []struct {
		name, fn, path string
		want           int32
	}{
		{"new file", "fs_write", "/workspace/out/new", resultOK},
		{"replaced file", "fs.write", "/workspace/out/old", resultOK},
		{"read only", "fs_write", "/workspace/kept", resultDenied},
		{"dots", "fs_write", "/workspace/out/../kept", resultDenied},
		{"no such folder", "fs_write", "/workspace/out/no/file", resultIO},
		{"a folder", "fs_write", "/workspace/out", resultIO},
		{"trailing slash", "fs_write", "/workspace/out/old/", resultIO},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := d.code(c.fn, c.path, "after"); got != c.want {
				t.Errorf("got %d, want %d\n%s", got, c.want, d.log.text())
			}
		})
	}
	for name, want := range map[string]string{"out/new": "after", "out/old": "after", "kept": "kept"} {
		if got, err := os.ReadFile(filepath.Join(d.project, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v, want %q", name, got, err, want)
		}
	}
	if info, err := os.Stat(old); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("permissions were not kept: %v, %v", info.Mode(), err)
	}
	if got := d.state.run.wrote; !slices.Equal(got, []string{"/workspace/out/new", "/workspace/out/old"}) {
		t.Errorf("wrote %q", got)
	}
	names, err := os.ReadDir(filepath.Join(d.project, "out"))
	if err != nil || len(names) != 2 {
		t.Errorf("temporary files are left: %v, %v", names, err)
	}
}

func TestDeclaredButNotGranted(t *testing.T) {
	d := newDriver(t, driverOptions{caps: call.Capabilities{
		Read: []string{"/workspace", "/etc"}, Write: []string{"/workspace/out"}, Exec: true, Hosts: []string{"example.com"},
	}})
	d.file("a", "a")
	if got, ok := d.bytes("fs_read", "/workspace/a"); !ok || got != "a" {
		t.Error("reading what is declared below the project needs no grant")
	}
	if got := d.code("fs_write", "/workspace/out/x", "x"); got != resultDenied {
		t.Errorf("fs_write: %d", got)
	}
	if _, ok := d.bytes("fs_read", "/etc/passwd"); ok {
		t.Error("reads outside of the project need a grant")
	}
	if got := d.code("exec", "true"); got != execDenied {
		t.Errorf("exec: %d", got)
	}
	if got := d.code("net_outbound", "example.com", ""); got != resultDenied {
		t.Errorf("net_outbound: %d", got)
	}
	want := []call.Denial{
		{Capability: "filesystem.write", Target: "/workspace/out/x", Declared: true},
		{Capability: "filesystem.read", Target: "/etc/passwd", Declared: true},
		{Capability: "exec", Target: "true", Declared: true},
		{Capability: "network.outbound", Target: "example.com", Declared: true},
	}
	if got := d.denials(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if !strings.Contains(d.log.text(), "declared but not granted") {
		t.Errorf("log: %s", d.log.text())
	}
}

func TestSoftTimeoutClosesAllButLog(t *testing.T) {
	d := newDriver(t, driverOptions{
		caps:   call.Capabilities{Read: []string{"/workspace"}, Write: []string{"/workspace"}, Exec: true, SoftTimeout: time.Hour},
		grants: everything,
	})
	d.file("a", "a")
	if got, ok := d.bytes("config_get", keyHookRemaining); !ok || len(got) != len("3599999") {
		t.Errorf("remaining is %q, %v", got, ok)
	}
	d.state.run.deadline = time.Now().Add(-time.Second)
	if _, ok := d.bytes("fs_read", "/workspace/a"); ok {
		t.Error("fs_read works")
	}
	if _, ok := d.bytes("config_get", keyHookRemaining); ok {
		t.Error("config_get works")
	}
	for name, want := range map[string]int32{"fs_write": resultIO, "net_outbound": resultIO, "callback": 1} {
		if got := d.code(name, "/workspace/a", "{}"); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
	if got := d.code("exec", "true"); got != execTimedOut {
		t.Errorf("exec: %d", got)
	}
	if _, err := d.call("log", "info", "still here"); err != nil || !strings.Contains(d.log.text(), "still here") {
		t.Errorf("log does not work: %v", err)
	}
}
