package pattern

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the domain name system, in bytes of the punycode form.
const (
	maxLabel = 63
	maxName  = 253
)

// checkHost finds the first thing that keeps entry from being a host, and what to write instead.
func checkHost(entry string) *Problem {
	if entry == "" {
		return problem(InvalidHost, 0, 0, "the entry is empty; write a host name such as \"api.example.com\"")
	}
	for _, check := range []func(string) *Problem{checkURL, checkWildcard, checkName} {
		if p := check(entry); p != nil {
			p.suggestHost(entry)
			return p
		}
	}
	return nil
}

// suggestHost offers what is left of entry when everything that is no host is taken away,
// if that is one.
func (p *Problem) suggestHost(entry string) {
	host := strings.ToLower(strings.TrimSpace(entry))
	if i := strings.Index(host, "://"); i >= 0 {
		host = host[i+3:]
	}
	host = strings.TrimPrefix(host, "//")
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.Count(host, ":") == 1 || i > strings.LastIndexByte(host, ']') && strings.HasPrefix(host, "[") {
		host = host[:i]
	}
	if strings.HasPrefix(host, ".") || strings.HasPrefix(host, "**.") {
		host = "*." + strings.TrimLeft(host, "*.")
	} else if len(host) > 1 && host[0] == '*' && host[1] != '.' && strings.Count(host, "*") == 1 {
		host = "*." + host[1:]
	}
	for strings.Contains(host, "..") {
		host = strings.ReplaceAll(host, "..", ".")
	}
	if host != "" && host != entry && checkURL(host) == nil && checkWildcard(host) == nil && checkName(host) == nil {
		p.Suggest = host
		p.Message += "; write " + quote(host)
	}
}

// checkURL finds what belongs to a URL and not to a host.
func checkURL(entry string) *Problem {
	if i := strings.Index(entry, "://"); i >= 0 {
		return problem(InvalidHost, 0, i+3, "a host has no scheme, and %q has one", entry)
	}
	if i := strings.IndexAny(entry, "/?#"); i >= 0 {
		return problem(InvalidHost, i, len(entry), "a host has no path, and %q has one", entry)
	}
	if i := strings.IndexByte(entry, '@'); i >= 0 {
		return problem(InvalidHost, 0, i+1, "a host has no user, and %q has one", entry)
	}
	if isAddress(entry) {
		return nil
	}
	if i := strings.LastIndexByte(entry, ':'); i >= 0 {
		if strings.Count(entry, ":") == 1 || strings.HasPrefix(entry, "[") && i > strings.IndexByte(entry, ']') {
			return problem(InvalidHost, i, len(entry), "a host has no port, and %q has one; every port of a host is allowed with it", entry)
		}
		return problem(InvalidHost, 0, len(entry), "%q is no valid IPv6 address", entry)
	}
	return nil
}

func isAddress(entry string) bool {
	if inner, ok := strings.CutPrefix(entry, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			addr, err := netip.ParseAddr(inner)
			return err == nil && addr.Is6()
		}
	}
	addr, err := netip.ParseAddr(entry)
	return err == nil && addr.Zone() == ""
}

// checkWildcard allows "*" as the whole first label only, with a name behind it.
func checkWildcard(entry string) *Problem {
	rest := strings.TrimPrefix(entry, "*.")
	if i := strings.IndexByte(rest, '*'); i >= 0 {
		at := i + len(entry) - len(rest)
		return problem(InvalidHost, at, at+1, "a \"*\" stands for whole names below a host only, as in \"*.example.com\", and %q has one elsewhere", entry)
	}
	if rest != entry && isAddress(rest) {
		return problem(InvalidHost, 0, 2, "nothing lies below the address in %q; write the address alone", entry)
	}
	return nil
}

// checkName checks the labels of a name that may begin with "*.".
func checkName(entry string) *Problem {
	if isAddress(entry) {
		return nil
	}
	rest := strings.TrimPrefix(entry, "*.")
	from := len(entry) - len(rest)
	name := strings.TrimSuffix(rest, ".")
	if name == "" {
		return problem(InvalidHost, 0, len(entry), "%q names no host", entry)
	}
	ascii, ok := asciiName(name)
	if !ok || len(ascii) > maxName {
		return problem(InvalidHost, 0, len(entry), "a host name has at most %d characters, and this one has more", maxName)
	}
	numeric := true
	for _, label := range strings.Split(name, ".") {
		end := from + len(label)
		if p := checkLabel(entry, label, from, end); p != nil {
			return p
		}
		numeric = strings.Trim(label, "0123456789") == ""
		from = end + 1
	}
	if numeric {
		return problem(InvalidHost, 0, len(entry), "%q is no valid IPv4 address, and no name ends in a number", entry)
	}
	return nil
}

func checkLabel(entry, label string, from, end int) *Problem {
	if label == "" {
		// The dot that has nothing before it is what is wrong.
		return problem(InvalidHost, max(from-1, 0), max(from, 1), "%q has an empty label between its dots", entry)
	}
	coded, ok := asciiName(label)
	if !ok || len(coded) > maxLabel {
		return problem(InvalidHost, from, end, "a label of a host name has at most %d characters, and %q has more", maxLabel, label)
	}
	if label[0] == '-' || label[len(label)-1] == '-' {
		return problem(InvalidHost, from, end, "no label of a host name begins or ends with \"-\", and %q does", label)
	}
	for i, r := range label {
		letter := r == '-' || r == '_' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) ||
			'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter {
			_, size := utf8.DecodeRuneInString(label[i:])
			return problem(InvalidHost, from+i, from+i+size, "%q cannot stand in a host name", r)
		}
	}
	return nil
}
