package wasmhost

import (
	"context"

	"github.com/tetratelabs/wazero"
)

type diskCache struct{ engine wazero.CompilationCache }

func openDiskCache(dir string, budget int64) (*diskCache, error) {
	c, err := wazero.NewCompilationCacheWithDir(dir)
	return &diskCache{c}, err
}

func (d *diskCache) close(ctx context.Context) error { return d.engine.Close(ctx) }

func (d *diskCache) compile(ctx context.Context, r *Runtime, body []byte) (wazero.CompiledModule, error, error) {
	c, err := r.main.wazero.CompileModule(ctx, body)
	return c, nil, err
}
