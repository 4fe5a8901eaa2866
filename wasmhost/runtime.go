package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero"

	"github.com/samuelpkg/samuel-lsp/cache"
)

// Runtime compiles and runs modules. One runtime serves any number of plugins at once; it holds
// the compiled modules, the host functions, and nothing of any plugin's own. It is safe for
// concurrent use.
type Runtime struct {
	opts    options
	main    *engine
	disk    *diskCache // nil: none
	network *network
	files   *files

	modules      *cache.LRU[digest, *module]
	hits, misses atomic.Uint64

	mu       sync.Mutex
	closed   bool
	plain    *engine // without the disk cache, for when that fails; nil until then
	building map[digest]*build
	slow     map[digest]error // what did not compile in time is not tried again
}

// CacheStats tells how well the module cache does. Bytes count the modules as given, not what they
// compile to.
type CacheStats struct {
	Hits        uint64  `json:"hits"`
	Misses      uint64  `json:"misses"`
	HitRate     float64 `json:"hit_rate"` // hits of all look-ups, 0 to 1; 0 when there were none
	Modules     int     `json:"modules"`
	BudgetBytes int64   `json:"budget_bytes"` // 0: no eviction
	UsedBytes   int64   `json:"used_bytes"`
}

// NewRuntime returns a runtime that keeps compiled modules on disk under cacheDir too; an empty
// cacheDir means none are kept. It fails where cacheDir cannot be trusted: its entries are native
// code, so it must belong to the user alone.
func NewRuntime(ctx context.Context, cacheDir string, opts ...Option) (*Runtime, error) {
	r := &Runtime{
		opts:     newOptions(opts),
		building: make(map[digest]*build),
		slow:     make(map[digest]error),
	}
	if r.files = r.opts.files; r.files == nil {
		r.files = newFiles()
	}
	r.network = newNetwork(&r.opts)
	config := r.engineConfig()
	if cacheDir != "" && !r.opts.interpreter {
		disk, err := openDiskCache(cacheDir, &r.opts)
		if err != nil {
			return nil, fmt.Errorf("open the cache of compiled modules: %w", err)
		}
		r.disk = disk
		config = config.WithCompilationCache(disk.engine)
	}
	var err error
	if r.main, err = newEngine(ctx, config, r.network); err != nil {
		return nil, err
	}
	r.modules = cache.NewLRU(DefaultCacheBudget, func(_ digest, m *module) { m.release() })
	return r, nil
}

// engineConfig is how every engine of this runtime works, so that what one compiled to disk fits
// the others.
func (r *Runtime) engineConfig() wazero.RuntimeConfig {
	config := wazero.NewRuntimeConfigInterpreter()
	if !r.opts.interpreter {
		config = wazero.NewRuntimeConfig()
	}
	return config.WithCloseOnContextDone(r.opts.closeOnDone)
}

// RegisterHost installs the samuel host functions. It may be called any number of times, and need
// not be: instantiating does it.
func (r *Runtime) RegisterHost(ctx context.Context) error {
	_, err := r.main.hostModule(ctx, hostChoice{})
	return err
}

// plainEngine returns the engine that works without the disk cache.
func (r *Runtime) plainEngine(ctx context.Context) (*engine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	if r.plain == nil {
		e, err := newEngine(ctx, r.engineConfig(), r.network)
		if err != nil {
			return nil, err
		}
		r.plain = e
	}
	return r.plain, nil
}

// SetCacheBudget changes how many bytes of modules are kept compiled in memory; 0 disables
// eviction. The disk cache is not affected.
func (r *Runtime) SetCacheBudget(bytes int64) { r.modules.SetBudget(bytes) }

// CacheStats returns what the module cache has done and holds.
func (r *Runtime) CacheStats() CacheStats {
	s := CacheStats{Hits: r.hits.Load(), Misses: r.misses.Load()}
	s.Modules, s.UsedBytes, s.BudgetBytes = r.modules.Usage()
	if n := s.Hits + s.Misses; n > 0 {
		s.HitRate = float64(s.Hits) / float64(n)
	}
	return s
}

// Close ends every instance and frees every module. The runtime cannot be used afterwards; closing
// again does nothing.
func (r *Runtime) Close(ctx context.Context) error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	plain := r.plain
	r.mu.Unlock()

	r.modules.Clear()
	err := r.main.wazero.Close(ctx)
	if plain != nil {
		err = errors.Join(err, plain.wazero.Close(ctx))
	}
	if r.disk != nil {
		err = errors.Join(err, r.disk.close(ctx))
	}
	if err != nil {
		return fmt.Errorf("close the plugin runtime: %w", err)
	}
	return nil
}

var errClosed = errors.New("the plugin runtime is closed")
