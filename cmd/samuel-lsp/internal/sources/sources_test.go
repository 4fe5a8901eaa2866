package sources

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lay writes files, whose content is their name, into a new folder and makes that the current one.
func lay(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func TestFind(t *testing.T) {
	lay(t,
		"b/samuel-plugin.toml", "a/samuel-plugin.toml", "a/deep/er/samuel-plugin.toml", "a/other.toml",
		"node_modules/x/samuel-plugin.toml", ".samuel/plugins/p/samuel-plugin.toml", "[odd]/samuel-plugin.toml",
	)
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"everything", nil, []string{".samuel/plugins/p", "[odd]", "a/deep/er", "a", "b"}},
		{"every name is manifests, and folders", []string{"*"}, []string{".samuel/plugins/p", "[odd]", "a/deep/er", "a", "b"}},
		{"every name at any depth", []string{"a/**"}, []string{"a/deep/er", "a"}},
		{"at any depth, in no folder that is never searched", []string{"**/samuel-plugin.toml"}, []string{".samuel/plugins/p", "[odd]", "a/deep/er", "a", "b"}},
		{"a skipped folder that the pattern names", []string{"node_modules/*/samuel-plugin.toml"}, []string{"node_modules/x"}},
		{"folders by pattern", []string{"{a,b}"}, []string{"a/deep/er", "a", "b"}},
		{"order of the arguments", []string{"b", "a"}, []string{"b", "a/deep/er", "a"}},
		{"each once", []string{"a/samuel-plugin.toml", "./a", "a"}, []string{"a", "a/deep/er"}},
		{"pattern", []string{"*/samuel-plugin.toml"}, []string{"[odd]", "a", "b"}},
		{"deep pattern", []string{"a/**/samuel-plugin.toml"}, []string{"a/deep/er", "a"}},
		{"alternatives", []string{"{a,b}/samuel-plugin.toml"}, []string{"a", "b"}},
		{"a name that looks like a pattern", []string{"[odd]"}, []string{"[odd]"}},
		{"searched for by name in a skipped folder", []string{"node_modules"}, []string{"node_modules/x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Find(t.Context(), tt.args)
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(tt.want)
			for i := range want {
				want[i] = filepath.Join(filepath.FromSlash(want[i]), "samuel-plugin.toml")
			}
			if tt.name != "order of the arguments" && tt.name != "each once" {
				slices.Sort(got)
				slices.Sort(want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a file by its own name", func(t *testing.T) {
		got, err := Find(t.Context(), []string{"a/other.toml"})
		if err != nil || len(got) != 1 {
			t.Errorf("found %v, %v", got, err)
		}
	})
}

// One file has many spellings; it is checked, and mended, once.
func TestFindEachOnce(t *testing.T) {
	dir := lay(t, "a/samuel-plugin.toml")
	got, err := Find(t.Context(), []string{"a", filepath.Join(dir, "a"), "./a/../a/samuel-plugin.toml", "**/samuel-plugin.toml"})
	if want := []string{filepath.Join("a", "samuel-plugin.toml")}; err != nil || !slices.Equal(got, want) {
		t.Errorf("found %v, %v; want %v", got, err, want)
	}
}

// What is not there does not hide what is.
func TestFindTellsFailuresBesideThePaths(t *testing.T) {
	lay(t, "a/samuel-plugin.toml", "b/samuel-plugin.toml")
	if err := os.Symlink("..", filepath.Join("a", "loop")); err != nil {
		t.Fatal(err)
	}
	got, err := Find(t.Context(), []string{"none", "a", "*.none", "b/*"})
	want := []string{filepath.Join("a", "samuel-plugin.toml"), filepath.Join("b", "samuel-plugin.toml")}
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if err == nil || !errors.Is(err, os.ErrNotExist) || !errors.Is(err, errNoMatch) {
		t.Errorf("the error is %v", err)
	}
	if got, err := Find(t.Context(), []string{"**/samuel-plugin.toml"}); err != nil || len(got) != 2 {
		t.Errorf("found %v, %v beside a link to the folder above", got, err)
	}
}

func TestFindTellsOfFoldersThatCannotBeListed(t *testing.T) {
	if os.Geteuid() == 0 {
		return // the superuser lists them all
	}
	lay(t, "a/samuel-plugin.toml", "b/samuel-plugin.toml")
	if err := os.Chmod("b", 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod("b", 0o700) })
	got, err := Find(t.Context(), nil)
	if len(got) != 1 || !errors.Is(err, os.ErrPermission) {
		t.Errorf("found %v, %v", got, err)
	}
}

func TestFindEnds(t *testing.T) {
	lay(t, "a/samuel-plugin.toml")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestParseShard(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Shard
		ok   bool
	}{
		{"", Shard{1, 1}, true},
		{"1/1", Shard{1, 1}, true},
		{"8/8", Shard{8, 8}, true},
		{"0/2", Shard{}, false},
		{"3/2", Shard{}, false},
		{"1/0", Shard{}, false},
		{"-1/2", Shard{}, false},
		{"1", Shard{}, false},
		{"1/2/3", Shard{}, false},
		{"1/2x", Shard{}, false},
		{"a/b", Shard{}, false},
		{" 1/2", Shard{}, false},
		{"+1/2", Shard{}, false},
		{"1/2147483648", Shard{}, false},
	} {
		got, err := ParseShard(tt.text)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("%q is %v, %v", tt.text, got, err)
		}
	}
}

