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
	"golang.org/x/sys/cpu"

	"github.com/samuelpkg/samuel-lsp/cache"
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
func (d *diskCache) compile(ctx context.Context, r *Runtime, body []byte) (compiled wazero.CompiledModule, key string, err error) {
	key = d.key(body)
	if !d.folder.Has(key) {
		if err := d.store(ctx, r.engineConfig(), key, body); err != nil {
			return nil, "", err
		}
	}
	compiled, err = r.main.wazero.CompileModule(ctx, body)
	if err != nil {
		d.folder.Drop(key)
	}
	return compiled, key, err
}

// store compiles body in an engine of its own, whose cache is a stage inside the folder, so that
// the one file found there afterwards is the entry.
func (d *diskCache) store(ctx context.Context, config wazero.RuntimeConfig, key string, body []byte) (err error) {
	stage, err := d.folder.Stage()
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	engineCache, err := wazero.NewCompilationCacheWithDir(stage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engineCache.Close(ctx)) }()
	engine := wazero.NewRuntimeWithConfig(ctx, config.WithCompilationCache(engineCache))
	defer func() { err = errors.Join(err, engine.Close(ctx)) }()
	if _, err := engine.CompileModule(ctx, body); err != nil {
		return err
	}
	made, err := filepath.Glob(filepath.Join(stage, "*", "*"))
	if err == nil && len(made) != 1 {
		err = fmt.Errorf("the engine stored %d files, want one", len(made))
	}
	if err != nil {
		return fmt.Errorf("store a compiled module: %w", err)
	}
	return d.folder.Store(key, made[0])
}
