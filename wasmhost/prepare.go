package wasmhost

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Prepared is an instance that is initialised and has not been called yet: what remains of a
// request is the call alone. It serves one Run. It belongs to one goroutine.
//
// One that is kept for later must be checked against each request by [Prepared.Matches]: the world
// it was made for, capabilities, grants, environment and folder included, is part of it.
type Prepared struct {
	runtime  *Runtime
	module   *module
	instance api.Module
	session  *session

	path      string // of the module's file
	world     world
	hard      time.Duration
	ends      time.Time // when the hard timeout passes; zero: it counts from the call, of a spare
	compile   time.Duration
	run       *run // that began when it was initialised; nil: it was, ahead of its run
	functions map[string]api.Function
	closed    bool
}

// world is all that an instance depends on besides its module.
type world struct {
	kind         call.Kind
	plugin       string
	project      string
	capabilities call.Capabilities
	granted      []call.Grant
	env          []string
}

// worldOf tells what a request's instance depends on. A probe has no capability at all.
func worldOf(req *call.Request) world {
	w := world{kind: req.Kind, plugin: req.Plugin, capabilities: req.Capabilities}
	budgets := call.Capabilities{
		MaxMemoryMiB: req.Capabilities.MaxMemoryMiB,
		SoftTimeout:  req.Capabilities.SoftTimeout,
		HardTimeout:  req.Capabilities.HardTimeout,
	}
	if req.Kind == call.Probe {
		w.capabilities = budgets
		return w
	}
	w.project, w.granted = req.ProjectRoot, req.Granted
	w.env = lookupEnv(req.Capabilities.Env)
	return w
}

// equal compares all of two worlds. It is asked before every call, and a comparison by reflection
// took a twentieth of a small plugin's.
func (w *world) equal(o *world) bool {
	a, b := &w.capabilities, &o.capabilities
	return w.kind == o.kind && w.plugin == o.plugin && w.project == o.project &&
		slices.Equal(w.env, o.env) &&
		slices.EqualFunc(w.granted, o.granted, func(a, b call.Grant) bool {
			return a.Kind == b.Kind && slices.Equal(a.Targets, b.Targets)
		}) &&
		slices.Equal(a.Read, b.Read) && slices.Equal(a.Write, b.Write) && slices.Equal(a.Env, b.Env) && slices.Equal(a.Hosts, b.Hosts) &&
		a.Exec == b.Exec && a.SamuelAPI == b.SamuelAPI && a.Assistant == b.Assistant &&
		a.MaxMemoryMiB == b.MaxMemoryMiB && a.SoftTimeout == b.SoftTimeout && a.HardTimeout == b.HardTimeout
}

// budgets are the request's limits with the defaults applied.
func (w *world) budgets() Capabilities {
	return Capabilities{
		MaxMemoryMiB: w.capabilities.MaxMemoryMiB,
		SoftTimeout:  w.capabilities.SoftTimeout,
		HardTimeout:  w.capabilities.HardTimeout,
	}
}

// Prepare compiles the request's module, or takes it from the caches, and makes and initialises an
// instance for it. Where that is impossible it returns nil, and the result of the request. Sink gets
// what initialising emits, which belongs to the Run that follows.
func (r *Runtime) Prepare(ctx context.Context, req call.Request, sink func(call.Event)) (*Prepared, call.Result) {
	return r.prepare(ctx, req, sink, false, nil)
}

