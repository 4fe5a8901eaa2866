package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bad is a module whose hook fails, and what the run says.
const bad, badResult = "return-nonzero", "failed"

// dates are those that a wrong clock gives to files: that of a machine which forgot the time, that of one
// which was set years ahead and back, and both by turns.
var dates = []struct {
	name string
	of   func(i int) time.Time
}{
	{"1970", func(int) time.Time { return time.Unix(0, 0) }},
	{"years ahead", func(int) time.Time { return yearsAhead() }},
	{"some in 1970, some years ahead", func(i int) time.Time {
		if i%2 == 0 {
			return time.Unix(1, 0)
		}
		return yearsAhead()
	}},
}

func yearsAhead() time.Time { return time.Now().AddDate(15, 0, 0) }

// redate gives new dates to a folder and all that is below it.
func (p *place) redate(dir string, date func(i int) time.Time) {
	p.t.Helper()
	i := 0
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i++
		return os.Chtimes(path, date(i), date(i))
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// rebuild builds another module under a date, and says that it changed.
func (p *place) rebuild(c *client, module string, date time.Time) {
	p.t.Helper()
	p.build(module)
	if err := os.Chtimes(p.path("plugin.wasm"), date, date); err != nil {
		p.t.Fatal(err)
	}
	p.changed(c, "plugin.wasm")
}

// changed tells a server that a file of the workspace was written.
func (p *place) changed(c *client, name string) {
	c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(p.path(name)), "type": 2}}})
}

// kept are the files below a folder of the home.
func (p *place) kept(dir string) map[string]fs.FileInfo {
	p.t.Helper()
	files := map[string]fs.FileInfo{}
	err := filepath.WalkDir(filepath.Join(p.home, dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".stage-") {
			return fs.SkipDir // half an entry, of a child that was ended with its server
		}
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = d.Info()
		return err
	})
	if err != nil || len(files) == 0 {
		p.t.Fatalf("%d files in %s: %v", len(files), dir, err)
	}
	return files
}

// wantKept checks that files are still there, and that nobody wrote them anew.
func (p *place) wantKept(files map[string]fs.FileInfo) {
	p.t.Helper()
	for path, was := range files {
		if is, err := os.Stat(path); err != nil || !os.SameFile(was, is) {
			p.t.Errorf("%s was replaced or removed: %v", filepath.Base(path), err)
		}
	}
}

// wantIdle waits until the server and its children have done nothing for a while.
func (p *place) wantIdle(c *client) {
	p.t.Helper()
	last, still := -1, 0
	p.until("the server to come to rest", func() bool {
		used := ticks(c.cmd.Process.Pid)
		for _, k := range descendants(c.cmd.Process.Pid) {
			used += ticks(k.pid)
		}
		if still++; used != last {
			last, still = used, 0
		}
		return still == 40
	})
}

// TestDatesOfAWrongClock changes the date of everything that a server left, and that it reads.
func TestDatesOfAWrongClock(t *testing.T) {
	for _, tc := range dates {
		t.Run(tc.name, func(t *testing.T) {
			p := newPlace(t, good)
			p.write("samuel-plugin.toml", strings.Replace(manifest, "read =", "write = [\"/workspace/out/**\"]\nread =", 1))
			p.write("samuel.lock", "[[plugin]]\nname = \"tidy\"\ngrants = [\"write /workspace/out/**\"]\n")
			c := p.start()
			if _, err := c.call("workspace/executeCommand", map[string]any{"command": "samuel.grantCapabilities", "arguments": []any{map[string]string{"uri": p.uri}}}); err != nil {
				t.Fatal(err)
			}
			p.wantRun(c, goodResult)
			p.end(c)
			left := p.kept(".samuel")
			decisions := p.kept("config")

			p.redate(p.home, tc.of)
			p.redate(p.root, tc.of)
			c = p.start()
			p.wantRun(c, goodResult)
			p.redate(p.root, tc.of) // while it runs, and again below, the other way round
			for _, name := range []string{"plugin.wasm", "samuel-plugin.toml", "samuel.lock"} {
				p.changed(c, name)
			}
			p.wantRun(c, goodResult)
			p.rebuild(c, bad, time.Unix(0, 0)) // older than the one before, or as old
			p.wantRun(c, badResult)
			p.rebuild(c, good, yearsAhead())
			p.wantRun(c, goodResult)
			p.rebuild(c, bad, yearsAhead().AddDate(-30, 0, 0))
			p.wantRun(c, badResult)
			p.wantIdle(c)
			p.end(c)
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.questions > 0 {
				t.Errorf("%d questions were asked that had been answered", c.questions)
			}
			p.wantKept(left)
			p.wantKept(decisions)
		})
	}
}

// TestFindingsFollowOlderModules has builds that are each older than the one before.
func TestFindingsFollowOlderModules(t *testing.T) {
	p := newPlace(t, good)
	c := p.start()
	date := yearsAhead()
	for range 3 {
		for _, tc := range []struct {
			module string
			finds  bool
		}{{"export-missing", true}, {good, false}} {
			date = date.AddDate(-10, 0, 0)
			p.rebuild(c, tc.module, date)
			err := c.await("the findings of "+tc.module, func() bool {
				return strings.Contains(string(c.published[p.uri]), "export/missing") == tc.finds
			})
			if err != nil {
				t.Fatal(err, string(c.published[p.uri]))
			}
		}
	}
	p.wantIdle(c)
	p.end(c)
}

// TestEntriesOfTheFutureMakeRoom fills the cache by a clock that was years ahead.
func TestEntriesOfTheFutureMakeRoom(t *testing.T) {
	p := newPlace(t, good)
	c := p.start()
	p.wantRun(c, goodResult)
	p.end(c)
	used := p.kept(".samuel")
	var filler string
	for path := range used {
		filler = filepath.Join(filepath.Dir(path), "of-the-future")
	}
	if err := os.WriteFile(filler, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filler, 2<<30); err != nil { // which takes no room on the disk, and twice the budget
		t.Fatal(err)
	}
	if err := os.Chtimes(filler, yearsAhead(), yearsAhead()); err != nil {
		t.Fatal(err)
	}
	c = p.start()
	p.rebuild(c, bad, time.Now())
	p.wantRun(c, badResult)
	p.end(c)
	p.wantKept(used)
	if _, err := os.Stat(filler); err == nil {
		t.Error("what is dated years ahead keeps the room")
	}
}

// TestShiftedClocks starts a server whose monotonic clocks are those of a machine that has been up for
// years, where the system lets us.
func TestShiftedClocks(t *testing.T) {
	shifts := [][]string{nil}
	wrap := []string{"unshare", "--user", "--map-root-user", "--time", "--monotonic", "300000000", "--boottime", "300000000"}
	if exec.Command(wrap[0], append(wrap[1:], "true")...).Run() == nil {
		shifts = append(shifts, wrap)
	}
	p := newPlace(t, good)
	for _, shift := range shifts { // one after the other, on the same home and workspace
		p.wrap = shift
		c := p.start()
		p.wantRun(c, goodResult)
		p.rebuild(c, "loop-in-export", time.Now())
		p.wantRun(c, "timed out")
		p.rebuild(c, good, time.Now())
		p.wantRun(c, goodResult)
		p.wantIdle(c)
		p.end(c)
	}
}
