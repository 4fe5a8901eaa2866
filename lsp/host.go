package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Host runs plugin code for the server, outside of its process.
type Host interface {
	// Do makes one call. It may be called from several goroutines; it calls sink, from one
	// goroutine at a time, for what is seen while the call runs, and never after it returned.
	// Cancelling ctx ends the call, however the guest behaves.
	Do(ctx context.Context, req call.Request, sink func(call.Event)) call.Result
	// Close ends all calls as cancelled and leaves no process behind.
	Close()
}

// HostConfig is what a host is opened with.
type HostConfig struct {
	CacheDir    string // where compiled modules are kept; "" is the default
	CacheBudget int64  // bytes of modules kept in memory; 0 means no limit
	Parallel    int    // how many calls are made at once
}

// errNoHost is met where nothing can run, because the server was started without a host.
var errNoHost = errors.New("this server was started without a plugin host; nothing can run")

// hostKeeper opens the host when something is first to run, and anew when its settings change:
// calls that go on then end where they began.
type hostKeeper struct {
	s    *Server
	open func(HostConfig) (Host, error)

	mu      sync.Mutex
	current *openHost
	older   map[*openHost]bool // with calls that still go on
	closed  bool
	refused string // the cache folder that the user was told is not used
}

// openHost is a host and what it was opened with.
type openHost struct {
	Host
	config HostConfig
	calls  int
}

func newHostKeeper(s *Server) *hostKeeper {
	return &hostKeeper{s: s, open: s.opts.OpenHost, older: make(map[*openHost]bool)}
}

// available says whether anything can run at all.
func (k *hostKeeper) available() bool { return k.open != nil }

// do makes one call with the host that the present settings ask for.
func (k *hostKeeper) do(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
	h, err := k.take()
	if err != nil {
		return call.Result{Outcome: call.Outcome{Word: call.Failed, Text: err.Error()}}
	}
	defer k.release(h)
	return h.Do(ctx, req, sink)
}

// take returns a host to make one call with, which release must be told the end of.
func (k *hostKeeper) take() (*openHost, error) {
	if k.open == nil {
		return nil, errNoHost
	}
	snap := k.s.Snapshot()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, errors.New("the server is ending")
	}
	config := HostConfig{
		CacheDir:    k.cacheDir(snap),
		CacheBudget: int64(snap.Settings.CacheMiB) << 20,
		// Probes are bounded apart; each bound needs its own children.
		Parallel: snap.Settings.MaxParallel + maxProbes,
	}
	if k.current == nil || k.current.config != config {
		h, err := k.open(config)
		if err != nil {
			return nil, fmt.Errorf("starting the plugin host: %w", err)
		}
		if old := k.current; old != nil && (old.calls > 0 || !k.s.spawn(func(context.Context) { old.Close() })) {
			k.older[old] = true
		}
		k.current = &openHost{Host: h, config: config}
	}
	k.current.calls++
	return k.current, nil
}

func (k *hostKeeper) release(h *openHost) {
	k.mu.Lock()
	h.calls--
	last := h.calls == 0 && k.older[h]
	if last {
		delete(k.older, h)
	}
	k.mu.Unlock()
	if last {
		h.Close()
	}
}

// cacheDir is the configured folder, unless it lies in the workspace: compiled modules are trusted
// native code, and a repository must not bring its own.
func (k *hostKeeper) cacheDir(snap *Snapshot) string {
	dir := snap.Settings.CacheDir
	if dir == "" {
		return ""
	}
	real := dir
	if r, err := filepath.EvalSymlinks(dir); err == nil {
		real = r
	}
	if snap.folderOf(dir) == nil && snap.folderOf(real) == nil {
		return dir
	}
	if k.refused != dir {
		k.refused = dir
		k.s.showMessage(protocol.MessageTypeWarning,
			fmt.Sprintf("setting samuel.cache.dir names %s, inside of the workspace, where anybody could have put code; the default is used", dir))
	}
	return ""
}

// close ends the host; nothing can run afterwards.
func (k *hostKeeper) close() {
	k.mu.Lock()
	var all []*openHost
	if k.current != nil {
		all = append(all, k.current)
	}
	for h := range k.older {
		all = append(all, h)
	}
	k.current, k.older, k.closed = nil, nil, true
	k.mu.Unlock()
	for _, h := range all {
		h.Close()
	}
}
