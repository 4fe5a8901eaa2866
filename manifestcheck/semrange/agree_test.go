package semrange

import (
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
)

// FuzzAgreesWithMasterminds holds ranges against the library where the two mean the same: fully
// written comparators and releases. Cargo differs from it in partial versions behind ">" and "<=",
// in "~0", "~0.0.0" and "^0.0", in bare versions, and in which pre-releases a list admits; those are pinned by
// table in this package.
func FuzzAgreesWithMasterminds(f *testing.F) {
	for _, text := range []string{"^1.2.3", "~0.2.3", ">=1.2.3, <2.0.0", "=0.0.3", "^0.0.3, >0.0.1", "<=1.2.3"} {
		f.Add(text, uint8(1), uint8(2), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, major, minor, patch uint8) {
		r, err := Parse(text)
		if err != nil || r.Any() || strings.ContainsAny(text, "-+*") {
			return
		}
		for _, c := range r.comparators {
			if c.parts < 3 || c.op == opTilde && c.version == (version{}) {
				return
			}
		}
		if len(text) > 200 {
			return
		}
		constraint, libErr := semver.NewConstraint(text)
		if libErr != nil {
			t.Fatalf("%q: the library refuses it: %v", text, libErr)
		}
		v := semver.New(uint64(major), uint64(minor), uint64(patch), "", "")
		if got, want := r.ContainsRelease(uint64(major), uint64(minor), uint64(patch)), constraint.Check(v); got != want {
			t.Errorf("%q admits %s: %v, the library says %v", text, v, got, want)
		}
	})
}

// FuzzParse checks what must hold of every text: spans inside it, suggestions that are ranges, and
// an expansion that admits what the range admits.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"^1.2.3-rc.1", ">=1, <2", "1.x || 2.x", "1 - 2", "*", "~> 1.2", "v1", "latest", ">= 1 <2", "1.2.3-a..b", "\xff0"} {
		f.Add(text, uint8(1), uint8(2), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, major, minor, patch uint8) {
		r, err := Parse(text)
		if err != nil {
			if err.Start < 0 || err.Start > err.End || err.End > len(text) {
				t.Fatalf("%q: error at %d..%d", text, err.Start, err.End)
			}
			if err.Suggest != "" {
				if _, again := Parse(err.Suggest); again != nil {
					t.Errorf("%q: suggestion %q: %v", text, err.Suggest, again)
				}
			}
			return
		}
		wide := r.Expand()
		if wide == "nothing" {
			if r.ContainsRelease(uint64(major), uint64(minor), uint64(patch)) {
				t.Errorf("%q is empty and admits %d.%d.%d", text, major, minor, patch)
			}
			return
		}
		expanded, err := Parse(wide)
		if err != nil {
			t.Fatalf("%q expands to %q: %v", text, wide, err)
		}
		if r.ContainsRelease(uint64(major), uint64(minor), uint64(patch)) != expanded.ContainsRelease(uint64(major), uint64(minor), uint64(patch)) {
			t.Errorf("%q and its expansion %q differ on %d.%d.%d", text, wide, major, minor, patch)
		}
	})
}

func FuzzSemver(f *testing.F) {
	for _, text := range []string{"1.2.3", "1.2", "v1.2.3-rc.1+b", "01.2.3", "1.2.3-", "1.2.3.4"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseSemver(text)
		lib, libErr := semver.StrictNewVersion(text)
		switch {
		case (err == nil) != (libErr == nil):
			t.Fatalf("%q: %v, the library says %v", text, err, libErr)
		case err == nil && (v.version != version{lib.Major(), lib.Minor(), lib.Patch(), lib.Prerelease()} || v.String() != text):
			t.Errorf("%q is %+v, the library says %+v", text, *v, *lib)
		}
		if err != nil && err.Suggest != "" {
			if _, again := ParseSemver(err.Suggest); again != nil {
				t.Errorf("%q: suggestion %q: %v", text, err.Suggest, again)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(">=1.2.3, <2.0.0"); err != nil {
			b.Fatal(err)
		}
	}
}
