package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestPositionsOfLongLines(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "é", "日", "😀", "\x80\x80\x80\x80\x80", "\xf0\x9f", "\xff", strings.Repeat("x", 300), strings.Repeat("é", 500)}
	for range 20 {
		var b strings.Builder
		b.WriteString("first\n")
		for b.Len() < 5*longLine {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		line := b.String()[len("first\n"):]
		x := New(b.String() + "\nlast")
		for range 300 {
			end := rng.IntN(len(line) + 1)
			for _, e := range []Encoding{UTF8, UTF16, UTF32} {
				if l, c := x.Position(len("first\n")+end, e); l != 1 || int(c) != e.Units(line[:end]) {
					t.Fatalf("%v: byte %d of the line is %d:%d, want 1:%d", e, end, l, c, e.Units(line[:end]))
				}
			}
		}
	}
}

// Asking for all positions of one long line, as requests do, takes a time that its length allows.
func TestPositionsOfOneLineAreNotQuadratic(t *testing.T) {
	all := func(size int) time.Duration {
		x := New(strings.Repeat("{b=", size/3))
		start := time.Now()
		for off := 0; off < x.Len(); off += 3 {
			x.Position(off, UTF16)
		}
		return time.Since(start)
	}
	// The best of some tries, by turns, so that the machine does not matter: sixteen times the size
	// may take sixteen times as long, with room for caches.
	small, large := time.Hour, time.Hour
	for range 5 {
		small, large = min(small, all(64<<10)), min(large, all(1<<20))
		if large <= 16*8*small {
			return
		}
	}
	t.Errorf("64 KiB take %s, 1 MiB takes %s", small, large)
}
