package tiered_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
	"github.com/samuelpkg/samuel-lsp/wasmhost/tiered"
)

// child is an executor as a child holds it, with a record of its phases.
type child struct {
	t      *testing.T
	exec   *tiered.Executor
	phases []string
	refuse bool
}

func newChild(t *testing.T, cacheDir string) *child {
	t.Helper()
	exec, err := tiered.New(context.Background(), pool.Config{CacheDir: cacheDir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &child{t: t, exec: exec}
}

func (c *child) hooks(interpret bool) pool.Hooks {
	return pool.Hooks{
		Interpret: interpret,
		Event:     func(call.Event) {},
		Phase: func(p pool.Phase, _ string) error {
			if c.refuse && p == pool.PhaseCompile {
				return &pool.Refusal{}
			}
			c.phases = append(c.phases, string(p))
			return nil
		},
	}
}

// call executes and returns the result and the phases on the way.
func (c *child) call(req call.Request) (call.Result, string) {
	c.t.Helper()
	c.phases = nil
	res := c.exec.Execute(context.Background(), req, c.hooks(true))
	return res, strings.Join(c.phases, " ")
}

func TestTiers(t *testing.T) {
	big := probe(install(t, bigModule()))
	cacheDir := filepath.Join(t.TempDir(), "cache")
	c := newChild(t, cacheDir)
	check := func(c *child, want string) {
		t.Helper()
		res, phases := c.call(big)
		if res.Outcome.Word != call.OK || phases != want {
			t.Errorf("%s by way of %q, want %q", res.Outcome, phases, want)
		}
	}
	check(c, "interpret")
	if c.exec.Prepare(context.Background(), big, c.hooks(true)) {
		t.Error("after the interpreter's answer the same child compiled as well")
	}
	if !c.exec.Prepare(context.Background(), big, c.hooks(false)) {
		t.Fatal("it was not compiled")
	}
	check(c, "") // from the spare
	check(c, "run")
	other := newChild(t, cacheDir)
	check(other, "compile run")
	if err := os.RemoveAll(cacheDir); err != nil {
		t.Fatal(err)
	}
	check(newChild(t, cacheDir), "interpret")
}

func TestRefusedModuleIsNotCompiled(t *testing.T) {
	c := newChild(t, "")
	c.refuse = true
	res, phases := c.call(probe(install(t, wasmhost.BuildFixtureWasm(0, 1))))
	if got := res.Outcome.String(); got != "timed out after 10s (compile)" || phases != "" {
		t.Errorf("%s by way of %q", got, phases)
	}
}

// bigModule is a healthy module of the size that the interpreter answers for.
func bigModule() []byte {
	m := wasmtest.Plugin()
	m.Custom = [][]byte{wasmtest.Section(wasmtest.SectionCustom, wasmtest.Name("ballast"), make([]byte, 600<<10))}
	return m.Bytes()
}

// A spare and every cache must follow the file, however soon it changes.
func TestNothingIsStale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugin.wasm")
	c := newChild(t, filepath.Join(t.TempDir(), "cache"))
	long := time.Now().Add(-time.Hour)
	for health := range int32(20) {
		if health%4 == 1 { // a new file, not the old one overwritten
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, wasmhost.BuildFixtureWasm(health%3, 1), 0o644); err != nil {
			t.Fatal(err)
		}
		if health%5 != 0 { // as tools do that keep time stamps
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
		res, _ := c.call(probe(path))
		if res.Health == nil || *res.Health != health%3 {
			t.Fatalf("health %v %s, the module says %d", res.Health, res.Outcome, health%3)
		}
		c.exec.Prepare(context.Background(), probe(path), c.hooks(true))
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if res, _ := c.call(probe(path)); res.Outcome.Word != call.Failed {
		t.Errorf("a module that is gone: %s", res.Outcome)
	}
}

// counting is a module with much data, of which health returns a byte, and adds one to it and to one
// behind the data.
func counting(first byte) []byte {
	const behind = 100 << 10
	m := wasmtest.Plugin()
	m.Pages, m.Data = 2, bytes.Repeat([]byte{first}, 70<<10)
	load := func(at int32) []byte {
		return wasmtest.Join([]byte{0x41}, wasmtest.S32(at), []byte{0x2d, 0, 0})
	}
	increment := func(at int32) []byte {
		return wasmtest.Join([]byte{0x41}, wasmtest.S32(at), load(at), []byte{0x41, 1, 0x6a, 0x3a, 0, 0})
	}
	m.Funcs[1].Body = wasmtest.Code(wasmtest.Join(
		load(5000), load(behind), []byte{0x6a}, // what is returned
		increment(5000), increment(behind))...)
	return m.Bytes()
}

// A memory that was large counts against the next call in that child, if it is kept: a call that may use
// less would have none for itself.
func TestALargeMemoryIsNotHeldAgainstTheNext(t *testing.T) {
	p := open(t, func(o *pool.Options) { o.Size = 1 })
	grow := wasmtest.Plugin()
	grow.Funcs[1].Body = wasmtest.Code( // health: 1.25 GiB more, none of it touched; 1 if refused
		wasmtest.Join([]byte{0x41}, wasmtest.S32(20_000), []byte{0x40, 0, 0x41, 0x7f, 0x46})...)
	large := probe(install(t, grow.Bytes()))
	large.Capabilities.MaxMemoryMiB = 2048
	ballast := wasmtest.Plugin()
	ballast.Custom = [][]byte{wasmtest.Section(wasmtest.SectionCustom, wasmtest.Name("ballast"), make([]byte, 40<<20))}
	small := probe(install(t, ballast.Bytes()))
	for range 4 {
		for _, req := range []call.Request{large, small} {
			res := p.Do(t.Context(), req, func(call.Event) {})
			if res.Outcome.Word != call.OK || res.Health == nil || *res.Health != 0 {
				t.Fatalf("limit of %d MiB: %s: %s", req.Capabilities.MaxMemoryMiB, res.Outcome, res.Outcome.Text)
			}
		}
	}
}

// No instance sees what an earlier one wrote, of its own module or of another, to its data or elsewhere.
func TestDataIsFresh(t *testing.T) {
	c := newChild(t, filepath.Join(t.TempDir(), "cache"))
	var requests []call.Request
	for first := range byte(3) {
		requests = append(requests, probe(install(t, counting(first))))
	}
	requests = append(requests, probe(install(t, wasmhost.BuildFixtureWasm(3, 1))))
	for i, at := range []int32{0, 0, 1, 1, 3, 3, 1, 0, 2, 2, 2, 3, 0, 1, 2} {
		req := requests[at]
		if res, _ := c.call(req); res.Health == nil || *res.Health != at {
			t.Fatalf("call %d: %s, want health %d", i, res.Outcome, at)
		}
		if i%4 != 3 {
			c.exec.Prepare(context.Background(), req, c.hooks(true))
		}
	}
}

// A spare made for one request serves no other.
func TestSpareIsForTheSameRequest(t *testing.T) {
	path := install(t, wasmhost.BuildFixtureWasm(0, 1))
	for _, c := range []struct {
		name   string
		change func(*call.Request)
		want   string
	}{
		{"the same", func(*call.Request) {}, ""},
		{"another event", func(r *call.Request) { r.Event = "other" }, ""},
		{"another payload", func(r *call.Request) { r.Payload = []byte(`{}`) }, ""},
		{"another memory limit", func(r *call.Request) { r.Capabilities.MaxMemoryMiB = 32 }, "run"},
		{"another capability", func(r *call.Request) { r.Capabilities.Read = []string{"/workspace/**"} }, "run"},
		{"another grant", func(r *call.Request) { r.Granted = []call.Grant{{Kind: "exec"}} }, "run"},
		{"another project", func(r *call.Request) { r.ProjectRoot = "/" }, "run"},
		{"another plugin", func(r *call.Request) { r.Plugin = "other" }, "run"},
		{"an environment", func(r *call.Request) { r.Capabilities.Env = []string{"PATH"} }, "run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := newChild(t, "")
			req := probe(path)
			req.Kind, req.Export, req.ProjectRoot = call.Run, "health", t.TempDir()
			child.call(req)
			child.exec.Prepare(context.Background(), req, child.hooks(true))
			c.change(&req)
			if res, phases := child.call(req); res.Outcome.Word != call.OK || phases != c.want {
				t.Errorf("%s by way of %q, want %q", res.Outcome, phases, c.want)
			}
		})
	}
}

// A thousand saves over twenty plugins find their modules held.
func TestHitRate(t *testing.T) {
	p := open(t, nil)
	var modules []string
	for i := range int32(20) {
		modules = append(modules, install(t, append(wasmhost.BuildFixtureWasm(0, 1), wasmtest.Section(wasmtest.SectionCustom, wasmtest.Name("number"), []byte{byte(i)})...)))
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("a thousand calls took a minute"))
	defer cancel()
	for i := range 1000 {
		if res := p.Do(ctx, probe(modules[i%len(modules)]), nil); res.Outcome.Word != call.OK {
			t.Fatal(res.Outcome, res.Outcome.Text)
		}
	}
	if s := p.Stats(); s.HitRate < 0.95 {
		t.Errorf("the hit rate is %.3f, want 0.95: %+v", s.HitRate, s)
	}
}
