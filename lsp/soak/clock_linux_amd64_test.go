package main

import (
	"encoding/json"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// setClock makes the clock of a server and its children wrong by d.
func (p *place) setClock(c *client, d time.Duration) {
	p.t.Helper()
	if err := jump(c.cmd.Process.Pid, d); err != nil {
		p.t.Fatal(err)
	}
}

// loggedYear is the year in which the server says that the newest run began.
func (p *place) loggedYear(c *client) int {
	p.t.Helper()
	raw, err := c.call("workspace/executeCommand", map[string]any{"command": "samuel.showLog", "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}})
	if err != nil {
		p.t.Fatal(err)
	}
	var result struct{ URI string }
	if err := json.Unmarshal(raw, &result); err != nil {
		p.t.Fatal(err)
	}
	at, err := url.Parse(result.URI)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := os.ReadFile(at.Path)
	if err != nil {
		p.t.Fatal(err)
	}
	word, _, _ := strings.Cut(string(text), "-")
	n, err := strconv.Atoi(word)
	if err != nil {
		p.t.Fatalf("a log that begins with no year: %q", text)
	}
	return n
}

// rebuilt builds another module and tells the server.
func (p *place) rebuilt(c *client, module string) {
	p.t.Helper()
	p.build(module)
	c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(p.path("plugin.wasm")), "type": 2}}})
}

func TestClockJumps(t *testing.T) {
	for _, by := range jumps {
		t.Run(by.String(), func(t *testing.T) {
			p := newPlace(t, good)
			c := p.start()
			p.wantRun(c, goodResult)
			p.setClock(c, by)
			p.wantRun(c, goodResult)
			if got, want := p.loggedYear(c), time.Now().Add(by).Year(); got < want-1 || got > want+1 {
				t.Fatalf("the server's clock was not set: it says %d, want %d", got, want)
			}
			p.rebuilt(c, "trap-unreachable")
			p.wantRun(c, "trap")
			p.setClock(c, 0) // and right again
			p.wantRun(c, "trap")
			p.rebuilt(c, good)
			p.wantRun(c, goodResult)
			p.end(c)
			c = p.start() // on what the first has left in the cache
			p.wantRun(c, goodResult)
			p.end(c)
		})
	}
}

// A run's limits are spans of time, and the clock is set while they last.
func TestClockJumpsDuringARun(t *testing.T) {
	const limit = 2 * time.Second // as the manifest says
	for _, by := range []time.Duration{year, -year} {
		t.Run(by.String(), func(t *testing.T) {
			p := newPlace(t, "loop-in-export")
			c := p.start()
			began := time.Now()
			id := p.beginRun(c)
			p.setClock(c, by)
			if err := c.await("the end of the run", func() bool { return c.pending[id].done }); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < limit {
				t.Errorf("the run ended after %s, before its limit of %s", took, limit)
			}
			var result struct {
				Outcome  string
				Duration float64 `json:"duration_ms"`
			}
			if err := json.Unmarshal(c.pending[id].result, &result); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(result.Outcome, "timed out after 2s") || result.Duration < 0 || result.Duration > float64(patience.Milliseconds()) {
				t.Errorf("the run ended with %+v", result)
			}
			p.end(c)
		})
	}
}
