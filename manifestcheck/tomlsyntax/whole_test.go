package tomlsyntax

import "testing"

func TestTableSection(t *testing.T) {
	tests := map[string]struct {
		src  string
		want string // the section's text, "" for none
	}{
		"a header":                 {"a = 1\n[t]\nx = 1\n[u]\n", "[t]\nx = 1\n"},
		"an inline table":          {"t = { x = 1 }\n", ""},
		"dotted keys":              {"t.x = 1\n", ""},
		"a table below":            {"[t]\nx = 1\n[t.u]\n", ""},
		"a header and dotted keys": {"t.x = 1\n[t.u]\n", ""},
		"two headers":              {"[t]\nx = 1\n[t]\ny = 1\n", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			it, _ := Parse(tt.src).Root().Get("t")
			tab, _ := it.Table()
			got := ""
			if s, ok := tab.Section(); ok {
				got = tt.src[s.Span().Start:s.Span().End]
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
