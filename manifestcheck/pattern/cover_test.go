package pattern

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCovers(t *testing.T) {
	tests := []struct {
		name string
		set  []string
		b    string
		want Answer
	}{
		{"itself", []string{"/a"}, "/a", Yes},
		{"folder and double star are the same", []string{"/a"}, "/a/**", Yes},
		{"double star and folder are the same", []string{"/a/**"}, "/a", Yes},
		{"folder over file", []string{"/a"}, "/a/b/c", Yes},
		{"not a sibling", []string{"/a"}, "/ab", No},
		{"star is less than the folder", []string{"/a/*"}, "/a", No},
		{"folder over star", []string{"/a"}, "/a/*", Yes},
		{"star over glob", []string{"/a/*"}, "/a/*.go", Yes},
		{"glob over glob", []string{"/a/*.go"}, "/a/x*.go", Yes},
		{"glob not over glob", []string{"/a/x*.go"}, "/a/*.go", No},
		{"double star over deep glob", []string{"/a/**/*.go"}, "/a/b/*/c.go", Yes},
		{"what is below a matched folder counts", []string{"/a/**/*.go"}, "/a/x.go/y", Yes},
		{"double star, other extension", []string{"/a/**/*.go"}, "/a/**/*.md", No},
		{"double star over double star", []string{"/**/x"}, "/a/**/x", Yes},
		{"double star not over wider double star", []string{"/a/**/x"}, "/**/x", No},
		{"class over class", []string{"/[a-z]"}, "/[b-d]", Yes},
		{"class not over class", []string{"/[a-c]"}, "/[b-d]", No},
		{"classes together cover a range", []string{"/[a-c]", "/[d-f]"}, "/[a-f]", Yes},
		{"negated class over class", []string{"/[!a]"}, "/[b-z]", Yes},
		{"negated class and its literal cover every letter", []string{"/[!a]", "/a"}, "/?", Yes},
		{"question mark over class", []string{"/?"}, "/[!a]", Yes},
		{"alternatives over one", []string{"/{a,b}"}, "/b/c", Yes},
		{"union covers alternatives", []string{"/a", "/b"}, "/{a,b}", Yes},
		{"union lacks an alternative", []string{"/a", "/b"}, "/{a,b,c}", No},
		{"union of depths", []string{"/a/*", "/a"}, "/a/**", Yes},
		{"root over everything", []string{"/"}, "/workspace/**", Yes},
		{"star over the workspace", []string{"*"}, "/workspace/**", Yes},
		{"star not over the root", []string{"/*"}, "/", No},
		{"nothing covers nothing", nil, "/a", No},
		{"two letters are not one", []string{"/?"}, "/??", No},
		{"star over two letters", []string{"/*"}, "/??", Yes},
		{"one star over two", []string{"/a/*b*"}, "/a/*b", Yes},
		{"at least two", []string{"/a/?*"}, "/a/*", Yes},
		{"too large is unknown", []string{"/" + strings.Repeat("*a", 500)}, "/" + strings.Repeat("a*", 600), Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := make(Set, len(tt.set))
			for i, e := range tt.set {
				set[i] = compile(t, e)
			}
			if got := set.Covers(compile(t, tt.b)); got != tt.want {
				t.Errorf("%q covers %q: %v, want %v", tt.set, tt.b, got, tt.want)
			}
			if got := NewIndex(set).Covers(compile(t, tt.b)); got != tt.want {
				t.Errorf("the index of %q covers %q: %v, want %v", tt.set, tt.b, got, tt.want)
			}
		})
	}
}

func TestWider(t *testing.T) {
	tests := []struct {
		name    string
		entries []string
		want    []int
	}{
		{"none", []string{"/a", "/b"}, []int{-1, -1}},
		{"below a folder", []string{"/a/b", "/a"}, []int{1, -1}},
		{"equal sets, the first stays", []string{"/a", "/a/**", "/a/"}, []int{-1, 0, 0}},
		{"equal globs, the first stays", []string{"/a/*", "/a/**/*"}, []int{-1, 0}},
		{"by a glob", []string{"/a/*.go", "/a/x.go", "/a/y.md"}, []int{-1, 0, -1}},
		{"glob below a folder", []string{"/a/**/*.go", "/a"}, []int{1, -1}},
		{"alternatives equal to a place", []string{"/{a,a}", "/a"}, []int{-1, 0}},
		{"alternatives below two places", []string{"/{a,b}", "/a", "/b"}, []int{-1, 0, 0}},
		{"root over all", []string{"/", "/a", "**/x"}, []int{-1, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			globs := make([]*Glob, len(tt.entries))
			for i, e := range tt.entries {
				globs[i] = compile(t, e)
			}
			index := NewIndex(globs)
			got := make([]int, len(globs))
			for i := range got {
				got[i] = index.Wider(i)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q: wider are %v, want %v", tt.entries, got, tt.want)
			}
		})
	}
}