// prepare does so now, or ahead of time, when initialising must not have an effect. Of a spare that
// follows a call, known is the module of that call: the next request looks at the file in any case.
func (r *Runtime) prepare(ctx context.Context, req call.Request, sink func(call.Event), ahead bool, known *module) (*Prepared, call.Result) {
	began := time.Now()
	m, err := known, error(nil)
	if m == nil || !m.retain() {
		m, err = r.loadFile(ctx, req.Module)
	}
	if err == nil {
		if err = r.enter(PhaseRun, m.digest); err != nil {
			m.release()
		}
	}
	compile := time.Since(began)
	if err != nil {
		v := verdict{ctx: ctx}
		return nil, call.Result{Outcome: v.of(err), Compile: compile}
	}
	if res, bad := foreignProtocol(m); bad {
		m.release()
		res.Compile = compile
		return nil, res
	}
	w := worldOf(&req)
	limits := w.budgets()
	p := &Prepared{
		runtime: r, module: m, path: req.Module, world: w, hard: limits.hardTimeout(), compile: compile,
		session: newSession(
			gateFromCall(&w.capabilities, w.granted), w.project, w.env, r.memoryFor(m, limits.memoryMiB())),
		functions: make(map[string]api.Function, 4),
	}
	if !ahead {
		p.ends = time.Now().Add(p.hard)
	}
	if m.runsFirst() {
		var stop context.CancelFunc
		ctx, stop = p.deadline(ctx)
		defer stop()
	}
	run := p.newRun(req, sink)
	ctx = WithHostState(ctx, &HostState{Plugin: req.Plugin, gate: p.session.gate, run: run})
	run.ahead = ahead
	p.session.begin(ctx, run)
	p.instance, err = p.session.instantiate(ctx, m, req.Plugin)
	if err == nil {
		p.session.end()
		if !ahead {
			p.run = run
		}
		return p, call.Result{}
	}
	run.stop()
	p.session.end()
	if memory, ok := errors.AsType[*memoryLimitError](err); ok {
		run.out.host(call.LevelError, "%s", memory)
	}
	p.explainMemory(run)
	res := call.Result{Compile: compile, Duration: time.Since(began) - compile}
	v := p.verdict(ctx)
	res.Outcome, res.Stack = v.of(err), stackOf(err, m.compiled.Name())
	p.Close()
	return nil, run.finish(res)
}

// Matches reports whether the instance fits req: made from what the module file holds now, for the
// same capabilities, grants, environment and project.
func (p *Prepared) Matches(req call.Request) bool {
	w := worldOf(&req)
	if p.closed || !p.world.equal(&w) {
		return false
	}
	d, err := p.runtime.fileDigest(req.Module)
	return err == nil && d == p.module.digest
}

// Close frees the instance. Closing again does nothing.
func (p *Prepared) Close() {
	if p.closed {
		return
	}
	p.closed = true
	if p.instance != nil {
		// The guest is gone whatever closing it says.
		_ = p.instance.Close(context.Background())
	}
	p.session.files.Close()
	p.module.release()
}

// foreignProtocol is the result for a module whose code says, without being run, that it speaks a
// protocol outside of the host's window: then nothing of it is run, its start function included.
func foreignProtocol(m *module) (res call.Result, foreign bool) {
	known := m.summary.Protocol
	if known == nil || m.importErr != nil {
		return res, false
	}
	err := checkVersion(*known)
	if err == nil {
		return res, false
	}
	return call.Result{Outcome: failed("%s", err), ProtocolDeclared: true, Protocol: known}, true
}

// deadline bounds ctx to the hard timeout, of which initialising and the call share one.
func (p *Prepared) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	ends := p.ends
	if ends.IsZero() {
		ends = time.Now().Add(p.hard)
	}
	return withDeadline(ctx, ends, errHardTimeout)
}

func (p *Prepared) verdict(ctx context.Context) *verdict {
	return &verdict{ctx: ctx, hard: p.hard, refused: p.session.memory.refused}
}

func (p *Prepared) newRun(req call.Request, sink func(call.Event)) *run {
	limits := p.world.budgets()
	c := runConfig{
		sink: sink, gate: p.session.gate, projectRoot: p.world.project, files: p.session.files,
		env: p.session.env, event: req.Event, payload: req.Payload, standard: true,
		soft: limits.softTimeout(), guard: p.runtime.opts.guard, sweep: p.runtime.opts.sweep,
	}
	return newRun(c)
}

// explainMemory says in the log that the guest was refused memory, which may be the cause of
// whatever went wrong afterwards.
func (p *Prepared) explainMemory(r *run) {
	if m := p.session.memory; m.refused {
		r.out.host(call.LevelWarn, "more memory than %s was refused, raise max_memory under [runtime] if that is too little", mebibytes(m.limit))
	}
}

// explainProgram says of a module that failed that it was built to be started, which it never is.
func (p *Prepared) explainProgram(r *run) {
	exports := p.module.compiled.ExportedFunctions()
	if exports[exportStart] != nil && exports[exportInitialize] == nil {
		r.out.host(call.LevelWarn, "the module is a program, which exports %s and no %s: nothing starts it, so its language may not be set up; "+
			"build a reactor instead (Go: -buildmode=c-shared, C: -mexec-model=reactor)", exportStart, exportInitialize)
	}
}

// function returns an exported function, nil if there is none of that name. Looking one up costs
// more than calling it, so they are kept.
func (p *Prepared) function(name string) api.Function {
	fn, ok := p.functions[name]
	if !ok {
		if _, exported := p.module.summary.Export(name); exported { // the engine makes an error of what is not
			fn = p.instance.ExportedFunction(name)
		}
		p.functions[name] = fn
	}
	return fn
}
