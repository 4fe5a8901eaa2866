package manifestcheck

import (
	"fmt"
	"net/url"
	"strings"
)

const namePattern = "^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$"

// validName says whether s is a plugin name: 2-64 characters of a-z, 0-9 and -, no dash first or last.
func validName(s string) bool {
	if len(s) < 2 || len(s) > 64 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func checkName(_ *Checker, s string) *badValue {
	if validName(s) {
		return nil
	}
	b := &badValue{message: fmt.Sprintf("%q is no plugin name: write 2 to 64 characters of a-z, 0-9 and -, without a dash first or last", s)}
	if n := nameFrom(s); validName(n) {
		b.use = n
	}
	return b
}

// nameFrom makes the nearest plugin name of what was written.
func nameFrom(s string) string {
	var out strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			out.WriteRune(c)
		case !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	n := out.String()
	return strings.Trim(n[:min(len(n), 64)], "-")
}

// plainURL says whether s is an address of the usual kind, which needs no parsing to be told.
func plainURL(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok || rest == "" || rest[0] == '/' || rest[0] == '.' {
		return false
	}
	for i := range len(rest) {
		c := rest[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '/' && c != '_' {
			return false
		}
	}
	return true
}

func checkHomepage(_ *Checker, s string) *badValue {
	if plainURL(s) {
		return nil
	}
	b := &badValue{message: fmt.Sprintf("%q is no absolute http or https URL: write one such as \"https://example.com/my-plugin\"", s)}
	u, err := url.Parse(s)
	if err != nil || strings.ContainsAny(s, " \t\n") {
		return b
	}
	switch scheme := strings.ToLower(u.Scheme); {
	case (scheme == "http" || scheme == "https") && u.Hostname() != "":
		return nil
	case scheme == "":
		if host, _, _ := strings.Cut(strings.TrimPrefix(s, "//"), "/"); strings.Contains(strings.Trim(host, "."), ".") {
			b.use = "https://" + strings.TrimPrefix(s, "//")
		}
	}
	return b
}

// isHex says whether s is n hexadecimal digits, and whether all letters are small.
func isHex(s string, n int) (hex, lower bool) {
	lower = true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
		case c >= 'A' && c <= 'F':
			lower = false
		default:
			return false, false
		}
	}
	return len(s) == n, lower
}

const digestPrefix = "sha256:"

func checkDigest(_ *Checker, s string) *badValue {
	hex, ok := strings.CutPrefix(s, digestPrefix)
	if ok {
		switch is, lower := isHex(hex, 64); {
		case is && lower:
			return nil
		case is:
			return &badValue{message: fmt.Sprintf("the digest %q has capital letters: write it in small ones", s), use: strings.ToLower(s), safe: true}
		}
		return &badValue{message: fmt.Sprintf("%q is no digest: after sha256: come 64 hexadecimal digits, here %d characters", s, len(hex))}
	}
	b := &badValue{message: fmt.Sprintf("%q is no digest: write sha256: and 64 hexadecimal digits", s)}
	if is, _ := isHex(s, 64); is {
		b.use, b.safe = digestPrefix+strings.ToLower(s), true
	}
	return b
}

func checkImage(c *Checker, s string) *badValue {
	name, digest, ok := strings.Cut(s, "@")
	if !ok {
		return &badValue{message: fmt.Sprintf("the image %q is not pinned by digest: end it in @sha256: and 64 hexadecimal digits", s)}
	}
	if name == "" {
		return &badValue{message: fmt.Sprintf("the image %q has no name before its digest: write registry/name@sha256:...", s)}
	}
	if b := checkDigest(c, digest); b != nil {
		if b.use != "" {
			b.use = name + "@" + b.use
		}
		return b
	}
	return nil
}

func checkQuota(_ *Checker, s string) *badValue {
	digits, dots, positive := 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
			positive = positive || c != '0'
		case c == '.':
			dots++
		default:
			digits = -len(s)
		}
	}
	if digits > 0 && dots <= 1 && positive && !strings.HasSuffix(s, ".") {
		return nil
	}
	return &badValue{message: fmt.Sprintf("%q is no number of CPUs: write a positive decimal such as \"1.5\"", s)}
}

func checkMemoryLimit(_ *Checker, s string) *badValue {
	num := strings.TrimRight(s, "bkmgtiBKMGTI")
	unit := strings.ToLower(s[len(num):])
	switch unit {
	case "", "b", "k", "m", "g", "t", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib":
		if checkQuota(nil, num) == nil {
			return nil
		}
	}
	b := &badValue{message: fmt.Sprintf("%q is no docker size: write a positive number and b, k, m or g, such as \"512m\"", s)}
	if n := strings.TrimSpace(num); n != num && checkQuota(nil, n) == nil && unit != "" {
		b.use, b.safe = n+unit, true
	}
	return b
}
