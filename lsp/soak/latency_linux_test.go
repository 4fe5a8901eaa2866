package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The benchmarks of this file drive the built program as an editor does and report percentiles:
// what a person notices is not the mean.

// percentiles reports what was measured, in microseconds.
func percentiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(all[min(len(all)-1, len(all)*p/100)].Nanoseconds())/1e3, fmt.Sprintf("p%d-us", p))
	}
	b.ReportMetric(0, "ns/op") // which would be the mean
}

// sizes are manifests of the sizes that are measured.
var sizes = []struct {
	name  string
	bytes int
}{{"1KB", 1 << 10}, {"100KB", 100 << 10}, {"1MB", 1 << 20}}

// sized is a clean manifest of a size, with the line to edit in its middle.
func sized(bytes int) (text string, line int) {
	var before, after strings.Builder
	before.WriteString(strings.Replace(manifest, "tidy", "work", 1) + "\n[metadata]\n")
	for i := 0; before.Len() < bytes/2; i++ {
		fmt.Fprintf(&before, "before-%d = { title = \"entry %d\", tags = [\"a\", \"b\"], weight = %d }\n", i, i, i)
	}
	for i := 0; before.Len()+after.Len() < bytes; i++ {
		fmt.Fprintf(&after, "after-%d = { title = \"entry %d\", tags = [\"a\", \"b\"], weight = %d }\n", i, i, i)
	}
	return before.String() + "edited = 1\n" + after.String(), strings.Count(before.String(), "\n")
}

// fresh starts a server with one manifest open and waits for its diagnostics.
func fresh(b *testing.B, text string) (*place, *client) {
	b.Helper()
	p := newPlace(b, good)
	p.write("samuel-plugin.toml", text)
	c := p.start()
	p.awaitVersion(c, 1)
	return p, c
}

func (p *place) awaitVersion(c *client, version int) {
	p.t.Helper()
	if err := c.await("diagnostics", func() bool { return c.versions[p.uri] == version }); err != nil {
		p.t.Fatal(err)
	}
}

// BenchmarkKeystroke is the time from an edit to the diagnostics of that version: the line is
// broken and mended in turn.
func BenchmarkKeystroke(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			text, line := sized(size.bytes)
			p, c := fresh(b, text)
			var all []time.Duration
			version := 1
			at := position{line, len("edited = ")}
			for b.Loop() {
				version++
				change := map[string]any{"range": span{at, position{line, at.Character + 1}}, "text": []string{"1", "x"}[(version+1)%2]}
				began := time.Now()
				c.notify("textDocument/didChange", map[string]any{
					"textDocument": map[string]any{"uri": p.uri, "version": version}, "contentChanges": []any{change},
				})
				p.awaitVersion(c, version)
				all = append(all, time.Since(began))
			}
			percentiles(b, all)
		})
	}
}

// BenchmarkBurst is the time from the first of 1,000 changes to the diagnostics of the last.
func BenchmarkBurst(b *testing.B) {
	text, line := sized(1 << 10)
	p, c := fresh(b, text)
	at := position{line, len("edited = 1")}
	var all []time.Duration
	version := 1
	for b.Loop() {
		began := time.Now()
		for range 500 {
			for _, change := range []any{
				map[string]any{"range": span{at, at}, "text": "1"},
				map[string]any{"range": span{at, position{line, at.Character + 1}}, "text": ""},
			} {
				version++
				c.notify("textDocument/didChange", map[string]any{
					"textDocument": map[string]any{"uri": p.uri, "version": version}, "contentChanges": []any{change},
				})
			}
		}
		p.awaitVersion(c, version)
		all = append(all, time.Since(began))
	}
	percentiles(b, all)
}

