package wasmhost

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Execute runs one request in a fresh instance and returns what came of it. Log lines and callbacks
// go to sink as they happen, one at a time; it is not called after Execute returns. Whatever goes
// wrong is an outcome, never an error or a panic.
//
// A Run calls the protocol check and the export with what was declared and granted; a Probe calls
// the protocol check and health with no capability at all. The request's hard timeout counts from
// instantiation, so that compiling does not use it up.
func (r *Runtime) Execute(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
	p, res := r.Prepare(ctx, req, sink)
	if p == nil {
		return res
	}
	defer p.Close()
	return p.Run(ctx, req, sink)
}

// Run calls what req asks for in the prepared instance, which is used up by it. Req must match what
// the instance was prepared for, see [Prepared.Matches]; it is the same request unless the instance
// is a spare.
func (p *Prepared) Run(ctx context.Context, req call.Request, sink func(call.Event)) (res call.Result) {
	res.Compile, p.compile = p.compile, 0
	ctx, stop := p.deadline(ctx)
	defer stop()
	r := p.run
	if r == nil {
		r = p.newRun(req, sink)
	}
	ctx = WithHostState(ctx, &HostState{Plugin: req.Plugin, gate: p.session.gate, run: r})
	p.session.begin(ctx, r)

	began := time.Now()
	c := &exportCall{p: p, ctx: ctx, run: r, req: &req, res: &res}
	err := c.do()
	res.Duration = time.Since(began)
	if err != nil {
		p.explainProgram(r)
	}
	r.stop()
	p.session.end()
	p.explainMemory(r)

	if err != nil {
		v := p.verdict(ctx)
		v.called, v.exitOK = c.called, req.Kind == call.Run
		res.Outcome = v.of(err)
		res.Stack = stackOf(err, p.module.compiled.Name())
	}
	return r.finish(res)
}

// finish adds what the run recorded.
func (r *run) finish(res call.Result) call.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	res.Denials, res.Wrote = r.denials, r.wrote
	if len(r.denials) > 0 {
		d := r.denials[0]
		text := d.Capability
		if d.Target != "" {
			text += " " + d.Target
		}
		res.Outcome = stronger(res.Outcome, call.Outcome{Word: call.Denied, Text: oneLine(text)})
	}
	return res
}

// exportCall is the calling of one request's functions.
type exportCall struct {
	p   *Prepared
	ctx context.Context
	run *run
	req *call.Request
	res *call.Result

	called bool // what is asked for, not only what comes before it
}

// do calls the protocol check and then what is asked for. It sets the outcome unless it returns an
// error, which is then to be judged.
func (c *exportCall) do() error {
	if err := c.checkProtocol(); err != nil {
		return err
	}
	if c.req.Kind == call.Probe {
		return c.health()
	}
	return c.export()
}

// checkProtocol refuses a module that speaks a protocol outside of the host's window. Nothing else
// of it has been called by then but its own initialisation.
func (c *exportCall) checkProtocol() error {
	version := int32(1)
	if known := c.p.module.summary.Protocol; known != nil {
		// Read from the function's body, which does nothing but return it: calling adds nothing.
		version, c.res.ProtocolDeclared = *known, true
	} else if fn := c.p.function(exportProtocol); fn != nil {
		var err error
		if version, err = callProtocol(c.ctx, fn); err != nil {
			return err
		}
		c.res.ProtocolDeclared = true
	} else if c.req.Kind == call.Probe {
		c.run.out.host(call.LevelWarn, "the module does not export %s, protocol 1 is assumed", exportProtocol)
	}
	c.res.Protocol = &version
	return checkVersion(version)
}

// callProtocol asks a module for the protocol it speaks.
func callProtocol(ctx context.Context, fn api.Function) (int32, error) {
	if !hasType(fn, nil, i32Only) {
		return 0, failuref("export %s has signature %s, want () -> i32", exportProtocol, typeOf(fn))
	}
	res, err := fn.Call(ctx)
	if err != nil {
		return 0, err
	}
	return int32(res[0]), nil
}

// checkVersion refuses a protocol outside of the host's window.
func checkVersion(version int32) error {
	if version < SupportedProtocolMin || version > SupportedProtocolMax {
		return failuref("the module speaks protocol %d, this host %d to %d", version, SupportedProtocolMin, SupportedProtocolMax)
	}
	return nil
}

