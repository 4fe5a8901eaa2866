package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func openTestFolder(t *testing.T, root string, budget int64) *Folder {
	t.Helper()
	f, err := OpenFolder(root, "v1", budget)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// put stores an entry of the given content under the key.
func put(t *testing.T, f *Folder, key, content string) {
	t.Helper()
	stage, err := f.Stage()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(stage)
	staged := filepath.Join(stage, "entry-"+key)
	if err := os.WriteFile(staged, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Store(key, staged); err != nil {
		t.Fatal(err)
	}
}

// age sets how long ago an entry was used.
func age(t *testing.T, f *Folder, key string, ago time.Duration) {
	t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(f.Dir(), "entry-"+key), at, at); err != nil {
		t.Fatal(err)
	}
}

func TestFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "a", "b")
	f := openTestFolder(t, root, 0)
	if f.Has("x") {
		t.Error("an empty folder has x")
	}
	put(t, f, "x", "content")
	if !f.Has("x") || f.Has("y") {
		t.Error("want x alone")
	}
	if !openTestFolder(t, root, 0).Has("x") {
		t.Error("another process does not see x")
	}
	u, err := f.Usage()
	if err != nil || u.Entries != 1 || u.Bytes <= int64(len("content")) {
		t.Errorf("usage %+v, %v", u, err)
	}
	f.Drop("x")
	f.Drop("x")
	if u, err := f.Usage(); err != nil || u != (FolderUsage{}) {
		t.Errorf("usage %+v, %v", u, err)
	}
}

func TestDamagedEntriesAreDropped(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(entry, note string) error
	}{
		{"truncated", func(entry, _ string) error { return os.Truncate(entry, 3) }},
		{"emptied", func(entry, _ string) error { return os.Truncate(entry, 0) }},
		{"a bit flipped", func(entry, _ string) error {
			body, err := os.ReadFile(entry)
			if err != nil {
				return err
			}
			body[2] ^= 4
			return os.WriteFile(entry, body, 0o600)
		}},
		{"longer", func(entry, _ string) error { return os.WriteFile(entry, []byte("contentx"), 0o600) }},
		{"removed", func(entry, _ string) error { return os.Remove(entry) }},
		{"note emptied", func(_, note string) error { return os.Truncate(note, 0) }},
		{"note of another kind", func(_, note string) error { return os.WriteFile(note, []byte("samuel-cache 9\nentry-x 7 0\n"), 0o600) }},
		{"note that points elsewhere", func(_, note string) error {
			return os.WriteFile(note, []byte("samuel-cache 1\n../../../etc/passwd 7 0\n"), 0o600)
		}},
		{"note removed", func(_, note string) error { return os.Remove(note) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := openTestFolder(t, t.TempDir(), 0)
			put(t, f, "x", "content")
			put(t, f, "y", "other")
			if err := c.damage(filepath.Join(f.Dir(), "entry-x"), filepath.Join(f.Dir(), "x.sum")); err != nil {
				t.Fatal(err)
			}
			if f.Has("x") {
				t.Error("it was taken for sound")
			}
			if !f.Has("y") {
				t.Error("another entry is gone")
			}
			put(t, f, "x", "again")
			if !f.Has("x") {
				t.Error("it cannot be stored again")
			}
		})
	}
}

