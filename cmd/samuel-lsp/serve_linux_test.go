package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// hosts are the plugin hosts among the descendants of a process.
func hosts(t *testing.T, of int) []int {
	t.Helper()
	parents := make(map[int]int)
	var found []int
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", e.Name(), "stat"))
		if err != nil {
			continue // gone meanwhile
		}
		// The name, in parentheses, may hold anything; state and parent follow it.
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if fields[0] == "Z" {
			continue
		}
		if parents[pid], err = strconv.Atoi(fields[1]); err != nil {
			t.Fatal(err)
		}
		args, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if words := strings.Split(string(args), "\x00"); len(words) > 1 && words[1] == "host" {
			found = append(found, pid)
		}
	}
	var own []int
	for _, pid := range found {
		for p := pid; p > 1; p = parents[p] {
			if parents[p] == of {
				own = append(own, pid)
				break
			}
		}
	}
	return own
}

// working says whether a process has a folder as its working directory, or one below it.
func working(dir string) bool {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, l := range links {
		if cwd, err := os.Readlink(l); err == nil && strings.HasPrefix(cwd, dir) {
			return true
		}
	}
	return false
}

// eventually asks until something holds: of what other processes do there are no events.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(lsptest.Patience)
	defer limit.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-again.C:
		case <-limit.C:
			t.Fatalf("waited for %s, and it did not come", what)
		}
	}
}

// A child that is killed under a run is that run's result, and no more.
func TestServeAKilledChild(t *testing.T) {
	s := servingOne(t, misbehaving("dies", ""), module(t, "flood-log"))
	s.awaitTitle(plugin, "health ok")
	s.Save(plugin)
	s.awaitTitle(plugin, "running")
	eventually(t, "the plugin's first words", func() bool { return strings.Count(s.log(plugin, "run"), "\n") > 1 })
	for _, pid := range hosts(t, s.server.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // a spare that just ended is as good
	}
	s.awaitTitle(plugin, "crashed")
	if got := s.awaitCode(plugin, "run/failed"); !strings.Contains(got, "crashed") {
		t.Errorf("the finding is %q", got)
	}
	s.Write("p/plugin.wasm", module(t, "result-ok"))
	s.Save(plugin)
	s.awaitTitle(plugin, "ok · ")
}

// However the server ends, nothing that it started is left.
func TestServeLeavesNoProcess(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(s *served)
	}{
		{"in good order", func(s *served) { s.Close() }},
		{"the client vanishes", func(s *served) { s.Vanish() }},
		{"terminated", func(s *served) { s.signal(syscall.SIGTERM) }},
		{"killed", func(s *served) { s.signal(syscall.SIGKILL) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := servingOne(t, misbehaving("stays", ""), module(t, "loop-in-export"))
			s.Save(plugin)
			s.awaitTitle(plugin, "running")
			var children []int
			eventually(t, "a child", func() bool { children = hosts(t, s.server.Pid); return len(children) > 0 })
			tt.end(s)
			eventually(t, "the end of the children", func() bool {
				for _, pid := range children {
					if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
						return false
					}
				}
				return true
			})
		})
	}
}

// signal ends the server by a signal.
func (s *served) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.server.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	s.Ended()
}

// A process that a plugin sets loose is gone when its run is over.
func TestServeADaemon(t *testing.T) {
	s := servingOne(t, misbehaving("daemon", "[capabilities]\nexec = true\nenv = [\"PATH\"]\n"), module(t, "exec-daemon"))
	s.Save(plugin)
	s.awaitTitle(plugin, "ok · ")
	eventually(t, "the end of the daemon", func() bool { return !working(s.Dir) })
}
