package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// naive is the reference: line starts by walking the text.
func naiveStarts(s string) []int {
	starts := []int{0}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\n', s[i] == '\r' && (i+1 == len(s) || s[i+1] != '\n'):
			starts = append(starts, i+1)
		}
	}
	return starts
}

func naiveEnd(s string, starts []int, line int) int {
	if line+1 == len(starts) {
		return len(s)
	}
	end := starts[line+1]
	return starts[line] + len(strings.TrimSuffix(strings.TrimSuffix(s[starts[line]:end], "\n"), "\r"))
}

func naiveUnits(s string, e Encoding) int {
	switch e {
	case UTF8:
		return len(s)
	case UTF32:
		return len([]rune(s))
	default:
		return len(utf16.Encode([]rune(s)))
	}
}

func checkText(t *testing.T, x *Text, s string) {
	t.Helper()
	starts := naiveStarts(s)
	if x.String() != s || x.Lines() != len(starts) {
		t.Fatalf("%q: %d lines, want %d", s, x.Lines(), len(starts))
	}
	for line, start := range starts {
		if got := x.LineStart(line); got != start {
			t.Fatalf("%q: line %d starts at %d, want %d", s, line, got, start)
		}
		if got, want := x.LineEnd(line), naiveEnd(s, starts, line); got != want {
			t.Fatalf("%q: line %d ends at %d, want %d", s, line, got, want)
		}
	}
	for off := 0; off <= len(s); off++ {
		line := 0
		for line+1 < len(starts) && starts[line+1] <= off {
			line++
		}
		if got := x.Line(off); got != line {
			t.Fatalf("%q: offset %d in line %d, want %d", s, off, got, line)
		}
	}
}

func checkPositions(t *testing.T, x *Text) {
	t.Helper()
	s, starts := x.String(), naiveStarts(x.String())
	for _, e := range []Encoding{UTF8, UTF16, UTF32} {
		for line, start := range starts {
			end := naiveEnd(s, starts, line)
			for off := start; off <= end; off++ {
				if off < len(s) && !utf8.RuneStart(s[off]) {
					continue
				}
				l, c := x.Position(off, e)
				if int(l) != line || int(c) != naiveUnits(s[start:off], e) {
					t.Fatalf("%q %v: offset %d is %d:%d, want %d:%d", s, e, off, l, c, line, naiveUnits(s[start:off], e))
				}
				if got := x.Offset(l, c, e); got != off && utf8.ValidString(s) {
					t.Fatalf("%q %v: %d:%d is offset %d, want %d", s, e, l, c, got, off)
				}
			}
			if got := x.Offset(uint32(line), 1<<31, e); got != end {
				t.Fatalf("%q %v: behind line %d is %d, want its end %d", s, e, line, got, end)
			}
		}
		if got := x.Offset(1<<31, 5, e); got != len(s) {
			t.Fatalf("%q %v: behind the last line is %d, want %d", s, e, got, len(s))
		}
	}
}

var texts = []string{
	"", "\n", "\r", "\r\n", "\n\r", "a", "a\n", "a\r\nb", "a\rb\nc\r\n", "\r\r\n\n", "é\n日本\r\n😀x\r", "e\u0301\n", "\ufeffname = 1\r\n",
}

func TestLines(t *testing.T) {
	for _, s := range append(texts, strings.Repeat("line\r\n", 1000), strings.Repeat("\r", 500)+strings.Repeat("x\n", 500)) {
		checkText(t, New(s), s)
	}
}

func TestPositions(t *testing.T) {
	for _, s := range texts {
		checkPositions(t, New(s))
	}
}

func TestPositionInsideCodePoint(t *testing.T) {
	x := New("a😀b")
	for _, tc := range []struct {
		e          Encoding
		char       uint32
		wantOffset int
	}{
		{UTF16, 1, 1},
		{UTF16, 2, 1},
		{UTF16, 3, 5},
		{UTF16, 4, 6},
		{UTF16, 9, 6},
		{UTF8, 2, 1},
		{UTF8, 4, 1},
		{UTF8, 5, 5},
		{UTF8, 6, 6},
		{UTF32, 1, 1},
		{UTF32, 2, 5},
		{UTF32, 3, 6},
	} {
		if got := x.Offset(0, tc.char, tc.e); got != tc.wantOffset {
			t.Errorf("%v character %d: offset %d, want %d", tc.e, tc.char, got, tc.wantOffset)
		}
	}
}

func TestReplaceRandomly(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"\n", "\r", "\r\n", "x", "key = 1\n", "é", "😀", "", strings.Repeat("y\r\n", 200)}
	for range 300 {
		x := New(strings.Repeat("a = 1\r\n", rng.IntN(600)))
		for range 20 {
			s := x.String()
			a, b := rng.IntN(len(s)+1), rng.IntN(len(s)+1)
			if rng.IntN(3) > 0 {
				b = min(len(s), a+rng.IntN(5))
			}
			repl := pieces[rng.IntN(len(pieces))]
			x = x.Replace(a, b, repl)
			want := s[:min(a, b)] + repl + s[max(a, b):]
			if x.String() != want {
				t.Fatalf("Replace(%d, %d, %q)", a, b, repl)
			}
			starts := naiveStarts(want)
			if x.Lines() != len(starts) {
				t.Fatalf("%d lines after Replace(%d, %d, %q), want %d", x.Lines(), a, b, repl, len(starts))
			}
			for line, start := range starts {
				if x.LineStart(line) != start {
					t.Fatalf("line %d starts at %d, want %d", line, x.LineStart(line), start)
				}
			}
		}
	}
}

func FuzzReplace(f *testing.F) {
	for _, s := range texts {
		f.Add(s, uint16(1), uint16(2), "\r\n")
	}
	f.Fuzz(func(t *testing.T, s string, a, b uint16, repl string) {
		if len(s)+len(repl) > 2000 {
			return
		}
		x := New(s).Replace(int(a), int(b), repl)
		lo, hi := min(int(a), len(s)), min(int(b), len(s))
		want := s[:min(lo, hi)] + repl + s[max(lo, hi):]
		checkText(t, x, want)
		checkPositions(t, x)
	})
}

func BenchmarkReplace1MB(b *testing.B) {
	x := New(strings.Repeat("key = \"some value here\"\n", 1<<20/24))
	b.ReportAllocs()
	for b.Loop() {
		x.Replace(x.Len()/2, x.Len()/2+1, "y")
	}
}

func BenchmarkNew1MB(b *testing.B) {
	s := strings.Repeat("key = \"some value here\"\n", 1<<20/24)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		New(s)
	}
}
