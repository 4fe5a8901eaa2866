package lsp

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFactsConcernedByEvents(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, name := range []string{"a/plugin.wasm", "out/b.wasm", "other.wasm"} {
		if err := os.MkdirAll(filepath.Dir(at(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at(name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	facts := func(manifest, module, target string) *moduleFacts {
		return &moduleFacts{key: factsKey{manifest, module}, Path: at(module), target: at(target)}
	}
	var fs factSet
	fs = fs.with(facts("a", "a/old.wasm", "other.wasm"))
	before := fs
	fs = fs.with(facts("a", "a/plugin.wasm", "a/plugin.wasm"))
	fs = fs.with(facts("b", "b/plugin.wasm", "out/b.wasm"))
	fs = fs.with(facts("c", "c/missing.wasm", "c/missing.wasm"))
	fs = fs.with(facts("d", "d/plugin.wasm", "out/b.wasm"))
	fs = fs.with(&moduleFacts{key: factsKey{manifest: "none"}})
	for _, tc := range []struct {
		paths []string
		want  []string
	}{
		{[]string{"a/plugin.wasm"}, []string{"a"}},
		{[]string{"a"}, []string{"a"}},
		{[]string{"a/old.wasm"}, nil},
		{[]string{"other.wasm"}, nil},
		{[]string{"out/b.wasm"}, []string{"b", "d"}},
		{[]string{"b/plugin.wasm"}, []string{"b"}}, // its link is gone
		{[]string{"c/missing.wasm"}, []string{"c"}},
		{[]string{"c"}, []string{"c"}},
		{[]string{"a/plugin.wasm", "a", "out"}, []string{"a", "b", "d"}},
		{[]string{"."}, []string{"a", "b", "c", "d"}},
	} {
		var paths, got []string
		for _, p := range tc.paths {
			paths = append(paths, at(p))
		}
		for _, f := range fs.concernedBy(paths) {
			got = append(got, f.key.manifest)
		}
		if slices.Sort(got); !slices.Equal(got, tc.want) {
			t.Errorf("%v concern %v, want %v", tc.paths, got, tc.want)
		}
	}
	if got := before.concernedBy([]string{at("other.wasm")}); len(got) != 1 || got[0].key.module != "a/old.wasm" {
		t.Errorf("a set that was made before has changed: %v", got)
	}
}
