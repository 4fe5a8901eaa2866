package pool

import (
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

func TestInterpreterFirst(t *testing.T) {
	bomb := func(export string) call.Request {
		r := request(export)
		r.Module = "/fake/bomb.wasm"
		return r
	}
	for _, c := range []struct {
		name    string
		req     call.Request
		compile time.Duration
		want    string
		lines   string
		then    string // what a second call, after a rest, says
	}{
		{name: "answers while the compiler works", req: request("cold"), want: "ok", lines: "interpreted", then: "compiled"},
		{name: "is overtaken by the compiler", req: request("cold slow"), want: "ok", lines: "compiled", then: "compiled"},
		{name: "recursion too deep for it", req: request("cold deep"), want: "ok", lines: "compiled", then: "compiled"},
		{name: "not for what leaves a trace", req: writing(request("cold")), want: "ok", lines: "compiled", then: "compiled"},
		{name: "slow and never compiled", req: bomb("cold slow"), compile: 100 * time.Millisecond, want: "timed out after 100ms (compile)", lines: "interpreted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, func(o *Options) { o.CompileLimit = c.compile })
			var seen collect
			res := p.Do(t.Context(), c.req, seen.sink)
			if res.Outcome.String() != c.want {
				t.Fatalf("got %s, want %s", res.Outcome, c.want)
			}
			if got := strings.Join(seen.lines, " "); got != c.lines {
				t.Errorf("saw %q, want %q: of a call asked twice, one answer's events count", got, c.lines)
			}
			if c.then == "" {
				return
			}
			settled(t, p)
			seen.lines = nil
			p.Do(t.Context(), c.req, seen.sink)
			if got := strings.Join(seen.lines, " "); got != c.then {
				t.Errorf("the second call: %q, want %q", got, c.then)
			}
		})
	}
}

// A module that ran out of time once is refused by its sum, in every child: whether it was compiled for
// a call or beside one.
func TestCompileBombIsNotRetried(t *testing.T) {
	beside := request("cold")
	beside.Module = "/fake/bomb.wasm"
	for _, c := range []struct {
		name  string
		req   call.Request
		word  call.Word
		phase string
	}{
		{"for a call", request("compile forever"), call.TimedOut, "compile"},
		{"beside a call", beside, call.OK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, func(o *Options) { o.CompileLimit = 200 * time.Millisecond })
			do := func() {
				t.Helper()
				if res := p.Do(t.Context(), c.req, nil); res.Outcome.Word != c.word || res.Outcome.Phase != c.phase {
					t.Fatal(res.Outcome)
				}
				settled(t, p)
			}
			do()
			killed := p.Stats().Killed
			if killed == 0 {
				t.Error("nothing was killed over it once")
			}
			for range 3 {
				do()
			}
			if n := p.Stats().Killed; n != killed {
				t.Errorf("%d more children were killed over the same bytes", n-killed)
			}
		})
	}
}
