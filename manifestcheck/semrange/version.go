package semrange

import (
	"strings"

	"github.com/Masterminds/semver/v3"
)

// ParseSemver reads a version as SemVer 2.0.0 defines it: three numbers, no "v", no leading zeros.
func ParseSemver(text string) (*semver.Version, *Error) {
	err := checkSemver(text)
	if err == nil {
		v, parseErr := semver.StrictNewVersion(text)
		if parseErr == nil {
			return v, nil
		}
		return nil, errorAt(0, len(text), "%s", parseErr.Error())
	}
	if s := mendVersion(text); s != text && checkSemver(s) == nil {
		err.Suggest = s
		err.Message += "; write \"" + s + "\""
	}
	return nil, err
}

func checkSemver(text string) *Error {
	if text == "" {
		return errorAt(0, 0, "the version is empty; write three numbers such as \"0.1.0\"")
	}
	if len(text) > semver.MaxVersionLen {
		return errorAt(0, len(text), "the version has %d characters, and at most %d are allowed", len(text), semver.MaxVersionLen)
	}
	if text[0] == 'v' || text[0] == 'V' {
		return errorAt(0, 1, "a version has no \"v\" before it")
	}
	i := 0
	for part := range 3 {
		if part > 0 {
			if i == len(text) || text[i] == '-' || text[i] == '+' {
				return errorAt(0, i, "a version has three numbers, and this one has %d", part)
			}
			if text[i] != '.' {
				return unexpected(text, i, "inside the version")
			}
			i++
		}
		var err *Error
		if _, i, err = number(text, i); err != nil {
			return err
		}
	}
	var err *Error
	if i < len(text) && text[i] == '-' {
		if i, err = identifiers(text, i+1, "pre-release", false); err != nil {
			return err
		}
	}
	if i < len(text) && text[i] == '+' {
		if i, err = identifiers(text, i+1, "build metadata", true); err != nil {
			return err
		}
	}
	if i == len(text) {
		return nil
	}
	if text[i] == '.' {
		return errorAt(i, len(text), "a version has three numbers, and this one has more")
	}
	return unexpected(text, i, "behind the version")
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
