package pool

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// collect gathers the text of log lines.
type collect struct{ lines []string }

func (c *collect) sink(e call.Event) {
	if e.Log != nil {
		c.lines = append(c.lines, e.Log.Text)
	}
}

func TestOutcomes(t *testing.T) {
	short := func(r call.Request) call.Request {
		r.Capabilities.HardTimeout = 100 * time.Millisecond
		return r
	}
	patient := func(r call.Request) call.Request {
		r.Capabilities.HardTimeout = time.Minute
		return r
	}
	for _, c := range []struct {
		name    string
		req     call.Request
		compile time.Duration
		want    string
		text    string // part of the outcome's text
		lines   string // parts of the lines seen
	}{
		{name: "answered", req: request("say one two three"), want: "ok", lines: "one two three"},
		{name: "hard timeout", req: short(request("hang")), want: "timed out after 100ms", lines: "before"},
		{name: "child exits", req: writing(request("exit")), want: "crashed", text: "exit status 3: [31mfatal: the fake gave up", lines: "before process"},
		{name: "child is killed", req: writing(request("killed")), want: "crashed", text: "signal: killed", lines: "process"},
		{name: "out of memory", req: writing(request("memory")), want: "memory limit", text: "alloc"},
		{name: "compiles for ever", req: request("compile forever"), compile: 100 * time.Millisecond, want: "timed out after 100ms (compile)"},
		{name: "compiles, then hangs", req: short(request("compile hang")), compile: time.Minute, want: "timed out after 100ms"},
		{name: "compiles, then answers", req: request("compile"), want: "ok"},
		{name: "reply too large", req: patient(request("big")), want: "failed: the reply is larger than 64 MiB"},
		{name: "prints to stdout", req: request("print"), want: "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, func(o *Options) { o.CompileLimit = c.compile })
			var seen collect
			res := p.Do(t.Context(), c.req, seen.sink)
			if res.Outcome.String() != c.want || !strings.Contains(res.Outcome.Text, c.text) {
				t.Fatalf("got %q (%s), want %q (%s)", res.Outcome, res.Outcome.Text, c.want, c.text)
			}
			got := strings.Join(seen.lines, " ")
			for _, part := range strings.Fields(c.lines) {
				if !strings.Contains(got, part) {
					t.Errorf("saw %q, want %q in it", got, part)
				}
			}
			if res := p.Do(t.Context(), request("say again"), nil); res.Outcome.Word != call.OK {
				t.Errorf("the next call: %s (%s)", res.Outcome, res.Outcome.Text)
			}
		})
	}
}

func TestPayloadTooLarge(t *testing.T) {
	p := open(t, nil)
	r := request("echo")
	r.Payload = make([]byte, maxFrame)
	if res := p.Do(t.Context(), r, nil); !strings.Contains(res.Outcome.String(), "request larger than 64 MiB") {
		t.Fatal(res.Outcome)
	}
	r.Payload = []byte(strings.Repeat("x", 1<<20))
	if res := p.Do(t.Context(), r, nil); string(res.Reply) != string(r.Payload) {
		t.Fatalf("%s, %d bytes came back", res.Outcome, len(res.Reply))
	}
	if n := p.Stats().Killed; n != 0 {
		t.Errorf("%d children were killed", n)
	}
}

func TestCancel(t *testing.T) {
	p := open(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	res := p.Do(ctx, request("hang"), func(call.Event) { cancel() })
	if res.Outcome.Word != call.Cancelled {
		t.Fatal(res.Outcome)
	}
	if res := p.Do(ctx, request("say"), nil); res.Outcome.Word != call.Cancelled {
		t.Fatalf("a call under an ended context: %s", res.Outcome)
	}
}

func TestCancelWhileQueued(t *testing.T) {
	p := open(t, func(o *Options) { o.Size = 1 })
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { p.Do(ctx, request("hang"), func(call.Event) { close(started) }) })
	<-started
	queued, giveUp := context.WithCancel(t.Context())
	giveUp()
	if res := p.Do(queued, request("say"), nil); res.Outcome.Word != call.Cancelled {
		t.Error(res.Outcome)
	}
	cancel()
	wg.Wait()
}

func TestCloseEndsCalls(t *testing.T) {
	p := New(options())
	started := make(chan struct{})
	var res call.Result
	var wg sync.WaitGroup
	wg.Go(func() { res = p.Do(t.Context(), request("hang"), func(call.Event) { close(started) }) })
	<-started
	p.Close()
	p.Close() // has no further effect
	wg.Wait()
	if res.Outcome.Word != call.Cancelled {
		t.Error(res.Outcome)
	}
	if res := p.Do(t.Context(), request("say"), nil); res.Outcome.Word != call.Cancelled {
		t.Errorf("a call after Close: %s", res.Outcome)
	}
}

func TestNoSuchHost(t *testing.T) {
	for _, c := range []struct {
		name, exe string
		args      []string
		want      string
	}{
		{"no such file", "/no/such/program", nil, "start a plugin host from /no/such/program"},
		{"another program", os.Args[0], []string{"-test.run=^$"}, "ended before it said hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, func(o *Options) { o.Executable, o.Args = c.exe, c.args })
			res := p.Do(t.Context(), request("say"), nil)
			if got := res.Outcome.String(); !strings.HasPrefix(got, "failed: ") || !strings.Contains(got, c.want) {
				t.Fatalf("got %q, want %q in it", got, c.want)
			}
		})
	}
}

