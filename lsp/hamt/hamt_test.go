package hamt

import (
	"maps"
	"math/rand/v2"
	"testing"
)

// TestMap does to a Map and to a map the same, and looks at older ones again: they never change.
func TestMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	type version struct {
		got  Map[int, int]
		want map[int]int
	}
	var now Map[int, int]
	want := map[int]int{}
	var versions []version
	for i := range 20_000 {
		key := r.IntN(2000)
		if r.IntN(3) == 0 {
			now = now.Without(key)
			delete(want, key)
		} else {
			now = now.With(key, i)
			want[key] = i
		}
		if i%1000 == 0 {
			versions = append(versions, version{now, maps.Clone(want)})
		}
	}
	for key := range 2000 {
		now = now.Without(key)
	}
	versions = append(versions, version{now, nil}, version{})
	for i, v := range versions {
		if got := maps.Collect(v.got.All()); !maps.Equal(got, v.want) || v.got.Len() != len(v.want) {
			t.Errorf("version %d holds %d of %d entries, want %d", i, len(got), v.got.Len(), len(v.want))
		}
		for key := range 2000 {
			if v.got.Get(key) != v.want[key] {
				t.Fatalf("version %d has %d for %d, want %d", i, v.got.Get(key), key, v.want[key])
			}
		}
	}
	for range versions[5].got.All() {
		break // a loop may end early
	}
}

// TestEqualHashes has keys that no bit of their hashes tells apart.
func TestEqualHashes(t *testing.T) {
	root := &node[string, int]{}
	for i, key := range []string{"a", "b", "c", "b"} {
		root, _ = root.with(0, entry[string, int]{hash: 42, key: key, value: i})
	}
	root = root.without(0, 42, "a").without(0, 42, "absent")
	got := map[string]int{}
	root.all(func(k string, v int) bool { got[k] = v; return true })
	if !maps.Equal(got, map[string]int{"b": 3, "c": 2}) {
		t.Errorf("got %v", got)
	}
	if root = root.without(0, 42, "b").without(0, 42, "c"); len(root.entries) > 0 {
		t.Errorf("%d entries are left", len(root.entries))
	}
}

// TestChangeSharesTheRest counts what a change of a large map makes anew.
func TestChangeSharesTheRest(t *testing.T) {
	var m Map[int, int]
	for i := range 100_000 {
		m = m.With(i, i)
	}
	if n := testing.AllocsPerRun(100, func() { m = m.With(7, 8) }); n > 20 {
		t.Errorf("%v allocations for one change", n)
	}
}
