package semrange

import "strings"

// maxVersionLen is the length, in bytes, above which no version is read.
const maxVersionLen = 256

// Version is a version as SemVer 2.0.0 defines it.
type Version struct {
	version
	text string
}

// Major is the first number.
func (v *Version) Major() uint64 { return v.major }

// Minor is the second number.
func (v *Version) Minor() uint64 { return v.minor }

// Prerelease is what follows the dash, "" for a release.
func (v *Version) Prerelease() string { return v.pre }

// String is the text that was read, build metadata included.
func (v *Version) String() string { return v.text }

// ParseSemver reads a version as SemVer 2.0.0 defines it: three numbers, no "v", no leading zeros.
func ParseSemver(text string) (*Version, *Error) {
	v, err := parseVersion(text)
	if err == nil {
		return &Version{v, text}, nil
	}
	if s := mendVersion(text); s != text {
		if _, again := parseVersion(s); again == nil {
			err.Suggest = s
			err.Message += "; write \"" + s + "\""
		}
	}
	return nil, err
}

func parseVersion(text string) (v version, err *Error) {
	if text == "" {
		return v, errorAt(0, 0, "the version is empty; write three numbers such as \"0.1.0\"")
	}
	if len(text) > maxVersionLen {
		return v, errorAt(0, len(text), "the version has %d characters, and at most %d are allowed", len(text), maxVersionLen)
	}
	if text[0] == 'v' || text[0] == 'V' {
		return v, errorAt(0, 1, "a version has no \"v\" before it")
	}
	i := 0
	for part, n := range [...]*uint64{&v.major, &v.minor, &v.patch} {
		if part > 0 {
			if i == len(text) || text[i] == '-' || text[i] == '+' {
				return v, errorAt(0, i, "a version has three numbers, and this one has %d", part)
			}
			if text[i] != '.' {
				return v, unexpected(text, i, "inside the version")
			}
			i++
		}
		if *n, i, err = number(text, i); err != nil {
			return v, err
		}
	}
	if i < len(text) && text[i] == '-' {
		from := i + 1
		if i, err = identifiers(text, from, "pre-release", false); err != nil {
			return v, err
		}
		v.pre = text[from:i]
	}
	if i < len(text) && text[i] == '+' {
		if i, err = identifiers(text, i+1, "build metadata", true); err != nil {
			return v, err
		}
	}
	if i == len(text) {
		return v, nil
	}
	if text[i] == '.' {
		return v, errorAt(i, len(text), "a version has three numbers, and this one has more")
	}
	return v, unexpected(text, i, "behind the version")
}

// mendVersion makes three numbers of a version that has a "v", too few numbers or leading zeros.
func mendVersion(text string) string {
	v := rewriteVersion(strings.TrimSpace(text))
	numbers, tail := v, ""
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		numbers, tail = v[:i], v[i:]
	}
	for strings.Count(numbers, ".") < 2 {
		numbers += ".0"
	}
	return numbers + tail
}