// A path has the same part for ever, on every machine: the values stand here.
func TestShardIsStable(t *testing.T) {
	dir := lay(t)
	want := map[string]int{"a/samuel-plugin.toml": 1, "plugins/lint/samuel-plugin.toml": 4, "samuel-plugin.toml": 5}
	for path, part := range want {
		for i := 1; i <= 8; i++ {
			for _, spelling := range []string{path, "./" + path, filepath.Join(dir, path)} {
				if got := (Shard{i, 8}).Has(spelling); got != (i == part) {
					t.Errorf("part %d of 8 has %s: %t", i, spelling, got)
				}
			}
		}
	}
}

func TestShardsAreEven(t *testing.T) {
	lay(t)
	const files, parts = 10_000, 8
	counts := make([]int, parts)
	for f := range files {
		for i := range parts {
			if (Shard{i + 1, parts}).Has(fmt.Sprintf("plugins/p%d/samuel-plugin.toml", f)) {
				counts[i]++
			}
		}
	}
	total := 0
	for i, n := range counts {
		total += n
		if n < files/parts*8/10 || n > files/parts*12/10 {
			t.Errorf("part %d has %d of %d files", i+1, n, files)
		}
	}
	if total != files {
		t.Errorf("the parts have %d files together, want %d", total, files)
	}
}

// Whoever reads while a file is written sees the old text or the new, whole.
func TestWriteIsWhole(t *testing.T) {
	lay(t, "f")
	old, next := strings.Repeat("o", 1<<20), strings.Repeat("n", 1<<20)
	if err := Write("f", old); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			text, err := Read("f")
			if err != nil || text != old && text != next {
				t.Errorf("read %d bytes, %v", len(text), err)
				return
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for range 20 {
		for _, text := range []string{next, old} {
			if err := Write("f", text); err != nil {
				t.Error(err)
			}
		}
	}
	close(done)
	reader.Wait()
	left, err := os.ReadDir(".")
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestWriteFailures(t *testing.T) {
	lay(t, "f")
	if err := os.Chmod("f", 0o400); err != nil {
		t.Fatal(err)
	}
	if err := Write("f", "x"); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("writing a read-only file: %v", err)
	}
	if err := Write("gone", "x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("writing what is not there: %v", err)
	}
	if text, err := Read("f"); err != nil || text != "f" {
		t.Errorf("the file holds %q, %v", text, err)
	}
}
