package wasmhost

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/plaintext"
)

func TestCleanLine(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "hello, world", "hello, world"},
		{"unicode", "grün — ✓", "grün — ✓"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red"},
		{"title", "\x1b]0;title\x07text", "text"},
		{"title ended by ST", "\x1b]0;title\x1b\\text", "text"},
		{"eight-bit introducer", "\u009b31mred", "red"},
		{"sequence without end", "a\x1b[31", "a31"},
		{"lone escape", "a\x1b", "a"},
		{"device control", "\x1bPq...\x1b\\b", "b"},
		{"controls", "a\x00b\x07c\rd\x7fe", "abcde"},
		{"tab", "a\tb", "a b"},
		{"line separators", "a\u2028b\u0085c", "a b c"},
		{"reordering", "a\u202eb\u2066c\u200fd", "abcd"},
		{"no utf-8", "a\xffb", "a\ufffdb"},
	} {
		if got := cleanLine([]byte(c.in)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, long := range []string{strings.Repeat("ä", maxLineBytes), strings.Repeat("\xff", maxLineBytes)} {
		if got := cleanLine([]byte(long)); len(got) > maxLineBytes+len(lineCutMarker) || !strings.HasSuffix(got, lineCutMarker) {
			t.Errorf("a line of %.4q that is overlong has %d bytes", long, len(got))
		}
	}
}

func FuzzCleanLine(f *testing.F) {
	for _, s := range []string{"", "\x1b[31mred", "\x1b]0;x\x07", "\u009b", "\xff\xfe", "\u202e"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got := cleanLine(in)
		if !utf8.ValidString(got) {
			t.Errorf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || plaintext.Reorders(r) {
				t.Errorf("%q holds %U", got, r)
			}
		}
		if again := cleanLine([]byte(got)); again != got && !strings.HasSuffix(got, lineCutMarker) {
			t.Errorf("%q becomes %q when it is cleaned again", got, again)
		}
	})
}

func TestLogRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log recorder
		o := newOutput(log.sink)
		for i := range logBurst + 500 {
			o.text(call.LevelInfo, call.SourceLog, fmt.Appendf(nil, "%d", i))
		}
		if len(log.lines) != logBurst {
			t.Fatalf("%d lines of the burst were kept, want %d", len(log.lines), logBurst)
		}
		time.Sleep(time.Second) // of the bubble's own clock
		for range 100 {
			o.text(call.LevelInfo, call.SourceLog, []byte("later"))
		}
		kept := log.lines[logBurst:]
		if len(kept) != logRate+1 || kept[0].Text != "500 lines dropped" || kept[0].Source != call.SourceHost {
			t.Fatalf("%d lines after a second, the first %+v", len(kept), kept[0])
		}
		o.flush()
		if last := log.lines[len(log.lines)-1]; last.Text != "90 lines dropped" {
			t.Errorf("last line is %+v", last)
		}
		o.flush()
		if n := len(log.lines); n != logBurst+1+logRate+1 {
			t.Errorf("said again: %d lines", n)
		}
	})
}

func TestLogBytes(t *testing.T) {
	var log recorder
	o := newOutput(log.sink)
	line := []byte(strings.Repeat("x", maxLineBytes))
	for range 2 * maxLogBytes / maxLineBytes {
		o.text(call.LevelInfo, call.SourceLog, line)
	}
	if n := len(log.lines); n != maxLogBytes/maxLineBytes {
		t.Errorf("%d lines were kept", n)
	}
}

func TestTextBecomesLines(t *testing.T) {
	var log recorder
	o := newOutput(log.sink)
	o.text(call.LevelInfo, call.SourceLog, []byte("one\ntwo\n\nthree\n"))
	o.text(call.LevelInfo, call.SourceLog, nil)
	var got []string
	for _, l := range log.lines {
		got = append(got, l.Text)
	}
	if want := []string{"one", "two", "", "three", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLineWriter(t *testing.T) {
	var got []string
	w := lineWriter{emit: func(line []byte) { got = append(got, string(line)) }}
	for _, part := range []string{"a", "b\nc", "\n", "\nlast"} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	w.flush()
	w.flush()
	if want := []string{"ab", "c", "", "last"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = nil
	for range 100 {
		w.Write(make([]byte, maxLineBytes))
	}
	if cap(w.partial) > 4*maxLineBytes {
		t.Errorf("an endless line takes %d bytes", cap(w.partial))
	}
	w.Write([]byte("\nnext\n"))
	if len(got) != 2 || got[1] != "next" {
		t.Errorf("%d lines", len(got))
	}
}
