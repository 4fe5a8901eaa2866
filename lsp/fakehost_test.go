package lsp_test

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// fakeHost is a host whose calls end when a test says so.
type fakeHost struct {
	// answer makes a run's result; nil answers ok.
	answer func(ctx context.Context, req call.Request, sink func(call.Event)) call.Result
	// probed is called for each probe, which is healthy unless its context ends meanwhile.
	probed func(ctx context.Context)
	// health makes what the module at a path says of its health; nil says that it is healthy.
	health func(module string) int32

	mu      sync.Mutex
	changed chan struct{}
	calls   []call.Request
	going   map[string]int // by module
	most    map[string]int
	all     int
	mostAll int
}

func newFakeHost() *fakeHost {
	return &fakeHost{changed: make(chan struct{}), going: make(map[string]int), most: make(map[string]int)}
}

func (h *fakeHost) Do(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
	if req.Kind == call.Probe {
		if h.probed != nil {
			h.probed(ctx)
		}
		if ctx.Err() != nil {
			return call.Result{Outcome: call.Outcome{Word: call.Cancelled}}
		}
		protocol, health := int32(1), int32(0)
		if h.health != nil {
			health = h.health(req.Module)
		}
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Protocol: &protocol, ProtocolDeclared: true, Health: &health, Duration: 300 * time.Microsecond}
	}
	h.mu.Lock()
	h.calls = append(h.calls, req)
	h.going[req.Module]++
	h.all++
	h.most[req.Module] = max(h.most[req.Module], h.going[req.Module])
	h.mostAll = max(h.mostAll, h.all)
	close(h.changed)
	h.changed = make(chan struct{})
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.going[req.Module]--
		h.all--
	}()
	if h.answer != nil {
		return h.answer(ctx, req, sink)
	}
	return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond}
}

func (h *fakeHost) Close() {}

// await waits until so many runs have begun, and returns them.
func (h *fakeHost) await(t *testing.T, n int) []call.Request {
	t.Helper()
	limit := time.NewTimer(lsptest.Patience)
	defer limit.Stop()
	for {
		h.mu.Lock()
		calls, changed := slices.Clone(h.calls), h.changed
		h.mu.Unlock()
		if len(calls) >= n {
			return calls
		}
		select {
		case <-changed:
		case <-limit.C:
			t.Fatalf("waited for %d runs, there were %d", n, len(calls))
		}
	}
}

// until is an answer that ends when its context or the given channel does.
func until(release <-chan struct{}) func(context.Context, call.Request, func(call.Event)) call.Result {
	return func(ctx context.Context, _ call.Request, _ func(call.Event)) call.Result {
		select {
		case <-ctx.Done():
			return call.Result{Outcome: call.Outcome{Word: call.Cancelled}}
		case <-release:
			return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond}
		}
	}
}

// runConfig is an editor that draws lenses and trusts its workspace.
func runConfig(t *testing.T, h *fakeHost) lsptest.Config {
	yes := true
	return lsptest.Config{
		Server: lsp.Options{
			OpenHost: func(lsp.HostConfig) (lsp.Host, error) { return h, nil },
			Consent:  consent.Open(t.TempDir()),
			LogDir:   t.TempDir(),
		},
		Options: map[string]any{"trusted": true},
		Capabilities: func(c *protocol.ClientCapabilities) {
			c.Workspace.CodeLens = &protocol.CodeLensWorkspaceClientCapabilities{RefreshSupport: &yes}
			c.Workspace.Configuration = nil
			c.Window = &protocol.WindowClientCapabilities{WorkDoneProgress: &yes, ShowDocument: &protocol.ShowDocumentClientCapabilities{Support: true}}
		},
	}
}

// lintModule is a real module with the exports lint and health.
func lintModule(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../testdata/workspace/tidy/plugin.wasm")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// titles are the lenses of a document, in order.
func titles(t *testing.T, e *lsptest.Editor, name string) []string {
	t.Helper()
	var lenses []protocol.CodeLens
	if err := e.Request(protocol.MethodTextDocumentCodeLens, &protocol.CodeLensParams{TextDocument: e.Doc(name)}, &lenses); err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(lenses))
	for i, l := range lenses {
		all[i] = l.Command.Title
	}
	return all
}

// awaitTitle waits until a document has a lens of that title.
func awaitTitle(t *testing.T, e *lsptest.Editor, name, title string) {
	t.Helper()
	var last []string
	defer func() {
		if t.Failed() {
			t.Logf("the lenses are %q", last)
		}
	}()
	e.Await("the lens "+title, func() bool {
		last = titles(t, e, name)
		return slices.Contains(last, title)
	})
}

// execute runs a command and returns its result.
func execute(e *lsptest.Editor, command string, args ...any) (map[string]any, error) {
	params := &protocol.ExecuteCommandParams{Command: command}
	for _, a := range args {
		raw, err := protocol.Marshal(a)
		if err != nil {
			return nil, err
		}
		params.Arguments = append(params.Arguments, raw)
	}
	var result map[string]any
	err := e.Request(protocol.MethodWorkspaceExecuteCommand, params, &result)
	return result, err
}