// BenchmarkRequest is the time from a request to its answer.
func BenchmarkRequest(b *testing.B) {
	for _, method := range []string{"textDocument/hover", "textDocument/completion", "textDocument/codeLens"} {
		for _, size := range sizes {
			b.Run(filepath.Base(method)+"/"+size.name, func(b *testing.B) {
				text, _ := sized(size.bytes)
				p, c := fresh(b, text)
				var all []time.Duration
				for b.Loop() {
					began := time.Now()
					if _, err := c.call(method, map[string]any{"textDocument": map[string]string{"uri": p.uri}, "position": position{0, 2}}); err != nil {
						b.Fatal(err)
					}
					all = append(all, time.Since(began))
				}
				percentiles(b, all)
			})
		}
	}
}

// BenchmarkStart is the time from the start of the process to the first diagnostics, beside that of
// a process that only prints its version.
func BenchmarkStart(b *testing.B) {
	p := newPlace(b, good)
	var all, empty []time.Duration
	for b.Loop() {
		began := time.Now()
		c := p.start()
		p.awaitVersion(c, 1)
		all = append(all, time.Since(began))
		if err := c.bye(); err != nil {
			b.Fatal(err)
		}
		began = time.Now()
		if err := exec.Command(server, "version").Run(); err != nil {
			b.Fatal(err)
		}
		empty = append(empty, time.Since(began))
	}
	percentiles(b, all)
	slices.Sort(empty)
	b.ReportMetric(float64(all[len(all)/2])/float64(empty[len(empty)/2]), "x-version")
}

// BenchmarkRunHook is the time from the command to the result of a warm hook.
func BenchmarkRunHook(b *testing.B) {
	p, c := fresh(b, strings.Replace(manifest, "tidy", "work", 1))
	for range 20 {
		p.wantRun(c, goodResult)
	}
	var all []time.Duration
	for b.Loop() {
		began := time.Now()
		p.wantRun(c, goodResult)
		all = append(all, time.Since(began))
	}
	percentiles(b, all)
}

// BenchmarkSave is the time from a save to what a person sees of its hook: the log line, and its result
// in lenses that are drawn anew whenever the server asks for it.
func BenchmarkSave(b *testing.B) {
	text := strings.Replace(manifest, "tidy", "work", 1)
	p, c := fresh(b, text)
	p.wantRun(c, goodResult) // grants nothing yet to ask about
	doc := map[string]any{"textDocument": map[string]string{"uri": p.uri}}
	save := func() time.Duration {
		logged, refreshed := 0, 0
		c.wake(func() { logged, refreshed = c.logged, c.refreshed })
		began := time.Now()
		c.notify("textDocument/didSave", doc)
		for drawn, done := false, false; ; {
			seen := refreshed
			if err := c.await("the result", func() bool {
				seen, done = c.refreshed, drawn && c.logged > logged
				return done || seen > refreshed
			}); err != nil {
				b.Fatal(err)
			}
			if done {
				return time.Since(began)
			}
			refreshed = seen
			lenses, err := c.call("textDocument/codeLens", doc)
			if err != nil {
				b.Fatal(err)
			}
			drawn = !bytes.Contains(lenses, []byte("running"))
		}
	}
	for range 20 {
		save()
	}
	var all []time.Duration
	for b.Loop() {
		all = append(all, save())
	}
	percentiles(b, all)
}

// BenchmarkWorkspace is the time from the start to the diagnostics of all manifests, none of which
// is open; each has a finding.
func BenchmarkWorkspace(b *testing.B) {
	for _, n := range []int{50, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := newPlace(b, good)
			p.many(n)
			var all []time.Duration
			for b.Loop() {
				began := time.Now()
				c := p.start()
				if err := c.await("the diagnostics of all", func() bool { return len(c.published) > n }); err != nil {
					b.Fatal(err)
				}
				all = append(all, time.Since(began))
				if err := c.bye(); err != nil {
					b.Fatal(err)
				}
			}
			percentiles(b, all)
		})
	}
}

// many lays out more plugins, each of which has a finding and no module yet.
func (p *place) many(n int) {
	p.t.Helper()
	for i := range n {
		name := fmt.Sprintf("p%d", i)
		p.write(name+"/samuel-plugin.toml", strings.Replace(manifest, "tidy", name, 1))
	}
}

