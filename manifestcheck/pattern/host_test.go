package pattern

import (
	"slices"
	"testing"
)

func host(t testing.TB, entry string) Host {
	t.Helper()
	h, p := CompileHost(entry)
	if p != nil {
		t.Fatalf("CompileHost(%q): %v", entry, p)
	}
	return h
}

func TestHostMatch(t *testing.T) {
	tests := []struct {
		name, entry, host string
		want              bool
	}{
		{"itself", "api.example.com", "api.example.com", true},
		{"case", "API.Example.com", "api.example.COM", true},
		{"trailing dot of the host", "api.example.com", "api.example.com.", true},
		{"trailing dot of the entry", "api.example.com.", "api.example.com", true},
		{"no name below", "example.com", "api.example.com", false},
		{"wildcard", "*.example.com", "api.example.com", true},
		{"wildcard, two levels", "*.example.com", "a.b.example.com", true},
		{"wildcard, not the apex", "*.example.com", "example.com", false},
		{"wildcard, not a longer name", "*.example.com", "badexample.com", false},
		{"everything", "*", "anything.test", true},
		{"everything, but no empty host", "*", "", false},
		{"international name and punycode", "bücher.example", "xn--bcher-kva.example", true},
		{"punycode and international name", "*.xn--bcher-kva.example", "shop.Bücher.example", true},
		{"address", "127.0.0.1", "127.0.0.1", true},
		{"IPv6 in brackets", "[::1]", "::1", true},
		{"IPv6 spelled differently", "::1", "0:0:0:0:0:0:0:1", true},
		{"IPv4 in IPv6", "127.0.0.1", "::ffff:127.0.0.1", true},
		{"localhost", "localhost", "localhost", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := host(t, tt.entry).Match(tt.host); got != tt.want {
				t.Errorf("%q matches %q: got %v, want %v", tt.entry, tt.host, got, tt.want)
			}
		})
	}
	if (Host{}).Match("example.com") || (Host{}).Covers(Host{}) {
		t.Error("the zero Host must match nothing")
	}
}

