package pool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Arguments that make the test binary its own child.
const (
	hostArg      = "fake-plugin-host"           // serves a fake executor
	stillbornArg = "fake-plugin-host-stillborn" // does so from the second time on, by the file it is given
)

var (
	// childLives is what the test binary does instead of testing, by its first argument.
	childLives = map[string]func() error{
		hostArg:      serveFake,
		stillbornArg: stillborn,
	}
	// preparations is what a fake child does when it is to prepare, by the first word of the export.
	preparations = map[string]func(arg string) error{}
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if life := childLives[os.Args[1]]; life != nil {
			if err := life(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	goleak.VerifyTestMain(m)
}

// held keeps what a call allocated.
var held []byte

// fake does what a request's export says, and counts.
type fake struct {
	calls    int
	prepared []string
	compiled map[string]bool
	slow     bool // preparing never ends
}

func serveFake() error { return Serve(context.Background(), openFake) }

func stillborn() error {
	file, err := os.OpenFile(os.Args[2], os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return serveFake()
	}
	return errors.Join(err, file.Close(), errors.New("the first one never lives"))
}

func openFake(context.Context, Config) (Executor, error) { return newFake(), nil }

func newFake() *fake { return &fake{compiled: map[string]bool{}} }

func (f *fake) Execute(ctx context.Context, req call.Request, h Hooks) call.Result {
	f.calls++
	ok := call.Result{Outcome: call.Outcome{Word: call.OK}}
	say := func(text string) {
		h.Event(call.Event{Log: &call.LogLine{Level: call.LevelInfo, Source: call.SourceLog, Text: text}})
	}
	verb, arg, _ := strings.Cut(req.Export, " ")
	switch verb {
	case "pid":
		ok.Values = []uint64{uint64(os.Getpid())}
	case "say":
		for _, word := range strings.Fields(arg) {
			say(word)
		}
	case "echo":
		ok.Reply = req.Payload
	case "print":
		fmt.Println("printed by mistake")
		_, _ = os.Stdout.WriteString("and again")
	case "hang":
		say("before")
		select {}
	case "exit":
		say("before")
		fmt.Fprintln(os.Stderr, "\x1b[31mfatal: the fake gave up")
		os.Exit(3)
	case "killed":
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		select {}
	case "memory":
		limitCall(req.Capabilities)
		for b := [][]byte{}; ; {
			b = append(b, make([]byte, 1<<28))
		}
	case "grow":
		held = make([]byte, retireAbove+1<<20)
		ok.Values = []uint64{uint64(os.Getpid())}
	case "big":
		ok.Reply = make([]byte, maxFrame+1)
	case "compile":
		if err := h.Phase(PhaseCompile, "sum of "+req.Module); err != nil {
			var refusal *Refusal
			if errors.As(err, &refusal) {
				return call.Result{Outcome: compileTimedOut(compileLimit)}
			}
		}
		if arg == "forever" {
			select {}
		}
		_ = h.Phase(PhaseRun, "")
		if arg == "hang" {
			select {}
		}
	case "cold":
		if !f.compiled[req.Module] && h.Interpret {
			_ = h.Phase(PhaseInterpret, "")
			_ = h.Phase(PhaseRun, "")
			say("interpreted")
			switch arg {
			case "slow":
				select {}
			case "deep":
				return call.Result{Outcome: call.Outcome{Word: call.Trap, Text: "stack overflow"}}
			}
			return ok
		}
		say("compiled")
	case "slowspare":
		f.slow = true
	case "spawn":
		cmd := exec.Command("sleep", "1000")
		if err := cmd.Start(); err != nil {
			return call.Result{Outcome: call.Outcome{Word: call.Failed, Text: err.Error()}}
		}
		ok.Values = []uint64{uint64(cmd.Process.Pid)}
	}
	return ok
}

func (f *fake) Prepare(_ context.Context, req call.Request, h Hooks) bool {
	if f.slow {
		select {}
	}
	verb, arg, _ := strings.Cut(req.Export, " ")
	if act := preparations[verb]; act != nil {
		return act(arg) == nil
	}
	if strings.HasPrefix(req.Export, "cold") {
		if h.Interpret && !f.compiled[req.Module] {
			return false
		}
		if h.Phase(PhaseCompile, "sum of "+req.Module) != nil {
			return false
		}
		if strings.Contains(req.Module, "bomb") {
			select {}
		}
	}
	f.compiled[req.Module] = true
	f.prepared = append(f.prepared, req.Module)
	return true
}

func (f *fake) Trim() { f.prepared = nil }

func (f *fake) Stats() CacheStats {
	return CacheStats{Hits: uint64(f.calls), Misses: uint64(len(f.compiled)), Modules: len(f.compiled)}
}

// options start the test binary as the child.
func options() Options {
	return Options{Executable: os.Args[0], Args: []string{hostArg}, Size: 2}
}

func open(t *testing.T, change func(*Options)) *Pool {
	t.Helper()
	o := options()
	if change != nil {
		change(&o)
	}
	p := New(o)
	t.Cleanup(func() {
		p.Close()
		if s := p.Stats(); s.Running != 0 {
			t.Errorf("%d children are left after Close", s.Running)
		}
	})
	return p
}

func request(export string) call.Request {
	return call.Request{
		Kind: call.Run, Plugin: "fake", Module: "/fake/plugin.wasm", Export: export, ProjectRoot: "/fake",
		Capabilities: call.Capabilities{MaxMemoryMiB: 64, HardTimeout: time.Minute},
	}
}

func writing(r call.Request) call.Request {
	r.Capabilities.Write = []string{"/workspace/**"}
	return r
}