func TestEvictionIsOldestFirstAndKeepsToItsFolder(t *testing.T) {
	root := t.TempDir()
	foreign := filepath.Join(root, "v0")
	if err := os.Mkdir(foreign, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(foreign, "entry"), filepath.Join(root, "file")} {
		if err := os.WriteFile(path, make([]byte, 10_000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := openTestFolder(t, root, 4000)
	for i, key := range []string{"a", "b", "c"} {
		put(t, f, key, strings.Repeat(key, 1000))
		age(t, f, key, time.Duration(10-i)*time.Hour)
	}
	f.Has("a") // used just now
	put(t, f, "d", strings.Repeat("d", 1000))
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "d": true} {
		if f.Has(key) != want {
			t.Errorf("%s: want %v", key, want)
		}
	}
	if _, err := os.Stat(filepath.Join(f.Dir(), "b.sum")); err == nil {
		t.Error("the note of b is left")
	}
	put(t, f, "huge", strings.Repeat("h", 9000))
	if !f.Has("huge") {
		t.Error("what was just stored is gone")
	}
	if u, err := f.Usage(); err != nil || u.Entries != 1 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if before, err := f.Clear(); err != nil || before.Entries != 1 {
		t.Errorf("clear: %+v, %v", before, err)
	}
	for _, path := range []string{filepath.Join(foreign, "entry"), filepath.Join(root, "file")} {
		if info, err := os.Stat(path); err != nil || info.Size() != 10_000 {
			t.Errorf("%s was touched: %v", path, err)
		}
	}
}

// TestClockWasSetBack has entries of a future that a wrong clock told of. What is used stays all the same.
func TestClockWasSetBack(t *testing.T) {
	const years = 10 * 365 * 24 * time.Hour
	f := openTestFolder(t, t.TempDir(), 4000)
	for _, key := range []string{"a", "b", "c"} {
		put(t, f, key, strings.Repeat(key, 1000))
		age(t, f, key, -years)
	}
	f.Has("a") // used just now
	put(t, f, "d", strings.Repeat("d", 1000))
	put(t, f, "e", strings.Repeat("e", 1000))
	for key, want := range map[string]bool{"a": true, "b": false, "c": false, "d": true, "e": true} {
		if f.Has(key) != want {
			t.Errorf("%s: want %v", key, want)
		}
	}
	age(t, f, "a", -ahead/2) // the disk's clock is a little ahead
	age(t, f, "d", 4*years)  // a machine without a clock started in 1970
	put(t, f, "g", strings.Repeat("g", 1000))
	for key, want := range map[string]bool{"a": true, "d": false, "e": true, "g": true} {
		if f.Has(key) != want {
			t.Errorf("%s: want %v", key, want)
		}
	}
}

func TestUntrustworthyFoldersAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // permissions are not in the mode there
	}
	for _, c := range []struct {
		name string
		make func(root string) error
	}{
		{"root that others may write", func(root string) error { return os.Chmod(root, 0o777) }},
		{"root that the group may write", func(root string) error { return os.Chmod(root, 0o770) }},
		{"folder that others may write", func(root string) error {
			if err := os.Mkdir(filepath.Join(root, "v1"), 0o700); err != nil {
				return err
			}
			return os.Chmod(filepath.Join(root, "v1"), 0o702)
		}},
		{"folder that is a link", func(root string) error { return os.Symlink(os.TempDir(), filepath.Join(root, "v1")) }},
		{"folder that is a file", func(root string) error { return os.WriteFile(filepath.Join(root, "v1"), nil, 0o600) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			if err := c.make(root); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenFolder(root, "v1", 0); err == nil {
				t.Error("it was accepted")
			}
		})
	}
	f := openTestFolder(t, filepath.Join(t.TempDir(), "new"), 0)
	for _, dir := range []string{f.Dir(), filepath.Dir(f.Dir())} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", dir, info.Mode(), err)
		}
	}
	if _, err := OpenFolder(t.TempDir(), "../other", 0); err == nil {
		t.Error("a folder elsewhere was accepted")
	}
}

func TestAbandonedStagesAreRemoved(t *testing.T) {
	root := t.TempDir()
	f := openTestFolder(t, root, 0)
	var left []string
	for _, age := range []time.Duration{2 * abandoned, 1000 * abandoned, -2 * ahead, -100_000 * ahead} { // some by a clock that was wrong
		old, err := f.Stage()
		if err != nil {
			t.Fatal(err)
		}
		made := time.Now().Add(-age)
		if err := os.Chtimes(old, made, made); err != nil {
			t.Fatal(err)
		}
		left = append(left, old)
	}
	fresh, err := f.Stage()
	if err != nil {
		t.Fatal(err)
	}
	openTestFolder(t, root, 0)
	for _, old := range left {
		if _, err := os.Stat(old); err == nil {
			t.Errorf("%s is left", old)
		}
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Error("a stage in use is gone")
	}
}

// TestManyProcesses has several folders over one directory store, check, drop and evict at once.
func TestManyProcesses(t *testing.T) {
	root := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		f := openTestFolder(t, root, 5000)
		wg.Go(func() {
			for i := range 50 {
				key := fmt.Sprint(i % 9)
				put(t, f, key, strings.Repeat(key, 1000))
				f.Has(fmt.Sprint((i + 3) % 9))
				if i%7 == 0 {
					f.Drop(key)
				}
			}
		})
	}
	wg.Wait()
	f := openTestFolder(t, root, 5000)
	put(t, f, "last", "last")
	for i := range 9 {
		key := fmt.Sprint(i)
		if !f.Has(key) {
			continue
		}
		if body, err := os.ReadFile(filepath.Join(f.Dir(), "entry-"+key)); err != nil || string(body) != strings.Repeat(key, 1000) {
			t.Errorf("entry %s holds %d bytes, %v", key, len(body), err)
		}
	}
	if u, err := f.Usage(); err != nil || u.Bytes > 5000 {
		t.Errorf("usage %+v, %v", u, err)
	}
}

// Noted is cheap: it sees that an entry is gone or has another size, not that it is damaged.
func TestNoted(t *testing.T) {
	f := openTestFolder(t, t.TempDir(), 0)
	put(t, f, "x", "content")
	if !f.Noted("x") || f.Noted("y") {
		t.Error("want x alone")
	}
	if err := os.Truncate(filepath.Join(f.Dir(), "entry-x"), 1); err != nil {
		t.Fatal(err)
	}
	if f.Noted("x") {
		t.Error("a cut entry counts")
	}
}