// A list of any length is judged in bounded time; beyond the bounds nothing is claimed.
func TestIndexIsBounded(t *testing.T) {
	var globs []*Glob
	for i := range 3000 {
		globs = append(globs, compile(t, fmt.Sprintf("/a/**/x%d*y", i)))
	}
	index := NewIndex(globs)
	answers := map[Answer]int{}
	for i, g := range globs {
		if j := index.Wider(i); j >= 0 {
			t.Fatalf("%s is said to be covered by %s", g, globs[j])
		}
		answers[index.Covers(compile(t, "/a/**/z*"))]++
	}
	if answers[Yes] > 0 || answers[Unknown] == 0 {
		t.Errorf("got %v, want unknown in the end and never yes", answers)
	}
}

// FuzzCovers holds Covers against Match on every path of up to three segments over the few runes
// that the fuzzed globs can tell apart. Yes must never be contradicted; No must be witnessed where
// the paths are long enough to be a witness, which the small globs made here guarantee.
func FuzzCovers(f *testing.F) {
	for _, seed := range [][2]string{
		{"/a/*", "/a/b"}, {"/**/a", "/b/**/a"}, {"/[ab]", "/{a,b}"}, {"/a**b", "/a*b"}, {"/?", "/[!a]"}, {"/*/**", "/a/*"}, {"/*a", "/a*"},
	} {
		f.Add(seed[0], seed[1])
	}
	names := []string{"a", "b", "c"}
	for from, size := 0, 2; size <= 4; size++ {
		to := len(names)
		for _, n := range names[from:to] {
			names = append(names, n+"a", n+"b", n+"c")
		}
		from = to
	}
	paths := []string{"/"}
	for i, x := range names {
		paths = append(paths, "/"+x)
		for j, y := range names {
			if i >= 39 || j >= 39 {
				break // longer names alone, shorter ones in pairs, the shortest in threes
			}
			paths = append(paths, "/"+x+"/"+y)
			for k, z := range names {
				if i >= 12 || j >= 12 || k >= 12 {
					break
				}
				paths = append(paths, "/"+x+"/"+y+"/"+z)
			}
		}
	}
	f.Fuzz(func(t *testing.T, ea, eb string) {
		if len(ea) > 40 || len(eb) > 40 {
			return
		}
		a, pa := Compile(ea)
		b, pb := Compile(eb)
		if pa != nil || pb != nil {
			return
		}
		answer := a.Covers(b)
		for _, p := range paths {
			if answer == Yes && b.Match(p) && !a.Match(p) {
				t.Fatalf("%q covers %q, and %q shows it does not", ea, eb, p)
			}
		}
		if a.Covers(a) == No {
			t.Fatalf("%q does not cover itself", ea)
		}
		if answer == No && witnessable(ea+eb) {
			for _, p := range paths {
				if b.Match(p) && !a.Match(p) {
					return
				}
			}
			t.Fatalf("%q does not cover %q, and no path shows it", ea, eb)
		}
	})
}

// witnessable reports whether globs are so small that a path among those tried tells them apart.
func witnessable(globs string) bool {
	if strings.Trim(globs, "/*ab") != "" || strings.Count(globs, "/") > 4 {
		return false
	}
	for _, segment := range strings.Split(globs, "/") {
		if len(segment) > 2 {
			return false
		}
	}
	return true
}

func BenchmarkCovers(b *testing.B) {
	wide, narrow := compile(b, "/workspace/**/*.go"), compile(b, "/workspace/internal/**/*_test.go")
	b.ReportAllocs()
	for b.Loop() {
		if wide.Covers(narrow) != Yes {
			b.Fatal("not covered")
		}
	}
}
