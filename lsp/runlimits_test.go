package lsp_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// A bound that is raised lets in who waits, at once.
func TestARaisedBoundLetsIn(t *testing.T) {
	h := newFakeHost()
	h.answer = until(nil)
	cfg := runConfig(t, h)
	cfg.Options = map[string]any{"trusted": true, "settings": map[string]any{"hooks": map[string]any{"maxParallel": 1}}}
	archive := "-- samuel.toml --\n"
	for _, n := range []string{"a", "b"} {
		archive += "-- " + n + "/samuel-plugin.toml --\n" + strings.Replace(tidyManifest, "tidy", n, 1)
	}
	e := lsptest.Start(t, archive, cfg)
	for _, n := range []string{"a", "b"} {
		e.Write(n+"/plugin.wasm", lintModule(t))
	}
	e.Initialize()
	for _, n := range []string{"a", "b"} {
		e.Open(n + "/samuel-plugin.toml")
		e.Save(n + "/samuel-plugin.toml")
	}
	e.AwaitState("the run that waits", func(*lsp.Snapshot) bool { return e.Server.RunsWaiting() == 1 })
	e.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": map[string]any{"samuel": map[string]any{"hooks": map[string]any{"maxParallel": 2}}}})
	h.await(t, 2)
}

// What the user asks for does not wait for a module that hangs in the background.
func TestHealthByHandWaitsForNoOther(t *testing.T) {
	h := newFakeHost()
	hanging := make(chan struct{})
	var once sync.Once
	h.probed = func(ctx context.Context) {
		first := false
		once.Do(func() { first = true })
		if first {
			close(hanging)
			<-ctx.Done()
		}
	}
	archive := "-- samuel.toml --\n"
	for _, n := range []string{"a", "b"} {
		archive += "-- " + n + "/samuel-plugin.toml --\n" + strings.Replace(tidyManifest, "tidy", n, 1)
	}
	e := lsptest.Start(t, archive, runConfig(t, h))
	e.Write("a/plugin.wasm", lintModule(t))
	e.Initialize()
	e.Open("a/samuel-plugin.toml")
	<-hanging
	e.Open("b/samuel-plugin.toml")
	e.Write("b/plugin.wasm", lintModule(t))
	result, err := execute(e, "samuel.checkHealth", string(e.URI("b/samuel-plugin.toml")))
	if err != nil || result["text"] != "health ok · protocol 1 · 0.3 ms" {
		t.Errorf("got %v, %v", result, err)
	}
}