// health calls health() -> i32, where 0 is healthy. A module need not have it.
func (c *exportCall) health() error {
	c.res.Outcome = call.Outcome{Word: call.OK}
	fn := c.p.function(exportHealth)
	if fn == nil {
		return nil
	}
	if !hasType(fn, nil, i32Only) {
		return failuref("export %s has signature %s, want () -> i32", exportHealth, typeOf(fn))
	}
	c.called = true
	res, err := fn.Call(c.ctx)
	if err != nil {
		return err
	}
	health := int32(res[0])
	c.res.Health, c.res.Values = &health, res
	if health != 0 {
		c.res.Outcome = failed("health returned %d", health)
	}
	if health == 1 {
		c.run.out.host(call.LevelInfo, "health returned 1: 0 is healthy, every other value is a failure")
	}
	return nil
}

// export calls the requested export by whichever of the four signatures it has.
func (c *exportCall) export() error {
	name := c.req.Export
	fn := c.p.function(name)
	if fn == nil {
		return failuref("the module does not export a function %q", name)
	}
	var params []uint64
	switch {
	case hasType(fn, nil, nil), hasType(fn, nil, i32Only):
	case hasType(fn, pointer, i32Only), hasType(fn, pointer, i64Only):
		var err error
		if params, err = c.placePayload(); err != nil {
			return err
		}
	default:
		return failuref("export %s has signature %s, want one of (), () -> i32, (i32, i32) -> i32, (i32, i32) -> i64", name, typeOf(fn))
	}
	c.called = true
	res, err := fn.Call(c.ctx, params...)
	if err != nil {
		return err
	}
	c.res.Values = res
	c.res.Outcome = call.Outcome{Word: call.OK}
	if len(res) == 0 {
		return nil
	}
	if hasType(fn, pointer, i64Only) {
		return c.reply(res[0])
	}
	if code := int32(res[0]); code != 0 {
		c.res.Outcome = failed("%s returned %d", name, code)
	}
	return nil
}

// placePayload hands the payload to the guest and returns its pointer and length.
func (c *exportCall) placePayload() ([]uint64, error) {
	payload := c.run.hookPayload()
	alloc := findAllocator(c.p.instance)
	if alloc == nil {
		return nil, failuref("%s takes a payload, and the module exports no %s to place it, add one", c.req.Export, exportAlloc)
	}
	ptr, err := alloc.place(c.ctx, c.p.instance, payload)
	if err != nil {
		return nil, err
	}
	if ptr == 0 {
		return nil, failuref("%s found no room for the payload of %d bytes", alloc.name, len(payload))
	}
	return []uint64{uint64(ptr), uint64(len(payload))}, nil
}

// reply reads the envelope that a packed result points to; 0 is none.
func (c *exportCall) reply(packed uint64) error {
	if packed == 0 {
		return nil
	}
	ptr, length := unpack(packed)
	if length > maxReplyBytes {
		return failuref("the reply has %d bytes, at most %d are taken", length, maxReplyBytes)
	}
	memory := memoryOf(c.p.instance)
	if memory == nil {
		return failuref("the reply points to memory, and the module has none")
	}
	view, ok := memory.Read(ptr, length)
	if !ok {
		return failuref("the reply's %d bytes at 0x%x lie outside of the memory of %d bytes", length, ptr, memory.Size())
	}
	reply := slices.Clone(view)
	c.res.Outcome = readEnvelope(reply, c.run.out)
	if json.Valid(reply) {
		c.res.Reply = reply
	}
	return nil
}

// defaultPayload is what a hook gets when it is called by hand.
func defaultPayload(event string) []byte {
	payload, err := json.Marshal(struct {
		Event    string   `json:"event"`
		Root     string   `json:"project_root"`
		Files    []string `json:"files"`
		Commands []string `json:"commands"`
	}{event, workspaceRoot, []string{}, []string{}})
	if err != nil { // strings and lists of strings always marshal
		panic(fmt.Sprintf("marshal the default payload: %v", err))
	}
	return payload
}

var (
	i32Only = []api.ValueType{i32}
	i64Only = []api.ValueType{i64}
	pointer = []api.ValueType{i32, i32}
)

func hasType(fn api.Function, params, results []api.ValueType) bool {
	def := fn.Definition()
	return slices.Equal(def.ParamTypes(), params) && slices.Equal(def.ResultTypes(), results)
}

func typeOf(fn api.Function) string {
	return signatureText(fn.Definition().ParamTypes(), fn.Definition().ResultTypes())
}