func TestHostCovers(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"*", "example.com", true},
		{"*", "*.example.com", true},
		{"*", "*", true},
		{"*.example.com", "*", false},
		{"*.example.com", "api.example.com", true},
		{"*.example.com", "*.api.example.com", true},
		{"*.example.com", "*.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.api.example.com", "*.example.com", false},
		{"example.com", "EXAMPLE.com.", true},
		{"example.com", "*.example.com", false},
		{"a.example.com", "b.example.com", false},
	}
	for _, tt := range tests {
		if got := host(t, tt.a).Covers(host(t, tt.b)); got != tt.want {
			t.Errorf("%q covers %q: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestWiderHost(t *testing.T) {
	tests := []struct {
		name    string
		entries []string
		want    []int
	}{
		{"none", []string{"a.com", "b.com"}, []int{-1, -1}},
		{"below a wildcard", []string{"b.a.com", "*.a.com", "a.com"}, []int{1, -1, -1}},
		{"wildcard below a wildcard", []string{"*.b.a.com", "*.a.com"}, []int{1, -1}},
		{"equal, the first stays", []string{"a.com", "A.com."}, []int{-1, 0}},
		{"everything", []string{"*", "a.com", "*.b.com", "10.0.0.1"}, []int{-1, 0, 0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hosts := make([]Host, len(tt.entries))
			for i, e := range tt.entries {
				hosts[i] = host(t, e)
			}
			if got := WiderHost(hosts); !slices.Equal(got, tt.want) {
				t.Errorf("WiderHost(%q) = %v, want %v", tt.entries, got, tt.want)
			}
		})
	}
	if got := WiderHost([]Host{{}, {sub: true}}); got[0] != -1 {
		t.Errorf("the zero Host is covered by %d", got[0])
	}
}

func TestHostProblems(t *testing.T) {
	long := "a123456789012345678901234567890123456789012345678901234567890123"
	tests := []struct {
		name, entry, at, suggest string
	}{
		{"empty", "", "", ""},
		{"scheme", "https://api.example.com", "https://", "api.example.com"},
		{"everything at once", "https://me@Api.example.com:8443/v1?x#y", "https://", "api.example.com"},
		{"port", "api.example.com:443", ":443", "api.example.com"},
		{"port of an address", "[::1]:443", ":443", "[::1]"},
		{"path", "api.example.com/v1", "/v1", "api.example.com"},
		{"trailing slash", "api.example.com/", "/", "api.example.com"},
		{"user", "me@example.com", "me@", "example.com"},
		{"empty label", "api..example.com", ".", "api.example.com"},
		{"leading dot", ".example.com", ".", "*.example.com"},
		{"only a dot", ".", ".", ""},
		{"wildcard without dot", "*example.com", "*", "*.example.com"},
		{"wildcard inside", "api.*.com", "*", ""},
		{"double wildcard", "**.example.com", "*", "*.example.com"},
		{"wildcard alone below nothing", "*.", "*.", ""},
		{"wildcard of an address", "*.127.0.0.1", "*.", ""},
		{"bad IPv4", "300.1.1.1", "300.1.1.1", ""},
		{"bad IPv6", "1::2::3", "1::2::3", ""},
		{"blank", "api example.com", " ", ""},
		{"blanks around", " api.example.com ", " ", "api.example.com"},
		{"bad character", "api!.example.com", "!", ""},
		{"leading dash", "-api.example.com", "-api", ""},
		{"trailing dash", "api-.example.com", "api-", ""},
		{"long label", long + ".com", long, ""},
		{"long name", long[:60] + "." + long[:60] + "." + long[:60] + "." + long[:60] + "." + long[:60], long[:60] + "." + long[:60] + "." + long[:60] + "." + long[:60] + "." + long[:60], ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, p := CompileHost(tt.entry)
			if p == nil {
				t.Fatalf("CompileHost(%q) = %+v, want a problem", tt.entry, h)
			}
			if p.Kind != InvalidHost || tt.entry[p.Start:p.End] != tt.at || p.Suggest != tt.suggest {
				t.Errorf("CompileHost(%q): at %q suggest %q, want at %q suggest %q (%s)",
					tt.entry, tt.entry[p.Start:p.End], p.Suggest, tt.at, tt.suggest, p.Message)
			}
		})
	}
	for _, entry := range []string{"*", "localhost", "a-b.example.com", "example.com.", "xn--bcher-kva.example", "bücher.example", "[::1]", "::1", "10.0.0.1", "_x.example.com", "1.example.com"} {
		host(t, entry)
	}
}

func TestPunycode(t *testing.T) {
	// The samples are from RFC 3492, section 7.1, and common domain names.
	for label, want := range map[string]string{
		"bücher": "bcher-kva", "münchen": "mnchen-3ya", "他们为什么不说中文": "ihqwcrb4cv8a8dqg056pqjye",
		"почемужеонинеговорятпорусски": "b1abfaaepdrnnbgefbadotcwatmq2g4l", "3年b組金八先生": "3b-ww4c5e180e575a65lsy2b", "☃": "n3h",
	} {
		if got, ok := punycode(label); !ok || got != want {
			t.Errorf("punycode(%q) = %q, %v, want %q", label, got, ok, want)
		}
	}
}

func FuzzHost(f *testing.F) {
	for _, s := range []string{"*.example.com", "https://x:1/y", "bücher.example", "[::1]:3", "*", "..", "a.-b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		h, p := CompileHost(entry)
		if p == nil {
			if !h.Covers(h) {
				t.Errorf("%q does not cover itself", entry)
			}
			return
		}
		if p.Start < 0 || p.Start > p.End || p.End > len(entry) {
			t.Errorf("%q: problem at %d..%d", entry, p.Start, p.End)
		}
		if p.Suggest != "" {
			if _, again := CompileHost(p.Suggest); again != nil {
				t.Errorf("%q: suggestion %q: %v", entry, p.Suggest, again)
			}
		}
	})
}
