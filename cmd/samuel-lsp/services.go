package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
)

// withServices gives the server what it declares and other packages have: the plugin host, the
// commands that it lets this program's other processes do, and the places where this user's
// decisions and logs are kept.
func withServices(opts lsp.Options) lsp.Options {
	a := &admin{}
	opts.OpenHost = func(c lsp.HostConfig) (lsp.Host, error) {
		p, err := newPool(c.CacheDir, c.CacheBudget, c.Parallel)
		if err != nil {
			return nil, err
		}
		a.opened(p, c.CacheDir)
		return p, nil
	}
	opts.Admin = a
	opts.Consent = consent.Open(consent.DefaultDir())
	if cache, err := os.UserCacheDir(); err == nil {
		opts.LogDir = filepath.Join(cache, "samuel-lsp", "logs")
	}
	return opts
}

// adminLimit is how long installing and the like may take. It is above the limits of the module's
// compilation and of the protocol check together.
const adminLimit = time.Minute

// admin implements lsp.Admin by running this program's own commands: installing runs code of the
// module, and that must not happen in the server's process.
type admin struct {
	mu       sync.Mutex
	pool     *pool.Pool
	cacheDir string
}

func (a *admin) opened(p *pool.Pool, cacheDir string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pool, a.cacheDir = p, cacheDir
}

// Install implements lsp.Admin.
func (a *admin) Install(ctx context.Context, root, source string) (string, error) {
	var out struct{ Path string }
	err := a.run(ctx, &out, "install", "--json", "--project", root, "--", source)
	return out.Path, err
}

// Uninstall implements lsp.Admin.
func (a *admin) Uninstall(ctx context.Context, root, name string) (string, error) {
	var out struct{ Path string }
	err := a.run(ctx, &out, "uninstall", "--json", "--project", root, "--", name)
	return out.Path, err
}

// ClearCache implements lsp.Admin.
func (a *admin) ClearCache(ctx context.Context) (int64, error) {
	var out struct {
		FreedBytes int64 `json:"freed_bytes"`
	}
	args := []string{"cache", "clear", "--json"}
	a.mu.Lock()
	if a.cacheDir != "" {
		args = append(args, "--cache-dir", a.cacheDir)
	}
	a.mu.Unlock()
	err := a.run(ctx, &out, args...)
	return out.FreedBytes, err
}

// Stats implements lsp.Admin.
func (a *admin) Stats(context.Context) any {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pool == nil {
		return pool.Stats{}
	}
	return a.pool.Stats()
}

// run runs one of this program's commands and reads the JSON it prints.
func (a *admin) run(ctx context.Context, out any, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, adminLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("ended after %s: %w", adminLimit, ctx.Err())
		}
		if text := strings.TrimSpace(strings.TrimPrefix(stderr.String(), "samuel-lsp: ")); text != "" {
			return errors.New(text)
		}
		return err
	}
	if err := json.Unmarshal(stdout.Bytes(), out); err != nil {
		return fmt.Errorf("reading what %q printed: %w", args[0], err)
	}
	return nil
}
