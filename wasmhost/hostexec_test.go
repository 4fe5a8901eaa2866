//go:build unix

package wasmhost

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

var mayExec = driverOptions{caps: call.Capabilities{Exec: true}, grants: everything}

func TestExec(t *testing.T) {
	d := newDriver(t, mayExec)
	script := d.file("tool.sh", "#!/bin/sh\necho \"args: $#: $1|$2\"\necho problem >&2\nexit 3\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, command string
		want          int32
		log           string
	}{
		{"exit code 0", "true", 0, ""},
		{"exit code 1", "false", 1, ""},
		{"words and quotes", `./tool.sh "a b" 'c;d'`, 3, "args: 2: a b|c;d"},
		{"standard error", "./tool.sh", 3, "info stderr problem"},
		{"no shell", "echo $HOME; false", 0, "$HOME; false"},
		{"killed by a signal", `sh -c "kill -9 $$"`, 128 + 9, ""},
		{"exit code above 255 is cut", `sh -c "exit 255"`, 255, ""},
		{"not found", "no-such-command-here", execNotStarted, "no-such-command-here"},
		{"empty", "  ", execNotStarted, "empty"},
		{"open quote", `echo "a`, execNotStarted, "words"},
		{"standard input is empty", "cat", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := d.code("exec", c.command); got != c.want {
				t.Errorf("got %d, want %d\n%s", got, c.want, d.log.text())
			}
			if !strings.Contains(d.log.text(), c.log) {
				t.Errorf("log lacks %q:\n%s", c.log, d.log.text())
			}
		})
	}
}

func TestExecFolderAndEnvironment(t *testing.T) {
	t.Setenv("SAMUEL_SECRET", "secret")
	o := mayExec
	o.env = []string{"ALLOWED=yes"}
	d := newDriver(t, o)
	if got := d.code("exec", "/usr/bin/env"); got != 0 {
		t.Fatalf("got %d\n%s", got, d.log.text())
	}
	d.code("exec", "/bin/pwd")
	var lines []string
	for _, l := range d.log.lines {
		lines = append(lines, l.Text)
	}
	root, err := filepath.EvalSymlinks(d.project)
	if err != nil {
		t.Fatal(err)
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "PWD=") })
	if want := []string{"ALLOWED=yes", root}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}

func TestExecPolicy(t *testing.T) {
	d := newDriver(t, mayExec)
	d.state.ExecOK = func(cmd string) bool { return cmd == "true" }
	if got := d.code("exec", "true"); got != 0 {
		t.Errorf("allowed: %d", got)
	}
	if got := d.code("exec", "false"); got != execPolicy {
		t.Errorf("refused: %d", got)
	}
}

// TestExecEndsWithItsFamily starts commands that leave something running, and waits until that is
// gone: the pipe it holds is closed.
func TestExecEndsWithItsFamily(t *testing.T) {
	for _, c := range []struct {
		name, command string
		soft          time.Duration
		want          int32
	}{
		{"timed out", "sh -c 'sleep 1000 & sleep 1000 > held'", 300 * time.Millisecond, execTimedOut},
		{"daemon left behind", "sh -c 'sleep 1000 > held & exit 7'", time.Minute, 7},
		{"daemon that keeps the output", "sh -c 'sleep 1000 2> held & exit 7'", time.Minute, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := mayExec
			o.caps.SoftTimeout = c.soft
			d := newDriver(t, o)
			held := filepath.Join(d.project, "held")
			if err := syscall.Mkfifo(held, 0o600); err != nil {
				t.Fatal(err)
			}
			fd, err := syscall.Open(held, syscall.O_RDONLY|syscall.O_NONBLOCK, 0)
			if err != nil {
				t.Fatal(err)
			}
			pipe := os.NewFile(uintptr(fd), held)
			defer pipe.Close()
			if err := pipe.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if got := d.code("exec", c.command); got != c.want {
				t.Errorf("got %d, want %d\n%s", got, c.want, d.log.text())
			}
			if n, err := pipe.Read(make([]byte, 1)); n != 0 || err == nil || os.IsTimeout(err) {
				t.Errorf("something still holds the pipe: %d, %v", n, err)
			}
		})
	}
}

func TestExecOutputIsBounded(t *testing.T) {
	d := newDriver(t, mayExec)
	d.file("lines", strings.Repeat("line\n", 100_000))
	if got := d.code("exec", "cat lines"); got != 0 {
		t.Fatalf("got %d", got)
	}
	d.state.run.out.flush()
	if n := len(d.log.lines); n > logBurst+100 {
		t.Errorf("%d lines were kept", n)
	}
	dropped := 0
	for _, l := range d.log.lines {
		var n int
		if _, err := fmt.Sscanf(l.Text, "%d lines dropped", &n); err == nil {
			dropped += n
		}
	}
	if dropped+len(d.log.lines) < 100_000 {
		t.Errorf("%d lines were kept and %d dropped of 100,000", len(d.log.lines), dropped)
	}
}
