package wasmhost

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/cpu"

	"github.com/samuelpkg/samuel-lsp/cache"
	"github.com/samuelpkg/samuel-lsp/wasmhost/skeleton"
)

// diskCache lets compiled modules outlive the process. The engine trusts what it finds in its
// folder as native code and fails on what is damaged, so it is led there only after an entry was
// checked, and entries are made aside and moved in whole.
type diskCache struct {
	engine wazero.CompilationCache
	folder *cache.Folder
	// tag is what the engine's code depends on besides the module.
	tag string
}

// OpenDiskCache opens the folder in which this version of the engine keeps compiled modules below
// cacheDir, to measure or to clear it. Other versions' folders are left alone. Budget is in bytes;
// 0 means no eviction.
func OpenDiskCache(cacheDir string, budget int64) (*cache.Folder, error) {
	sub, err := engineFolder(cacheDir)
	if err != nil {
		return nil, err
	}
	return cache.OpenFolder(cacheDir, sub, budget)
}

// DefaultCacheDir is the framework's own folder of compiled modules, ~/.samuel/cache/wasm-compiled.
func DefaultCacheDir() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the cache of compiled modules: %w", err)
	}
	return filepath.Join(home, ".samuel", "cache", "wasm-compiled"), nil
}

// engineFolder returns the name of the folder that the engine makes for its own version, which it
// tells in no other way than by making it.
func engineFolder(cacheDir string) (string, error) {
	err := os.MkdirAll(cacheDir, 0o700)
	if err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	probe, err := os.MkdirTemp(cacheDir, ".probe-")
	if err != nil {
		return "", fmt.Errorf("find the engine's cache folder: %w", err)
	}
	defer os.RemoveAll(probe)
	if _, err := wazero.NewCompilationCacheWithDir(probe); err != nil {
		return "", fmt.Errorf("find the engine's cache folder: %w", err)
	}
	dir, err := os.ReadDir(probe)
	if err == nil && len(dir) != 1 {
		err = fmt.Errorf("it made %d folders, want one", len(dir))
	}
	if err != nil {
		return "", fmt.Errorf("find the engine's cache folder: %w", err)
	}
	return dir[0].Name(), nil
}

func openDiskCache(cacheDir string, o *options) (*diskCache, error) {
	folder, err := OpenDiskCache(cacheDir, o.diskBudget)
	if err != nil {
		return nil, err
	}
	engine, err := wazero.NewCompilationCacheWithDir(filepath.Dir(folder.Dir()))
	if err != nil {
		return nil, fmt.Errorf("open the engine's cache: %w", err)
	}
	tag := fmt.Sprintf("%t %v %v", o.closeOnDone, cpu.X86, cpu.ARM64)
	return &diskCache{engine: engine, folder: folder, tag: tag}, nil
}

func (d *diskCache) close(ctx context.Context) error { return d.engine.Close(ctx) }

func (d *diskCache) key(body []byte) string {
	h := sha256.New()
	h.Write(body)
	h.Write([]byte(d.tag))
	return hex.EncodeToString(h.Sum(nil))
}

// compile makes sure that a sound entry for body is on disk, and loads it. Its error speaks of the
// cache, or of the module: whether a module is good is for an engine without a cache to say.
//
// The entry of a big module holds its code under the name of its skeleton's, so that the engine need
// not read all of the module again to find it.
func (d *diskCache) compile(ctx context.Context, r *Runtime, body []byte) (compiled wazero.CompiledModule, key string, err error) {
	key = d.key(body)
	bones, skeletal := skeleton.Of(body, key)
	if skeletal {
		key = d.key(bones) // it says whose skeleton it is, and changes where what a skeleton is does
	}
	if !d.folder.Has(key) {
		if err := d.store(ctx, r.engineConfig(), key, body, bones); err != nil {
			return nil, "", err
		}
	}
	if skeletal {
		compiled, err = loadOnly(ctx, r.main.wazero, bones)
	} else {
		compiled, err = r.main.wazero.CompileModule(ctx, body)
	}
	if err != nil {
		d.folder.Drop(key)
	}
	return compiled, key, err
}

// loadOnly has the engine load a module from its cache, and fails where it would compile it, as when
// the entry was evicted meanwhile: the functions of a skeleton do nothing but trap. With several
// workers the engine asks its context before each function that it compiles, and never when it loads.
func loadOnly(ctx context.Context, engine wazero.Runtime, bones []byte) (wazero.CompiledModule, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	cancel(errNotCached)
	return engine.CompileModule(experimental.WithCompilationWorkers(ctx, 2), bones)
}

var errNotCached = errors.New("load a compiled module: its cache entry is gone")

// store compiles body and keeps the code under the name that the engine looks for: its skeleton's,
// where there is one.
func (d *diskCache) store(ctx context.Context, config wazero.RuntimeConfig, key string, body, bones []byte) error {
	stage, err := d.folder.Stage()
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	made, err := compileInto(ctx, filepath.Join(stage, "body"), config, body)
	if err != nil {
		return err
	}
	if bones != nil {
		named, err := compileInto(ctx, filepath.Join(stage, "skeleton"), config, bones)
		if err == nil {
			err = os.Rename(made, named)
		}
		if err != nil {
			return err
		}
		made = named
	}
	return d.folder.Store(key, made)
}

// compileInto compiles body in an engine of its own, whose cache is the empty folder dir, so that
// the one file found there afterwards is the entry. It returns that.
func compileInto(ctx context.Context, dir string, config wazero.RuntimeConfig, body []byte) (entry string, err error) {
	engineCache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, engineCache.Close(ctx)) }()
	engine := wazero.NewRuntimeWithConfig(ctx, config.WithCompilationCache(engineCache))
	defer func() { err = errors.Join(err, engine.Close(ctx)) }()
	if _, err := engine.CompileModule(ctx, body); err != nil {
		return "", err
	}
	made, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err == nil && len(made) != 1 {
		err = fmt.Errorf("the engine stored %d files, want one", len(made))
	}
	if err != nil {
		return "", fmt.Errorf("store a compiled module: %w", err)
	}
	return made[0], nil
}
