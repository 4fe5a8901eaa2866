package tomlsyntax

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostile reads documents made to exhaust a parser. Each takes up to some hundred times as long as a clean
// document when the work is linear, and many thousand times when it is not.
func TestHostile(t *testing.T) {
	const (
		n    = 100_000
		most = 1000 // times what a clean document of the same size takes
	)
	tests := []struct {
		name, src string
		valid     bool
	}{
		{"arrays in arrays", "a = " + strings.Repeat("[", n) + strings.Repeat("]", n), true},
		{"arrays never closed", "a = " + strings.Repeat("[", n), false},
		{"arrays closed by braces", "a = " + strings.Repeat("[", n) + strings.Repeat("}", n), false},
		{"tables in tables", "a = " + strings.Repeat("{a=", n) + "1" + strings.Repeat("}", n), true},
		{"a table opened on each line", strings.Repeat("a = {\n", n), false},
		{"an array opened on each line", strings.Repeat("a = [1,\n", n), false},
		{"a string opened on each line", strings.Repeat("a = \"\n", n), false},
		{"a long string opened on each line", strings.Repeat("a = \"\"\"\n", n+1), false},
		{"long strings of both kinds", strings.Repeat("a = '''\nb = \"\"\"\n", n), false},
		{"a long key", "a" + strings.Repeat(".a", n) + " = 1", true},
		{"two long keys", "a" + strings.Repeat(".a", n) + ".b = 1\na" + strings.Repeat(".a", n) + ".c = 1\n", true},
		{"a long header", "[a" + strings.Repeat(".a", n) + "]\nb = 1\n[a]\nb = 1\n", true},
		{"the same header", strings.Repeat("[a]\n", n), false},
		{"the same header over different keys", oneHeader(n), false},
		{"brackets on lines", "a = " + strings.Repeat("[\n", n) + strings.Repeat("]\n", n), true},
		{"the same key", strings.Repeat("a = 1\n", n), false},
		{"many elements", strings.Repeat("[[a]]\n[a.b]\n", n), true},
		{"many inline keys", "a = {" + manyKeys(n) + "}", true},
		{"junk", strings.Repeat("@\n", n), false},
		{"junk in an array", "a = [" + strings.Repeat("@ ", n) + "]", false},
		{"commas", "a = [" + strings.Repeat(",", n) + "]", false},
		{"carriage returns", strings.Repeat("\r", n), false},
		{"control characters", "# " + strings.Repeat("\x01", n), false},
		{"dots", strings.Repeat(".", n) + " = 1", false},
		{"equals", strings.Repeat("=", n), false},
		{"quotes", strings.Repeat("\"", n), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := Parse(tt.src)
			if errs := tree.Errors(); (len(errs) == 0) != tt.valid {
				t.Errorf("%d errors, want valid = %v", len(errs), tt.valid)
			}
			// The best of some tries, by turns with a clean document, so that the machine does not matter.
			clean := manifest(len(tt.src))
			took, best := time.Hour, time.Hour
			for range 5 {
				best = min(best, work(clean))
				if took = min(took, work(tt.src)); took <= most*best {
					return
				}
			}
			t.Errorf("takes %s, a clean document %s", took, best)
		})
	}
}

// work is how long it takes to read, edit, format and walk a document.
func work(src string) time.Duration {
	start := time.Now()
	tree := Parse(src)
	tree.Errors()
	after := tree.Apply(Edit{Span{len(src) / 2, len(src) / 2}, "\n"})
	after.Errors()
	Format(tree, FormatOptions{})
	for it := range after.Root().Items() {
		if tab, ok := it.Table(); ok {
			for range tab.Items() {
			}
		}
	}
	return time.Since(start)
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k")
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString("z=1,")
	}
	return b.String()
}

func oneHeader(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[a]\nk%d = 1\n[a.t%d]\n", i, i)
	}
	return b.String()
}
