package manifestcheck

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

var benchSizes = []struct {
	name  string
	bytes int
	share float64 // of the time of one toml.Decode that a whole check may take
	turn  int     // how many of each to measure in a turn, so that both find their caches warm
}{
	{"1KB", 1 << 10, 1. / 3, 64},
	{"100KB", 100 << 10, 1. / 5, 1},
	{"1MB", 1 << 20, 1. / 5, 1},
}

// benchManifest makes a valid wasm manifest of about size bytes: required plugins, and metadata of
// every type below it.
func benchManifest(size int) string {
	r := rand.New(rand.NewPCG(1, uint64(size)))
	words := strings.Fields("guide lint format review test build cache graph index query merge vector signal café naïve")
	word := func() string { return words[r.IntN(len(words))] }
	phrase := func(n int) string {
		w := make([]string, n)
		for i := range w {
			w[i] = word()
		}
		return strings.Join(w, " ")
	}
	head := "name = \"lint-0001\"\nversion = \"1.2.3\"\nkind = \"wasm\"\nsummary = \"A plugin to " + phrase(8) + ".\"\nlicense = \"MIT\"\n" +
		"homepage = \"https://example.com/plugins/lint\"\nauthors = [\"Ada <ada@example.com>\", \"Zoë Müller\"]\n\n" +
		"[samuel]\nframework = \"^2.2.0\"\nprotocol = \"^1.0.0\"\n\n[provides]\n# what the plugin adds\nskills = [\"lint\", \"review\"]\ncommands = [\"lint\"]\n"
	tail := "\n[capabilities]\nfilesystem = { read = [\"/workspace\"], write = [] }\nexec = false\nenv = [\"HOME\", \"LANG\"]\n\n" +
		"[capabilities.network]\nhosts = [\"api.example.com\"]\n\n[wasm]\nmodule = \"plugin.wasm\"\nexports = [\"lint\", \"health\"]\n\n" +
		"[runtime]\nmax_memory = 64\ntimeout = \"5s\"\nhard_timeout = \"30s\"\n"
	requires, metadata := strings.Builder{}, strings.Builder{}
	requires.WriteString("\n[requires]\n")
	metadata.WriteString("\n[metadata]\nteam = \"tools\"\n")
	ascii := words[:13]
	for i := 0; len(head)+len(tail)+requires.Len()+metadata.Len() < size; i++ {
		for j := range 4 {
			fmt.Fprintf(&requires, "%s-%06d = \"^%d.%d.%d\"\n", ascii[r.IntN(13)], 4*i+j, r.IntN(5), r.IntN(20), r.IntN(30))
		}
		fmt.Fprintf(&metadata, "\n[metadata.section-%05d]\n", i)
		for j := range 3 {
			fmt.Fprintf(&metadata, "%s-%d = %q\n", ascii[r.IntN(13)], j, phrase(3+r.IntN(8)))
		}
		fmt.Fprintf(&metadata, "count = %d\nlist = [%q, %q]\nplace = { path = \"/%s\", size = %d, on = true }\nat = 2026-03-14T08:30:00Z\nshare = %d.%d\n",
			r.IntN(1e6), word(), phrase(2), word(), r.IntN(1000), r.IntN(100), r.IntN(100))
	}
	return head + requires.String() + metadata.String() + tail
}

func benchFacts(b testing.TB) Facts {
	b.Helper()
	f, err := parseFacts("func lint (i32 i32) -> i64\nfunc health () -> i32\nfunc samuel_protocol_version () -> i32\nfunc samuel_alloc (i32) -> i32\n" +
		"import samuel log (i32 i32 i32 i32)\nimport samuel fs_read (i32 i32) -> i64\n" +
		"import samuel net_outbound (i32 i32 i32 i32) -> i32\nimport wasi_snapshot_preview1 environ_get (i32 i32) -> i32\nmemory 2\nprotocol 1\n")
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkCheck is the cost of parsing and checking from nothing, with the module's summary known,
// beside one toml.Decode of the same bytes in the same run.
func BenchmarkCheck(b *testing.B) {
	for _, size := range benchSizes {
		src := benchManifest(size.bytes)
		facts := benchFacts(b)
		b.Run(size.name, func(b *testing.B) {
			c := New(Config{})
			var check, decode time.Duration
			n := 0
			for b.Loop() {
				start := time.Now()
				for range size.turn {
					c.Check(tomlsyntax.Parse(src), facts)
				}
				check += time.Since(start)
				for range size.turn {
					decode += decodeTime(b, src)
				}
				n += size.turn
			}
			b.ReportMetric(float64(check)/float64(n), "ns/op")
			b.ReportMetric(float64(check)/float64(decode), "of-decode")
			b.ReportMetric(size.share, "goal")
		})
	}
}

// BenchmarkEdit is the cost of a one-character edit in a checked file: Apply and Check.
func BenchmarkEdit(b *testing.B) {
	for _, size := range benchSizes {
		src := benchManifest(size.bytes)
		facts := benchFacts(b)
		for _, where := range []string{"[metadata]", "[requires]", "[wasm]"} {
			at := strings.Index(src, where) + len(where)
			at += strings.Index(src[at:], "\"") + 1
			b.Run(size.name+"/"+strings.Trim(where, "[]"), func(b *testing.B) {
				c := New(Config{})
				t := tomlsyntax.Parse(src)
				c.Check(t, facts)
				var edit, decode time.Duration
				on, n := false, 0
				for b.Loop() {
					if n%10 == 0 {
						decode += 10 * decodeTime(b, src)
					}
					start := time.Now()
					e := tomlsyntax.Edit{Span: tomlsyntax.Span{Start: at, End: at}, Text: "x"}
					if on {
						e = tomlsyntax.Edit{Span: tomlsyntax.Span{Start: at, End: at + 1}}
					}
					on = !on
					t = t.Apply(e)
					c.Check(t, facts)
					edit += time.Since(start)
					n++
				}
				b.ReportMetric(float64(edit)/float64(n), "ns/op")
				b.ReportMetric(float64(edit)/float64(decode), "of-decode")
			})
		}
	}
}

func decodeTime(b testing.TB, src string) time.Duration {
	b.Helper()
	start := time.Now()
	var v map[string]any
	if _, err := toml.Decode(src, &v); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// The manifest of the benchmarks is as clean as it looks.
func TestBenchManifestIsClean(t *testing.T) {
	for _, size := range benchSizes {
		for _, d := range New(Config{}).Check(tomlsyntax.Parse(benchManifest(size.bytes)), benchFacts(t)).Diagnostics {
			if d.Severity >= Warning {
				t.Errorf("%s: %s: %s", size.name, d.Code, d.Message)
			}
		}
	}
}