func pid(t *testing.T, p *Pool, r call.Request) int {
	t.Helper()
	res := p.Do(t.Context(), r, nil)
	if res.Outcome.Word != call.OK || len(res.Values) != 1 {
		t.Fatal(res.Outcome, res.Outcome.Text)
	}
	return int(res.Values[0])
}

// A child that ends before it has said hello has begun no call: another is started.
func TestStillbornChildIsReplaced(t *testing.T) {
	p := open(t, func(o *Options) { o.Args = []string{stillbornArg, filepath.Join(t.TempDir(), "born")} })
	if res := p.Do(t.Context(), writing(request("say hello")), nil); res.Outcome.Word != call.OK {
		t.Errorf("got %s", res.Outcome)
	}
}

func TestParallelCallsUseTheirOwnChildren(t *testing.T) {
	p := open(t, func(o *Options) { o.Size = 3 })
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	started := make(chan struct{}, 2)
	for range 2 {
		wg.Go(func() { p.Do(ctx, request("hang"), func(call.Event) { started <- struct{}{} }) })
	}
	<-started
	<-started
	pid(t, p, request("pid"))
	cancel()
	wg.Wait()
}

// settled waits until nothing is going on in the pool.
func settled(t *testing.T, p *Pool) {
	t.Helper()
	for {
		p.mu.Lock()
		quiet := !p.back.running && p.calls == 0
		for _, w := range p.workers {
			quiet = quiet && w.state == idle
		}
		p.mu.Unlock()
		if quiet {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the pool never came to rest")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestWarmChildIsPreferred(t *testing.T) {
	p := open(t, nil)
	a, b := request("pid"), request("pid")
	b.Module = "/fake/other.wasm"
	first := pid(t, p, a)
	settled(t, p)
	if p.Stats().Running != 2 {
		t.Fatalf("%d children, want one and one standing by", p.Stats().Running)
	}
	pid(t, p, b)
	settled(t, p)
	if again := pid(t, p, b); again == 0 || first == 0 {
		t.Fatal("no process id")
	}
	if s := p.Stats(); s.Started != 2 {
		t.Errorf("%d children were started for two modules called in turn, want 2", s.Started)
	}
}

func TestStandbyAnswersAfterAKill(t *testing.T) {
	p := open(t, func(o *Options) { o.Size = 1 })
	before := pid(t, p, request("pid"))
	settled(t, p)
	r := request("hang")
	r.Capabilities.HardTimeout = 50 * time.Millisecond
	p.Do(t.Context(), r, nil)
	p.mu.Lock()
	var spares int
	for _, w := range p.workers {
		if w.spare == r.Module {
			spares++
		}
	}
	p.mu.Unlock()
	if spares == 0 {
		t.Fatal("no child stands by with the module ready")
	}
	if s := p.Stats(); s.Killed != 1 {
		t.Errorf("%d killed, want 1", s.Killed)
	}
	after := pid(t, p, request("pid"))
	if before == 0 || after == 0 {
		t.Fatal("no process id")
	}
}

func TestSpareThatIsNeverReady(t *testing.T) {
	p := open(t, func(o *Options) { o.Size, o.CompileLimit = 1, 100*time.Millisecond })
	r := request("slowspare")
	r.Capabilities.HardTimeout = 100 * time.Millisecond
	if res := p.Do(t.Context(), r, nil); res.Outcome.Word != call.OK {
		t.Fatal(res.Outcome)
	}
	for range 3 {
		if res := p.Do(t.Context(), request("say"), nil); res.Outcome.Word != call.OK {
			t.Fatalf("a call behind a spare that never ends: %s %s", res.Outcome, res.Outcome.Text)
		}
	}
}

func TestIdleChildIsReplaced(t *testing.T) {
	p := open(t, func(o *Options) { o.Size = 1 })
	child := pid(t, p, writing(request("pid")))
	settled(t, p)
	p.mu.Lock()
	workers := append([]*worker(nil), p.workers...)
	p.mu.Unlock()
	for _, w := range workers {
		if err := w.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-w.exited
	}
	if again := pid(t, p, request("pid")); again == child {
		t.Fatal("a dead child answered")
	}
}

func TestChildThatGrewIsReplaced(t *testing.T) {
	p := open(t, func(o *Options) { o.Size = 1 })
	big := pid(t, p, request("grow"))
	for range measureCalls + 2 {
		if again := pid(t, p, request("pid")); again == big {
			settled(t, p)
		}
	}
	if last := pid(t, p, request("pid")); last == big {
		t.Fatal("the child that has grown too big still answers")
	}
}

func TestRest(t *testing.T) {
	p := open(t, func(o *Options) { o.TrimAfter, o.EndAfter = 10*time.Millisecond, 10*time.Millisecond })
	pid(t, p, request("pid"))
	p.mu.Lock()
	workers := append([]*worker(nil), p.workers...)
	p.mu.Unlock()
	for _, w := range workers {
		<-w.exited
		if !w.cmd.ProcessState.Success() {
			t.Errorf("an idle child ended with %s: %s", w.cmd.ProcessState, w.stderr)
		}
	}
	pid(t, p, request("pid")) // and it starts again
	if s := p.Stats(); s.Hits == 0 {
		t.Errorf("the figures of ended children are lost: %+v", s)
	}
}
