package semrange

import (
	"strings"
	"testing"
)

func mustParse(t testing.TB, text string) Range {
	t.Helper()
	r, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return r
}

func TestContains(t *testing.T) {
	tests := []struct {
		text     string
		in, outs []string
	}{
		{"^1.2.3", []string{"1.2.3", "1.2.4", "1.9.0"}, []string{"1.2.2", "2.0.0", "0.9.9", "1.3.0-rc.1", "2.0.0-rc.1"}},
		{"^1.2", []string{"1.2.0", "1.9.9"}, []string{"1.1.9", "2.0.0"}},
		{"^1", []string{"1.0.0", "1.9.9"}, []string{"0.9.9", "2.0.0"}},
		{"^0.2.3", []string{"0.2.3", "0.2.9"}, []string{"0.2.2", "0.3.0", "1.0.0"}},
		{"^0.0.3", []string{"0.0.3"}, []string{"0.0.2", "0.0.4", "0.1.0"}},
		{"^0.0", []string{"0.0.0", "0.0.9"}, []string{"0.1.0"}},
		{"^0", []string{"0.0.0", "0.9.9"}, []string{"1.0.0"}},
		{"^0.2", []string{"0.2.0", "0.2.9"}, []string{"0.3.0", "0.1.9"}},
		{"^1.2.3-rc.1", []string{"1.2.3-rc.1", "1.2.3-rc.2", "1.2.3", "1.3.0"}, []string{"1.2.3-beta", "1.2.4-rc.1", "1.3.0-rc.1"}},
		{"^0.0.3-beta", []string{"0.0.3-beta", "0.0.3"}, []string{"0.0.3-alpha", "0.0.4"}},
		{"~1.2.3", []string{"1.2.3", "1.2.9"}, []string{"1.3.0", "1.2.2"}},
		{"~1.2", []string{"1.2.0", "1.2.9"}, []string{"1.3.0"}},
		{"~1", []string{"1.0.0", "1.9.0"}, []string{"2.0.0", "0.9.0"}},
		{"~0.0.0", []string{"0.0.0", "0.0.9"}, []string{"0.1.0"}},
		{"~0", []string{"0.0.1", "0.9.0"}, []string{"1.0.0"}},
		{"~1.2.3-beta.2", []string{"1.2.3-beta.2", "1.2.3-beta.10", "1.2.4"}, []string{"1.2.3-beta.1", "1.2.4-beta.2", "1.3.0"}},
		{"1.2.3", []string{"1.2.3", "1.2.3+build"}, []string{"1.2.4", "1.3.0"}},
		{"=1.2.3", []string{"1.2.3"}, []string{"1.2.4", "1.2.3-rc.1"}},
		{"=1.2.3-rc.1", []string{"1.2.3-rc.1"}, []string{"1.2.3"}},
		{"= 1.2", []string{"1.2.0", "1.2.9"}, []string{"1.3.0", "1.2.3-rc.1"}},
		{"1", []string{"1.0.0", "1.9.0"}, []string{"2.0.0"}},
		{"1.*", []string{"1.0.0", "1.9.9"}, []string{"2.0.0", "1.0.0-rc.1"}},
		{"1.2.*", []string{"1.2.0", "1.2.9"}, []string{"1.3.0"}},
		{"1.*.*", []string{"1.0.0", "1.9.9"}, []string{"2.0.0"}},
		{"*", []string{"0.0.0", "99.0.0"}, []string{"1.0.0-rc.1"}},
		{" * ", []string{"0.0.0"}, nil},
		{">=1, <2", []string{"1.0.0", "1.9.9"}, []string{"2.0.0", "0.9.9", "2.0.0-rc.1", "1.5.0-rc.1"}},
		{">=1.0.0,<2.0.0", []string{"1.0.0"}, []string{"2.0.0"}},
		{">=1.*", []string{"1.0.0", "3.0.0"}, []string{"0.9.0"}},
		{">1.2", []string{"1.3.0"}, []string{"1.2.9"}},
		{">1.2.3", []string{"1.2.4"}, []string{"1.2.3"}},
		{">1", []string{"2.0.0"}, []string{"1.9.9"}},
		{"<=1.2", []string{"1.2.9", "0.0.0"}, []string{"1.3.0"}},
		{"<1.2", []string{"1.1.9"}, []string{"1.2.0"}},
		{"<2.0.0-rc.2", []string{"2.0.0-rc.1", "1.0.0"}, []string{"2.0.0-rc.2", "2.0.0", "1.0.0-rc.1"}},
		{">=2.0.0-alpha, <2.0.0", []string{"2.0.0-alpha", "2.0.0-rc.1"}, []string{"2.0.0", "1.9.9"}},
		{"=1.2, >=1.2.5-alpha", []string{"1.2.5"}, []string{"1.2.5-alpha"}},
		{">1.0.0-alpha", []string{"1.0.0-alpha.1", "1.0.0-beta", "1.0.0"}, []string{"1.0.0-alpha", "1.0.0-9"}},
		{"=1.2.3+build", []string{"1.2.3", "1.2.3+other"}, []string{"1.2.4"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			r := mustParse(t, tt.text)
			for _, v := range tt.in {
				if !r.Contains(mustVersion(t, v)) {
					t.Errorf("%q does not admit %s", tt.text, v)
				}
			}
			for _, v := range tt.outs {
				if r.Contains(mustVersion(t, v)) {
					t.Errorf("%q admits %s", tt.text, v)
				}
			}
			if r.Empty() {
				t.Errorf("%q is said to be empty", tt.text)
			}
		})
	}
}

