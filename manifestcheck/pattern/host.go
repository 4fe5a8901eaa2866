package pattern

import (
	"net/netip"
	"strings"
)

// Host is one compiled entry of network.hosts. It is immutable and safe for concurrent use.
//
// An entry is a host name, "*.example.com" (every name below example.com, not example.com
// itself) or "*" (every host). Names compare without regard to case, to one trailing dot, and to
// whether an international name is written in its own script or in punycode. An address is
// matched by itself alone, and by "*".
type Host struct {
	name string // canonical, without "*."; "" of the entry "*"
	sub  bool   // "*." before name
}

// CompileHost parses an entry of network.hosts. An entry with a problem matches nothing.
func CompileHost(entry string) (Host, *Problem) {
	if entry == "*" {
		return Host{sub: true}, nil
	}
	if p := checkHost(entry); p != nil {
		return Host{}, p
	}
	if rest, ok := strings.CutPrefix(entry, "*."); ok {
		return Host{name: canonicalHost(rest), sub: true}, nil
	}
	return Host{name: canonicalHost(entry)}, nil
}

// Any reports whether every host is matched.
func (h Host) Any() bool { return h.sub && h.name == "" }

// Match reports whether the entry allows host, a name or address without scheme and port.
func (h Host) Match(host string) bool {
	if host = canonicalHost(host); host == "" {
		return false
	}
	return h.covers(Host{name: host})
}

// Covers reports whether every host that b matches is matched by h.
func (h Host) Covers(b Host) bool {
	if h == (Host{}) || b == (Host{}) {
		return false
	}
	return h.covers(b)
}

func (h Host) covers(b Host) bool {
	switch {
	case h.Any():
		return true
	case !h.sub:
		return h == b
	case b.sub && h.name == b.name:
		return true
	}
	return strings.HasSuffix(b.name, "."+h.name)
}

// canonicalHost brings a name or address into the one form in which it is compared.
func canonicalHost(host string) string {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String()
	}
	name, _ := asciiName(strings.TrimSuffix(host, "."))
	return name
}

// asciiName lowers a name and writes its international labels in punycode.
func asciiName(name string) (string, bool) {
	ascii := true
	for i := range len(name) {
		if name[i] >= 0x80 || 'A' <= name[i] && name[i] <= 'Z' {
			ascii = false
			break
		}
	}
	if ascii {
		return name, true
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		label = strings.ToLower(label)
		if !isASCII(label) {
			coded, ok := punycode(label)
			if !ok {
				return "", false
			}
			label = "xn--" + coded
		}
		labels[i] = label
	}
	return strings.Join(labels, "."), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
