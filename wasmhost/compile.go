package wasmhost

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// digest is the SHA-256 of a module's bytes.
type digest [sha256.Size]byte

func (d digest) String() string { return hex.EncodeToString(d[:]) }

// module is a compiled module with all that is known of it. It is closed when the cache and every
// user have released it.
type module struct {
	digest    digest
	summary   *inspect.Summary
	compiled  wazero.CompiledModule
	image     *linmem.Image // what each memory holds at first, where its rewrite left that to the allocator
	engine    *engine
	entry     string // of the disk cache; empty: none
	choice    hostChoice
	importErr error // set where the host cannot satisfy an import
	refs      atomic.Int64
}

// runsFirst says whether anything of the module runs before its first call.
func (m *module) runsFirst() bool {
	_, initialised := m.summary.Export(exportInitialize)
	return initialised || m.summary.HasStart
}

// retain takes a share in m; false means that m is closed already.
func (m *module) retain() bool {
	for {
		n := m.refs.Load()
		if n == 0 {
			return false
		}
		if m.refs.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (m *module) release() {
	if m.refs.Add(-1) == 0 {
		// Closing compiled code only frees memory and never fails.
		_ = m.compiled.Close(context.Background())
	}
}

// build is one compilation that may have several waiters.
type build struct {
	done   chan struct{}
	module *module
	err    error

	// waiters each own a share in the module from the moment it is made, so that no eviction comes
	// between a build and those who wait for it. Guarded by the runtime's mutex.
	waiters int64
}

// compileTimeoutError says that a module took too long to compile.
type compileTimeoutError struct{ after time.Duration }

func (e *compileTimeoutError) Error() string {
	return fmt.Sprintf("compiling was given up after %s, the module is not tried again until it changes", e.after)
}

// LoadCached compiles body once per content and returns the compiled module and the content's
// SHA-256 in hex. What is returned belongs to the runtime: it stays usable until it is evicted, see
// [Runtime.SetCacheBudget], or the runtime is closed. It fails for what is no core module, for
// invalid code, and where compiling takes longer than the compile timeout.
func (r *Runtime) LoadCached(ctx context.Context, body []byte) (wazero.CompiledModule, string, error) {
	d := digest(sha256.Sum256(body))
	m, err := r.load(ctx, d, func() ([]byte, error) { return body, nil })
	if err != nil {
		return nil, "", err
	}
	m.release()
	return m.compiled, d.String(), nil
}

// load returns the module of the given content, retained for the caller. It asks for the bytes only
// where they have to be compiled.
func (r *Runtime) load(ctx context.Context, d digest, read func() ([]byte, error)) (*module, error) {
	if m, ok := r.modules.Get(d); ok && m.retain() {
		r.hits.Add(1)
		return m, nil
	}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil, errClosed
	}
	if err := r.slow[d]; err != nil {
		r.mu.Unlock()
		return nil, err
	}
	b, running := r.building[d]
	if !running {
		// A build may have ended between the first look and the lock.
		if m, ok := r.modules.Get(d); ok && m.retain() {
			r.mu.Unlock()
			r.hits.Add(1)
			return m, nil
		}
		if err := r.enter(PhaseCompile, d); err != nil {
			r.mu.Unlock()
			return nil, err
		}
		b = &build{done: make(chan struct{})}
		r.building[d] = b
		go r.build(context.WithoutCancel(ctx), b, d, read)
	}
	b.waiters++
	r.mu.Unlock()
	if running {
		r.hits.Add(1)
	} else {
		r.misses.Add(1)
	}
	return r.await(ctx, b, d)
}

// await waits for a build, but not for ever: compiling cannot be interrupted, only given up.
func (r *Runtime) await(ctx context.Context, b *build, d digest) (*module, error) {
	limit := time.NewTimer(r.opts.compileTimeout)
	defer limit.Stop()
	select {
	case <-b.done:
	case <-ctx.Done():
		r.leave(b)
		return nil, fmt.Errorf("compile the module: %w", context.Cause(ctx))
	case <-limit.C:
		err := &compileTimeoutError{after: r.opts.compileTimeout}
		r.mu.Lock()
		if r.building[d] == b {
			r.slow[d] = err
		}
		r.mu.Unlock()
		r.leave(b)
		return nil, err
	}
	return b.module, b.err
}

// leave gives up a waiter's share in what is built.
func (r *Runtime) leave(b *build) {
	r.mu.Lock()
	b.waiters--
	m := b.module
	r.mu.Unlock()
	if m != nil { // it was built in the meantime, and the share with it
		m.release()
	}
}

// build compiles what read returns and stores the outcome. One that comes too late for its waiters
// serves the next call.
func (r *Runtime) build(ctx context.Context, b *build, d digest, read func() ([]byte, error)) {
	var m *module
	body, err := read()
	if err == nil {
		m, err = r.compile(ctx, d, body)
	}
	r.mu.Lock()
	if err == nil {
		m.refs.Store(1 + b.waiters) // the cache's share, and theirs
		r.modules.Put(d, m, int64(len(body)))
	}
	b.module, b.err = m, err
	delete(r.building, d)
	delete(r.slow, d)
	closed := r.closed
	r.mu.Unlock()
	if closed {
		r.modules.Remove(d)
	}
	close(b.done)
}

// compile checks and compiles one module.
func (r *Runtime) compile(ctx context.Context, d digest, body []byte) (*module, error) {
	summary, err := inspect.Read(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("read the module: %w", err)
	}
	// wazero allocates for the counts a module declares before it reads what is counted.
	if err := inspect.CheckCounts(body); err != nil {
		return nil, fmt.Errorf("read the module: %w", err)
	}
	m := &module{digest: d, summary: summary}
	m.choice, m.importErr = r.checkImports(summary)
	ctx = experimental.WithCompilationWorkers(ctx, r.opts.workers)
	if r.opts.rewrite != nil {
		rewritten, image := r.opts.rewrite(body)
		if r.holds(image) && r.compileBytes(ctx, m, rewritten) == nil {
			m.image = image
			return m, nil
		}
	}
	err = r.compileBytes(ctx, m, body)
	switch {
	case err == nil:
		return m, nil
	case m.importErr != nil: // an engine may refuse it for that very import, without its name
		return nil, m.importErr
	}
	return nil, fmt.Errorf("compile the module: %w", err)
}

// compileBytes compiles by way of the disk cache where there is one and it works.
func (r *Runtime) compileBytes(ctx context.Context, m *module, body []byte) (err error) {
	m.engine = r.main
	if r.disk != nil {
		if m.compiled, m.entry, err = r.disk.compile(ctx, r, body); err == nil {
			return nil
		}
		if m.engine, err = r.plainEngine(ctx); err != nil {
			return err
		}
	}
	m.compiled, err = m.engine.wazero.CompileModule(ctx, body)
	return err
}

// loadBytes returns the module with the given bytes, retained for the caller.
func (r *Runtime) loadBytes(ctx context.Context, body []byte) (*module, error) {
	return r.load(ctx, sha256.Sum256(body), func() ([]byte, error) { return body, nil })
}