func TestEmptyAndExpand(t *testing.T) {
	tests := []struct {
		text, expand string
	}{
		{"^1.2.3", ">=1.2.3, <2.0.0"},
		{"^0.2.3", ">=0.2.3, <0.3.0"},
		{"^0.0.3", ">=0.0.3, <0.0.4"},
		{"^0.0", "<0.1.0"},
		{"^0", "<1.0.0"},
		{"~1.2", ">=1.2.0, <1.3.0"},
		{"~1.2.3", ">=1.2.3, <1.3.0"},
		{"~1", ">=1.0.0, <2.0.0"},
		{"1.2.3", "=1.2.3"},
		{"=1.2", ">=1.2.0, <1.3.0"},
		{"1.*", ">=1.0.0, <2.0.0"},
		{"*", "*"},
		{">=0.0.0", "*"},
		{">1.2", ">=1.3.0"},
		{">1.2.3", ">1.2.3"},
		{"<=1.2", "<1.3.0"},
		{"<=1.2.3", "<=1.2.3"},
		{">=1, <2, <1.5, >1.2.3", ">1.2.3, <1.5.0"},
		{"^1.2.3-rc.1", ">=1.2.3-rc.1, <2.0.0"},
		{">1.0.0, <1.0.1", "nothing"},
		{">1.0.0, <=1.0.1", ">1.0.0, <=1.0.1"},
		{">=2, <1", "nothing"},
		{"^1, ^2", "nothing"},
		{"<0.0.0", "nothing"},
		{"<0", "nothing"},
		{"=1.2.3, =1.2.4", "nothing"},
		{">1.0.0-alpha, <1.0.0-alpha.0", "nothing"},
		{">=1.0.0-alpha, <1.0.0", ">=1.0.0-alpha, <1.0.0"},
		{"<0.0.0-0", "nothing"},
		{"<0.0.0-1", "<0.0.0-1"},
		{">18446744073709551615", "nothing"},
		{"^18446744073709551615.1", ">=18446744073709551615.1.0"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			r := mustParse(t, tt.text)
			if got := r.Expand(); got != tt.expand {
				t.Errorf("Expand() = %q, want %q", got, tt.expand)
			}
			if got, want := r.Empty(), tt.expand == "nothing"; got != want {
				t.Errorf("Empty() = %v, want %v", got, want)
			}
		})
	}
}

