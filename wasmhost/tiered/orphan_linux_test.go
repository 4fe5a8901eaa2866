package tiered_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// TestNothingOutlivesTheParent kills a parent that cannot clean up, while its child runs a guest
// that never listens.
func TestNothingOutlivesTheParent(t *testing.T) {
	for _, name := range []string{"loop-in-export", "bulk-fill-stall", "recursion-without-loop", "compile-nested-blocks"} {
		t.Run(name, func(t *testing.T) {
			var module []byte
			for _, c := range wasmtest.Catalogue(t) {
				if c.Name == name {
					module = c.Module
				}
			}
			cmd := exec.Command(os.Args[0], parentArg, install(t, module), t.TempDir())
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			children := working(t, cmd.Process.Pid)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // killed
			for _, fd := range children {
				awaitEnd(t, fd)
			}
		})
	}
}

// working waits until a process's child uses the processor, and returns handles on all of its
// children.
func working(t *testing.T, parent int) (pidfds []int) {
	t.Helper()
	for {
		busy := false
		var pids []int
		for _, p := range processes(t) {
			if p.parent == parent {
				pids = append(pids, p.pid)
				busy = busy || p.ticks >= 5
			}
		}
		if busy {
			for _, pid := range pids {
				fd, err := unix.PidfdOpen(pid, 0)
				if err != nil {
					t.Fatal(err)
				}
				pidfds = append(pidfds, fd)
			}
			return pidfds
		}
		pause(t)
	}
}

// awaitEnd waits until the process of a handle is gone.
func awaitEnd(t *testing.T, pidfd int) {
	t.Helper()
	defer unix.Close(pidfd)
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 10_000)
	if err != nil || n != 1 {
		t.Fatalf("a child lives on: %d %v", n, err)
	}
}

// pause lets other processes go on; it ends the test when that has lasted too long.
func pause(t *testing.T) {
	t.Helper()
	select {
	case <-t.Context().Done():
		t.Fatal("it never happened")
	case <-time.After(5 * time.Millisecond):
	}
}

type process struct {
	pid, parent int
	state       string
	ticks       int // of processor time
	name        string
}

// processes lists what runs on this machine.
func processes(t *testing.T) (all []process) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		head, rest, _ := strings.Cut(string(b), "(")
		name, rest, _ := cutLast(rest, ")")
		f := strings.Fields(rest)
		num := func(s string) int { n, _ := strconv.Atoi(strings.TrimSpace(s)); return n }
		all = append(all, process{pid: num(head), name: name, state: f[0], parent: num(f[1]), ticks: num(f[11]) + num(f[12])})
	}
	return all
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