// BenchmarkAtRest reports what a server holds and uses when nothing happens.
func BenchmarkAtRest(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("%d open", n), func(b *testing.B) {
			p, c := fresh(b, strings.Replace(manifest, "tidy", "work", 1))
			for i := 1; i < n; i++ {
				d := &doc{uri: fileURI(p.path(fmt.Sprintf("p%d/samuel-plugin.toml", i))), version: 1, text: manifest}
				c.notify("textDocument/didOpen", d.opened())
			}
			if err := c.await("diagnostics of all", func() bool { return len(c.versions) >= n }); err != nil {
				b.Fatal(err)
			}
			var before, after int
			for b.Loop() {
				before = ticks(c.cmd.Process.Pid)
				time.Sleep(time.Second)
				after = ticks(c.cmd.Process.Pid)
			}
			b.ReportMetric(float64(usageOf(c.cmd.Process.Pid, "").rssKiB)/1024, "resident-MiB")
			b.ReportMetric(float64(after-before)*10, "cpu-ms/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkCheck is the whole process that checks 1,000 manifests, beside one that checks none.
func BenchmarkCheck(b *testing.B) {
	p := newPlace(b, good)
	p.many(1000)
	check := func(what string) (time.Duration, error) {
		cmd := exec.Command(server, "check", "--format", "json", what)
		cmd.Dir, cmd.Env = p.root, homely(p.home)
		began := time.Now()
		out, err := cmd.Output()
		took := time.Since(began)
		if !json.Valid(out) {
			return took, fmt.Errorf("checking: %w: %.200s", err, out)
		}
		return took, nil
	}
	var all, one []time.Duration
	for b.Loop() {
		for what, times := range map[string]*[]time.Duration{".": &all, "samuel-plugin.toml": &one} {
			took, err := check(what)
			if err != nil {
				b.Fatal(err)
			}
			*times = append(*times, took)
		}
	}
	percentiles(b, all)
	slices.Sort(one)
	b.ReportMetric(float64(all[len(all)/2])/float64(one[len(one)/2]), "x-one")
}

// Requests and edits may not cost more than a wide multiple of a round trip that does nothing,
// whatever the size of the document. Measured within one session, the machine does not matter.
func TestLatencyDoesNotGrowWithTheFile(t *testing.T) {
	text, _ := sized(1 << 20)
	p := newPlace(t, good)
	p.write("samuel-plugin.toml", text)
	c := p.start()
	p.awaitVersion(c, 1)
	median := func(do func()) time.Duration {
		all := make([]time.Duration, 41)
		for i := range all {
			began := time.Now()
			do()
			all[i] = time.Since(began)
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	ask := func(method string) func() {
		return func() {
			if _, err := c.answer(method, map[string]any{"textDocument": map[string]string{"uri": p.uri}, "position": position{0, 2}}); err != nil && method != "soak/nothing" {
				t.Fatal(err)
			}
		}
	}
	nothing := max(median(ask("soak/nothing")), 200*time.Microsecond)
	for _, method := range []string{"textDocument/hover", "textDocument/completion"} {
		if took := median(ask(method)); took > 12*nothing {
			t.Errorf("%s takes %s at 1 MB, a request that does nothing %s", method, took, nothing)
		}
	}
	p.end(c)
}

// Checking one manifest, as a whole process, costs little more than a process that does nothing.
func TestCheckBesideAnEmptyProcess(t *testing.T) {
	p := newPlace(t, good)
	best := func(args ...string) time.Duration {
		least := time.Hour
		for range 15 {
			cmd := exec.Command(server, args...)
			cmd.Dir, cmd.Env = p.root, homely(p.home)
			began := time.Now()
			_ = cmd.Run() // findings are an exit code of 1
			least = min(least, time.Since(began))
		}
		return least
	}
	if check, empty := best("check", "samuel-plugin.toml"), best("version"); check > 5*empty {
		t.Errorf("check takes %s, a process that prints its version %s", check, empty)
	}
}
