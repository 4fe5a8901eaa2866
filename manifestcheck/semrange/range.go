// Package semrange reads the version ranges of a manifest, with the meaning Cargo gives them.
//
// "^1.2.3", "~1.2", ">=1, <2", "=1.2.3", "1.*" and "*" are as in Cargo; a version without an
// operator is exact. A comma is AND. Parts left out are wild: "=1.2" is every 1.2.x, ">1.2" begins
// at 1.3.0. A pre-release is admitted only where a comparator names one of the same
// major.minor.patch. Build metadata means nothing.
//
// An error stands on the part of the text that is wrong and says what to write instead.
package semrange

import "strings"

// Range is a parsed version range. The zero value admits every release.
type Range struct {
	comparators []comparator
}

type operator uint8

const (
	opExact operator = iota
	opGreater
	opGreaterEq
	opLess
	opLessEq
	opTilde
	opCaret
)

// version is a semantic version without build metadata.
type version struct {
	major, minor, patch uint64
	pre                 string
}

// comparator is an operator with a version of which parts may be left out: parts counts those given.
type comparator struct {
	op operator
	version
	parts int
}

// Contains reports whether the range admits v.
func (r *Range) Contains(v *Version) bool { return r.contains(&v.version) }

// ContainsRelease reports whether the range admits the release major.minor.patch.
func (r *Range) ContainsRelease(major, minor, patch uint64) bool {
	return r.contains(&version{major: major, minor: minor, patch: patch})
}

func (r *Range) contains(v *version) bool {
	for i := range r.comparators {
		if !r.comparators[i].matches(v) {
			return false
		}
	}
	if v.pre == "" {
		return true
	}
	for i := range r.comparators {
		if c := &r.comparators[i]; c.pre != "" && c.major == v.major && c.minor == v.minor && c.patch == v.patch {
			return true
		}
	}
	return false
}

// Any reports whether the range is the wildcard "*", which admits every release.
func (r *Range) Any() bool { return len(r.comparators) == 0 }

// Empty reports whether the range admits no version at all.
//
// What a comparator admits has a least release and, of the pre-releases of one version, a least
// one; the least of what all admit is among those.
func (r *Range) Empty() bool {
	if r.Any() {
		return false
	}
	if r.contains(&version{}) {
		return false
	}
	for i := range r.comparators {
		c := &r.comparators[i]
		if least, ok := c.leastRelease(); ok && r.contains(&least) {
			return false
		}
		if c.pre == "" {
			continue
		}
		for _, pre := range [...]string{"0", c.pre, c.pre + ".0"} {
			if r.contains(&version{c.major, c.minor, c.patch, pre}) {
				return false
			}
		}
	}
	return true
}

// Swapped returns, for an empty range of one lower and one upper bound, the range with their
// versions exchanged if that is not empty, and "" otherwise.
func (r *Range) Swapped() string {
	if len(r.comparators) != 2 || !r.Empty() {
		return ""
	}
	a, b := r.comparators[0], r.comparators[1]
	for _, c := range []comparator{a, b} {
		if c.op == opExact || c.op == opTilde || c.op == opCaret {
			return ""
		}
	}
	a.op, b.op = b.op, a.op
	if a.op == opLess || a.op == opLessEq {
		a, b = b, a
	}
	swapped := Range{[]comparator{a, b}}
	if swapped.Empty() {
		return ""
	}
	return a.String() + ", " + b.String()
}

// leastRelease returns the least release that a lower bound admits.
func (c *comparator) leastRelease() (version, bool) {
	v := version{major: c.major, minor: c.minor, patch: c.patch}
	if c.op != opGreater || c.pre != "" {
		return v, true
	}
	return v.next(c.parts)
}

// next returns the first release behind all that share v's first parts parts, false if there is none.
func (v version) next(parts int) (version, bool) {
	const most = ^uint64(0)
	n := version{major: v.major}
	switch {
	case parts >= 3 && v.patch < most:
		n.minor, n.patch = v.minor, v.patch+1
	case parts >= 2 && v.minor < most:
		n.minor = v.minor + 1
	case v.major < most:
		n.major = v.major + 1
	default:
		return n, false
	}
	return n, true
}

func (c *comparator) matches(v *version) bool {
	switch c.op {
	case opGreater:
		return c.greater(v)
	case opGreaterEq:
		return c.exact(v) || c.greater(v)
	case opLess:
		return c.less(v)
	case opLessEq:
		return c.exact(v) || c.less(v)
	case opTilde:
		return c.tilde(v)
	case opCaret:
		return c.caret(v)
	}
	return c.exact(v)
}

func (c *comparator) exact(v *version) bool {
	return c.major == v.major && (c.parts < 2 || c.minor == v.minor) && (c.parts < 3 || c.patch == v.patch) && c.pre == v.pre
}

func (c *comparator) greater(v *version) bool {
	switch {
	case v.major != c.major:
		return v.major > c.major
	case c.parts < 2:
		return false
	case v.minor != c.minor:
		return v.minor > c.minor
	case c.parts < 3:
		return false
	case v.patch != c.patch:
		return v.patch > c.patch
	}
	return comparePre(v.pre, c.pre) > 0
}

func (c *comparator) less(v *version) bool {
	switch {
	case v.major != c.major:
		return v.major < c.major
	case c.parts < 2:
		return false
	case v.minor != c.minor:
		return v.minor < c.minor
	case c.parts < 3:
		return false
	case v.patch != c.patch:
		return v.patch < c.patch
	}
	return comparePre(v.pre, c.pre) < 0
}

func (c *comparator) tilde(v *version) bool {
	switch {
	case v.major != c.major:
		return false
	case c.parts < 2:
		return true
	case v.minor != c.minor:
		return false
	case c.parts < 3:
		return true
	case v.patch != c.patch:
		return v.patch > c.patch
	}
	return comparePre(v.pre, c.pre) >= 0
}

// caret lets everything change but the first part that is not zero and what stands before it.
func (c *comparator) caret(v *version) bool {
	switch {
	case v.major != c.major:
		return false
	case c.parts < 2:
		return true
	case v.minor != c.minor:
		return c.major > 0 && v.minor > c.minor
	case c.parts < 3:
		return true
	case v.patch != c.patch:
		return (c.major > 0 || c.minor > 0) && v.patch > c.patch
	}
	return comparePre(v.pre, c.pre) >= 0
}

// comparePre orders pre-releases as SemVer 2.0.0 says; none at all is the greatest.
func comparePre(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	}
	for {
		ai, arest, amore := strings.Cut(a, ".")
		bi, brest, bmore := strings.Cut(b, ".")
		if c := compareIdentifier(ai, bi); c != 0 {
			return c
		}
		switch {
		case !amore && !bmore:
			return 0
		case !amore:
			return -1
		case !bmore:
			return 1
		}
		a, b = arest, brest
	}
}

func compareIdentifier(a, b string) int {
	an, bn := digits(a), digits(b)
	switch {
	case an && bn:
		if len(a) != len(b) {
			return len(a) - len(b) // no leading zeros: the longer number is the greater
		}
	case an:
		return -1
	case bn:
		return 1
	}
	return strings.Compare(a, b)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
