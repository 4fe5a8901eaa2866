package runlog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

// What a plugin reports is taken if there is any way to, and what is refused is named.
func TestDecode(t *testing.T) {
	for _, tt := range []struct{ payload, found, note string }{
		{`[{"path":"a","line":2,"column":3,"end_line":4,"end_column":5,"severity":"ERROR","rule":"r","message":"m"}]`, "a:2:3-4:5 error r m", ""},
		{`[{"path":"a","line":2.0,"column":3e0,"message":"m"}]`, "a:2:3-0:0   m", ""},
		{`[{"path":"a","line":0,"column":-1,"message":"m"}]`, "a:1:0-0:0   m", ""},
		{`[{"path":"a","line":-7,"message":"m"}]`, "a:1:0-0:0   m", ""},
		{`[{"path":"a","line":1e30,"column":1e30,"message":"m"}]`, "a:2147483647:2147483647-0:0   m", ""},
		{`[{"path":"a","line":1,"column":null,"severity":null,"rule":null,"other":[{}],"message":"m"}]`, "a:1:0-0:0   m", ""},
		{`[{"line":1,"message":"m"}]`, "", "finding 1 is left out: it has no path"},
		{`[{"path":"a","message":"m"}]`, "", "it has no line"},
		{`[{"path":"a","line":1}]`, "", "it has no message"},
		{`[{"path":"a","line":1,"message":" \n"}]`, "", "it has no message"},
		{`[{"path":"a","line":1,"message":"m"},{"path":"a","line":"1","message":"m"}]`, "a:1:0-0:0   m", "finding 2 is left out: its line must be a number, not a string"},
		{`[{"path":["a"],"line":1,"message":"m"}]`, "", "its path must be a string, not an array"},
		{`[{"path":"a","line":1,"severity":1,"message":"m"}]`, "", "its severity must be a string, not a number"},
		{`[7]`, "", "it must be an object, not 7"},
		{`[null]`, "", "it has no path"},
		{`{"path":"a"}`, "", `must be a list of findings: {"path":"a"}`},
		{`[{"path":"no","line":1,"message":"m"}]`, "", "finding 1 is left out: refused"},
	} {
		var d runlog.Decoder
		var found []string
		notes := d.Decode([]byte(tt.payload), func(f runlog.Finding) error {
			if f.Path == "no" {
				return errors.New("refused")
			}
			found = append(found, fmt.Sprintf("%s:%d:%d-%d:%d %s %s %s", f.Path, f.Line, f.Column, f.EndLine, f.EndColumn, f.Severity, f.Rule, f.Message))
			return nil
		})
		if got := strings.Join(found, "\n"); got != tt.found {
			t.Errorf("%s: found %q, want %q", tt.payload, got, tt.found)
		}
		if got := strings.Join(notes, "\n"); tt.note == "" && got != "" || !strings.Contains(got, tt.note) {
			t.Errorf("%s: said %q, want %q", tt.payload, got, tt.note)
		}
	}
}

// Nothing of a guest's text drives a terminal or an editor.
func TestPlain(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"**bold** <b>x</b>", "**bold** <b>x</b>"},
		{"\x1b[1;31mred\x1b[0m, \u009b4mline", "red, line"},
		{"\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x07", "link"},
		{"a\x07\x00\u202eb\u2066\u200f\ufeffc", "abc"},
		{"one\ntwo\u2028three\tfour", "one\ntwo\nthree\tfour"},
		{"bro\xffken \U0001F600", "broken \U0001F600"},
		{"end\x1b", "end"},
	} {
		if got := runlog.Plain(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := runlog.OneLine(" a\nb\u2028c\x1b[K "); got != "a b c" {
		t.Errorf("on one line: %q", got)
	}
	runlog.Plain(strings.Repeat("\x1b]", 1<<18)) // sequences that never end cost linear time
}