func TestSwapped(t *testing.T) {
	for text, want := range map[string]string{
		">=3, <2": ">=2, <3", "<1.2, >=1.3.0": ">=1.2, <1.3.0", ">=2.0.0-rc.1, <1": ">=1, <2.0.0-rc.1",
		">=1, <2": "", "^1, ^2": "", ">1.0.0, <1.0.0": "", ">=2, <1, <3": "",
	} {
		r := mustParse(t, text)
		if got := r.Swapped(); got != want {
			t.Errorf("%q swapped: %q, want %q", text, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name, text, at, suggest string
	}{
		{"empty", "", "", ""},
		{"blank", "  ", "  ", ""},
		{"operator alone", ">=", ">=", ""},
		{"trailing comma", ">=1,", ",", ">=1"},
		{"leading comma", ", >=1", ",", ">=1"},
		{"doubled comma", ">=1,, <2", ",", ">=1, <2"},
		{"npm alternatives, adjacent", "^1 || ^2", "||", ">=1.0.0, <3.0.0"},
		{"npm alternatives with a gap", "^1 || ^3", "||", ""},
		{"npm alternatives in disorder", "^2||^1.2", "||", ">=1.2.0, <3.0.0"},
		{"npm hyphen", "1.2 - 2.3.4", " - ", ">=1.2, <=2.3.4"},
		{"npm spaces", ">=1.2 <2", "<2", ">=1.2, <2"},
		{"npm x", "1.x", "x", "1.*"},
		{"npm X behind an operator", "^1.X", "X", "^1.*"},
		{"npm x alone", "x", "x", "*"},
		{"npm v", "^v1.2.3", "v", "^1.2.3"},
		{"latest", "latest", "latest", "*"},
		{"ruby", "~> 1.2", "~>", "~1.2"},
		{"python", "~=1.2", "~=", "~1.2"},
		{"python equality", "==1.2.3", "==", "=1.2.3"},
		{"not equal", ">=1, !=1.5", "!=", ""},
		{"arrow", "=>1", "=>", ">=1"},
		{"and signs", ">=1 && <2", "&&", ">=1, <2"},
		{"star with others", "*, <2", "*", "<2"},
		{"star behind others", "<2, *", "*", "<2"},
		{"star with an operator", ">=*", ">=*", "*"},
		{"number behind a star", "1.*.3", "1.*.", "1.*"},
		{"leading zero", "^01.2", "01", "^1.2"},
		{"too many numbers", "1.2.3.4", ".", ""},
		{"pre-release of a partial version", "^1.2-rc", "^1.2-", "^1.2.0-rc"},
		{"empty pre-release", "=1.2.3-", "-", ""},
		{"empty identifier", "=1.2.3-a..b", "..", ""},
		{"zero in a pre-release", "=1.2.3-01", "01", ""},
		{"letter", "^1.2.b", "b", ""},
		{"no number", "^1.", ".", ""},
		{"word", "stable", "stable", ""},
		{"too large a number", "^99999999999999999999", "99999999999999999999", ""},
		{"no ASCII", "^1.é", "é", ""},
		{"tab", ">=1,\t<2", "\t", ">=1, <2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Parse(tt.text)
			if err == nil {
				t.Fatalf("Parse(%q) = %v, want an error", tt.text, r)
			}
			if got := tt.text[err.Start:err.End]; got != tt.at || err.Suggest != tt.suggest {
				t.Errorf("Parse(%q): at %q suggest %q, want at %q suggest %q (%s)", tt.text, got, err.Suggest, tt.at, tt.suggest, err)
			}
		})
	}
}

func TestParseSemver(t *testing.T) {
	for _, text := range []string{"0.0.0", "1.2.3", "1.2.3-rc.1", "1.2.3-rc.1+b.01", "1.0.0+x", "1.0.0--", "1.0.0-0a"} {
		if v, err := ParseSemver(text); err != nil || v.String() != text {
			t.Errorf("ParseSemver(%q) = %v, %v", text, v, err)
		}
	}
	tests := []struct {
		name, text, at, suggest string
	}{
		{"empty", "", "", ""},
		{"too long", "1.2.3+" + strings.Repeat("0", 251), "1.2.3+" + strings.Repeat("0", 251), ""},
		{"too long when mended", "1+" + strings.Repeat("0", 251), "1", ""},
		{"v", "v1.2.3", "v", "1.2.3"},
		{"one number", "1", "1", "1.0.0"},
		{"two numbers", "1.2", "1.2", "1.2.0"},
		{"two numbers and a pre-release", "1.2-rc", "1.2", "1.2.0-rc"},
		{"four numbers", "1.2.3.4", ".4", ""},
		{"leading zero", "1.02.3", "02", "1.2.3"},
		{"empty pre-release", "1.2.3-", "-", ""},
		{"empty build", "1.2.3+", "+", ""},
		{"word", "one", "one", ""},
		{"range", "^1.2.3", "^", ""},
		{"blank behind", "1.2.3 ", " ", "1.2.3"},
		{"underscore", "1.2.3-a_b", "_", ""},
		{"end", "1.2.", ".", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := ParseSemver(tt.text)
			if err == nil {
				t.Fatalf("ParseSemver(%q) = %v, want an error", tt.text, v)
			}
			if got := tt.text[err.Start:err.End]; got != tt.at || err.Suggest != tt.suggest {
				t.Errorf("ParseSemver(%q): at %q suggest %q, want at %q suggest %q (%s)", tt.text, got, err.Suggest, tt.at, tt.suggest, err)
			}
		})
	}
}

func mustVersion(t *testing.T, text string) *Version {
	t.Helper()
	v, err := ParseSemver(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
