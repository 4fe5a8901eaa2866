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

func TestSectionChanged(t *testing.T) {
	const src = "[t]\na = 1\nb = 2\nc = 3\nd = 4\n"
	tests := map[string]struct {
		edit Edit
		want string
	}{
		"nothing":      {Edit{}, ""},
		"a value":      {Edit{Span{14, 15}, "9"}, "b = 9\n"},
		"the first":    {Edit{Span{8, 9}, "9"}, "a = 9\n"},
		"the last":     {Edit{Span{26, 27}, "9"}, "d = 9\n"},
		"a line more":  {Edit{Span{10, 10}, "x = 0\n"}, "x = 0\n"},
		"a line less":  {Edit{Span{10, 16}, ""}, ""},
		"two lines":    {Edit{Span{14, 21}, "8\nc = 9"}, "b = 8\nc = 9\n"},
		"all but one":  {Edit{Span{4, 22}, ""}, ""},
		"a line twice": {Edit{Span{16, 16}, "b = 2\n"}, "b = 2\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			section := func(tree *Tree) Section {
				it, _ := tree.Root().Get("t")
				tab, _ := it.Table()
				s, _ := tab.Section()
				return s
			}
			was := Parse(src)
			changed, n := section(was.Apply(tt.edit)).Changed(section(was).ID())
			got := ""
			for e := range changed {
				got += e.Text()
				n--
			}
			if got != tt.want || n != 0 {
				t.Errorf("got %q (%d left), want %q", got, n, tt.want)
			}
		})
	}
}
