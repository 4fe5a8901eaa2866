package tomlsyntax

import (
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// Reading a document takes a fraction of what its decoding takes, and an edit a fraction of reading
// it; the benchmarks have the exact ratios. All take turns, so that the machine does not matter.
func TestParsingBesideDecoding(t *testing.T) {
	src := manifest(100 << 10)
	tree := Parse(src)
	tree.Errors()
	at := len(src) / 2
	parse, edit, decode := time.Hour, time.Hour, time.Hour
	for range 10 {
		began := time.Now()
		Parse(src).Errors()
		parse = min(parse, time.Since(began))
		began = time.Now()
		tree.Apply(Edit{Span{at, at}, "1"}).Errors()
		edit = min(edit, time.Since(began))
		began = time.Now()
		var m map[string]any
		if _, err := toml.Decode(src, &m); err != nil {
			t.Fatal(err)
		}
		decode = min(decode, time.Since(began))
	}
	if parse > decode/2 {
		t.Errorf("reading takes %s, decoding %s", parse, decode)
	}
	if edit > decode/5 {
		t.Errorf("an edit takes %s, decoding %s", edit, decode)
	}
}
