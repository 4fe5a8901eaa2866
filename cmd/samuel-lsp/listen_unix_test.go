//go:build linux || darwin

package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

// socketDir is a short folder, as a socket's path must be short.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestListenUnix(t *testing.T) {
	path := filepath.Join(socketDir(t), "own", "editor.sock")
	l := listening(t, listenFlags{address: "unix:" + path})
	if _, answer := initialize(t, l, ""); !strings.Contains(answer, `"capabilities"`) {
		t.Errorf("answered %s", answer)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, want %v (%v)", name, info.Mode().Perm(), want, err)
		}
	}
	if _, err := listen(listenFlags{address: "unix:" + path}, nil); err == nil || !strings.Contains(err.Error(), "another server listens") {
		t.Errorf("a second server: %v", err)
	}
	l.close()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left behind: %v", err)
	}
}

func TestListenUnixAfterADeadServer(t *testing.T) {
	path := filepath.Join(socketDir(t), "editor.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	if _, answer := initialize(t, listening(t, listenFlags{address: "unix:" + path}), ""); answer == "closed" {
		t.Error("the stale socket is in the way")
	}
}

// A server that ends leaves the socket of one that took its place alone.
func TestListenUnixLeavesAnothersSocket(t *testing.T) {
	path := filepath.Join(socketDir(t), "editor.sock")
	first := listening(t, listenFlags{address: "unix:" + path})
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	second := listening(t, listenFlags{address: "unix:" + path})
	first.close()
	if _, answer := initialize(t, second, ""); !strings.Contains(answer, `"capabilities"`) {
		t.Errorf("answered %s", answer)
	}
}

func TestListenUnixPathLength(t *testing.T) {
	dir := filepath.Join(socketDir(t), "own")
	for _, tc := range []struct {
		length int
		want   string
	}{
		{maxSocketPath, ""},
		{maxSocketPath + 1, fmt.Sprintf("has %d bytes, and this system takes at most %d; use a shorter one", maxSocketPath+1, maxSocketPath)},
	} {
		path := dir + "/" + strings.Repeat("s", tc.length-len(dir)-1)
		l, err := listen(listenFlags{address: "unix:" + path}, nil)
		if err == nil {
			l.close()
		}
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%d bytes: %v, want %q", tc.length, err, tc.want)
		}
	}
}

func TestListenUnixRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		lay  func(t *testing.T, path string)
		want string
	}{
		{"a file in its place", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is no socket; it is left alone"},
		{"a folder that others can enter", func(t *testing.T, path string) {
			if err := os.Chmod(filepath.Dir(path), 0o711); err != nil {
				t.Fatal(err)
			}
		}, "is open to others"},
		{"a token file", nil, "--token-file is for TCP"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(socketDir(t), "editor.sock")
			flags := listenFlags{address: "unix:" + path}
			if tc.lay != nil {
				tc.lay(t, path)
			} else {
				flags.tokenFile = path + ".token"
			}
			if _, err := listen(flags, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

// A socket of this user's that somebody else came to all the same.
func TestListenUnixServesItsUserAlone(t *testing.T) {
	l, err := listen(listenFlags{address: "unix:" + filepath.Join(socketDir(t), "editor.sock")}, func() lsp.Options { return lsp.Options{} })
	if err != nil {
		t.Fatal(err)
	}
	l.trusted = fromUser(os.Getuid() + 1) // so that this process is another user's
	serveUntilTheEnd(t, l)
	if _, answer := initialize(t, l, ""); answer != "closed" {
		t.Errorf("another user is answered %s", answer)
	}
}

func TestPeerIsKnown(t *testing.T) {
	path := filepath.Join(socketDir(t), "pair.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := fromUser(os.Getuid())(conn); err != nil {
		t.Errorf("this process is not its own user's: %v", err)
	}
	if fromUser(os.Getuid()+1)(conn) == nil {
		t.Error("this process is taken for another user's")
	}
	tcp, other := net.Pipe()
	defer tcp.Close()
	defer other.Close()
	if fromUser(os.Getuid())(tcp) == nil {
		t.Error("a connection whose peer is not known is this user's")
	}
}
