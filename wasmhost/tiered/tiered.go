// Package tiered is what a child process executes plugin calls with: compiled code, a spare
// instance of what ran last, and the interpreter where that answers sooner.
//
// It decides when each of them is right and leaves all else to others: wasmhost runs guests, pool
// talks to the parent and ends what takes too long.
package tiered

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
	"github.com/samuelpkg/samuel-lsp/wasmhost/proctree"
	"github.com/samuelpkg/samuel-lsp/wasmhost/segments"
)

const (
	// interpretAbove is the size from which compiling takes long enough that the interpreter answers
	// first: below, a module compiles in the time that the interpreter needs to get ready.
	interpretAbove = 512 << 10
	// never is a limit that does not come to pass: the parent kills a child that compiles too long,
	// and a limit of the runtime's own would leave the compiler running.
	never = 24 * time.Hour
)

// Executor implements pool.Executor. Its methods are called one at a time.
type Executor struct {
	runtime *wasmhost.Runtime
	memory  *linmem.Pool
	seen    seen
	notice  string // what the log of the next call is to say first

	hooks       pool.Hooks         // of the call that is going on
	compiled    bool               // something was compiled in it
	used        *wasmhost.Prepared // of the last call, to be closed
	interpreter *wasmhost.Runtime  // that it answered from, to be closed after it; nil: none did
	spare       *wasmhost.Prepared // for the next call
}

// New returns an executor whose compiled modules are kept in the configured folder. Guard is the
// program, with its first arguments, that starts the commands of plugins, see
// wasmhost.WithCommandGuard; none starts them directly.
//
// A folder that cannot be used, as it cannot be written to or others can, is done without: the
// log of the first call says so.
func New(ctx context.Context, c pool.Config, guard []string) (*Executor, error) {
	e := &Executor{memory: linmem.NewPool()}
	err := e.open(ctx, c.CacheDir, guard)
	if err != nil && c.CacheDir != "" {
		e.notice = "compiled modules are not kept on disk: " + err.Error()
		err = e.open(ctx, "", guard)
	}
	if err != nil {
		return nil, err
	}
	if c.CacheBudget > 0 {
		e.runtime.SetCacheBudget(c.CacheBudget)
	}
	return e, nil
}

func (e *Executor) open(ctx context.Context, cacheDir string, guard []string) (err error) {
	e.seen = openSeen(cacheDir)
	e.runtime, err = wasmhost.NewRuntime(ctx, cacheDir,
		wasmhost.WithCloseOnContextDone(false),
		wasmhost.WithCompileTimeout(never),
		wasmhost.WithMemoryAllocator(e.memory.Allocator(1<<32)),
		wasmhost.WithModuleRewrite(segments.Rewrite),
		wasmhost.WithPhases(e.announce),
		wasmhost.WithCommandGuard(guard...),
		wasmhost.WithCommandSweep(proctree.Sweep),
	)
	return err
}

// announce passes a phase on to the parent.
func (e *Executor) announce(p wasmhost.Phase, sum string) error {
	phase := pool.PhaseRun
	if p == wasmhost.PhaseCompile {
		phase, e.compiled = pool.PhaseCompile, true
	}
	err := e.hooks.Phase(phase, sum)
	var refused *pool.Refusal
	if errors.As(err, &refused) {
		return wasmhost.ErrCompileTooSlow
	}
	return err
}

// Execute implements pool.Executor.
func (e *Executor) Execute(ctx context.Context, req call.Request, h pool.Hooks) call.Result {
	e.hooks = h
	if e.notice != "" {
		h.Event(call.Event{Log: &call.LogLine{Time: time.Now(), Level: call.LevelWarn, Source: call.SourceHost, Text: e.notice}})
		e.notice = ""
	}
	p := e.spare
	e.spare = nil
	if p != nil && !p.Matches(req) {
		e.used, p = p, nil
	}
	if p == nil {
		if h.Interpret {
			if m, cold := e.cold(req.Module); cold {
				readyMemory(m.Size)
				return e.interpret(ctx, req, h)
			}
		}
		var res call.Result
		if p, res = e.runtime.Prepare(ctx, req, h.Event); p == nil {
			return res
		}
		e.close()
	}
	e.used = p
	return p.Run(ctx, req, h.Event)
}

// cold says whether a module is so big and so new that compiling it would keep the call waiting.
func (e *Executor) cold(path string) (wasmhost.Module, bool) {
	m, err := e.runtime.Look(path)
	return m, err == nil && m.Size >= interpretAbove && !m.Held && !e.runtime.OnDisk(e.seen.entry(m.Sum))
}

// interpret answers from the interpreter, in a runtime of its own that is gone after the answer.
func (e *Executor) interpret(ctx context.Context, req call.Request, h pool.Hooks) call.Result {
	if err := h.Phase(pool.PhaseInterpret, ""); err != nil {
		return call.Result{Outcome: call.Outcome{Word: call.Failed, Text: err.Error()}}
	}
	rt, err := wasmhost.NewRuntime(ctx, "",
		wasmhost.WithInterpreter(),
		wasmhost.WithCloseOnContextDone(false),
		wasmhost.WithCompileTimeout(never),
		wasmhost.WithMemoryAllocator(e.memory.Allocator(1<<32)),
		wasmhost.WithModuleRewrite(segments.Rewrite), // it costs less than to evaluate each segment once
		wasmhost.WithFilesOf(e.runtime),
	)
	if err != nil {
		return call.Result{Outcome: call.Outcome{Word: call.Failed, Text: err.Error()}}
	}
	e.close()
	e.interpreter = rt
	p, res := rt.Prepare(ctx, req, h.Event)
	if p == nil {
		return res
	}
	e.used = p
	return p.Run(ctx, req, h.Event)
}

// Prepare implements pool.Executor: it closes what the last call used and makes the next spare.
func (e *Executor) Prepare(ctx context.Context, req call.Request, h pool.Hooks) bool {
	e.hooks = h
	used := e.used
	e.close()
	if e.spare != nil && !e.spare.Matches(req) {
		e.spare.Close()
		e.spare = nil
	}
	if e.spare != nil {
		return true
	}
	if h.Interpret {
		if _, cold := e.cold(req.Module); cold {
			return false
		}
	}
	e.spare = e.runtime.PrepareSpare(ctx, req, used)
	if e.spare != nil && !e.compiled {
		return true
	}
	m, err := e.runtime.Look(req.Module)
	if err == nil && m.Held && m.Size >= interpretAbove {
		e.seen.add(m.Sum, m.Entry)
	}
	e.compiled = false
	return err == nil && m.Held
}

// close frees the instance of the last call, after its answer is on its way.
func (e *Executor) close() {
	if e.used != nil {
		e.used.Close()
		e.used = nil
	}
	if e.interpreter != nil {
		_ = e.interpreter.Close(context.Background()) // it only frees memory
		e.interpreter = nil
	}
}

// Trim implements pool.Executor.
func (e *Executor) Trim() {
	e.memory.Trim()
	debug.FreeOSMemory()
}

// Stats implements pool.Executor.
func (e *Executor) Stats() pool.CacheStats {
	s := e.runtime.CacheStats()
	return pool.CacheStats{Hits: s.Hits, Misses: s.Misses, Modules: s.Modules, BudgetBytes: s.BudgetBytes, UsedBytes: s.UsedBytes}
}
