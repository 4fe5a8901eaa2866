package tomlsyntax

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// manifest is a valid document of about size bytes that looks like a very large plugin manifest: one big table of
// ranges, many small tables of mixed values, and the tables of a manifest around them.
func manifest(size int) string {
	r := rand.New(rand.NewSource(int64(size)))
	words := strings.Fields("lint format sync agent context quality release check build watch report daily")
	word := func() string { return words[r.Intn(len(words))] }
	var requires, meta strings.Builder
	const head = `name = "bench-plugin"
version = "1.4.2"
kind = "wasm"
summary = "A plugin to measure with"
authors = ["A <a@example.com>", "B"]

[samuel]
framework = "^2.2.0"
protocol = "1"

[wasm]
module = "plugin.wasm"
exports = ["on_save", "health"]

[capabilities.filesystem]
read = ["/workspace/**"]
write = []

`
	requires.WriteString("[requires]\n")
	for i := 0; len(head)+requires.Len()+meta.Len() < size; i++ {
		for j := range 4 {
			fmt.Fprintf(&requires, "%s-%06d = \"^%d.%d.%d\"\n", word(), 4*i+j, r.Intn(9), r.Intn(20), r.Intn(9))
		}
		fmt.Fprintf(&meta, "\n[metadata.section-%05d]\n", i)
		for j := range 3 {
			fmt.Fprintf(&meta, "%s-%d = \"%s %s %s %s %s\"\n", word(), j, word(), word(), word(), word(), word())
		}
		fmt.Fprintf(&meta, "count = %d\nlist = [\"%s\", \"%s %s\"]\nsize = { path = \"/%s\", size = %d, on = true }\n", r.Intn(1e6), word(), word(), word(), word(), r.Intn(1000))
		fmt.Fprintf(&meta, "when = 2026-03-14T08:30:00Z\nratio = %d.%d\n", r.Intn(100), r.Intn(100))
	}
	return head + requires.String() + meta.String()
}

var sizes = []struct {
	name string
	n    int
}{{"1KB", 1 << 10}, {"100KB", 100 << 10}, {"1MB", 1 << 20}}

func BenchmarkDecode(b *testing.B) {
	for _, s := range sizes {
		src := manifest(s.n)
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				var m map[string]any
				if _, err := toml.Decode(src, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, s := range sizes {
		src := manifest(s.n)
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if errs := Parse(src).Errors(); len(errs) > 0 {
					b.Fatal(errs[0])
				}
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	places := []struct{ name, at string }{
		{"large-table", "-000000 = \"^"}, {"small-table", "count = "}, {"header", "[metadata.section-0000"}, {"break", "list = ["},
	}
	for _, s := range sizes {
		src := manifest(s.n)
		for _, p := range places {
			at := strings.Index(src, p.at) + len(p.at)
			text := "1"
			if p.name == "break" {
				text = "\""
			}
			b.Run(s.name+"/"+p.name, func(b *testing.B) {
				tree := Parse(src)
				b.ReportAllocs()
				for b.Loop() {
					tree = tree.Apply(Edit{Span{at, at}, text})
					tree.Errors()
					tree = tree.Apply(Edit{Span{at, at + 1}, ""})
					if errs := tree.Errors(); len(errs) > 0 {
						b.Fatal(errs[0])
					}
				}
			})
		}
	}
}
