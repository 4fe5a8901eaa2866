// Package lsptest is an editor for tests: it speaks the protocol to a real server over a pipe in
// memory, keeps what the server tells it, and lets a test wait for what it expects.
//
// A workspace is a txtar archive, unpacked into a temporary folder. Nothing sleeps: a test waits
// for an event, and fails when it doesn't come.
package lsptest

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/rogpeppe/go-internal/txtar"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

// Patience is how long a test waits for what must come: long, since it is only ever used up by a
// test that fails, and a machine may be busy.
const Patience = time.Minute

// Config is how an editor is set up. The zero value is an editor that takes pushed diagnostics
// with all their extras, and watches files itself without ever saying so.
type Config struct {
	// Server is handed to lsp.New.
	Server lsp.Options
	// Capabilities changes what the editor says it can do.
	Capabilities func(*protocol.ClientCapabilities)
	// Options is sent as initializationOptions.
	Options any
	// Settings answers workspace/configuration, if the capabilities have it.
	Settings any
	// Answers are the answers to the server's requests, by method; what is not here is answered
	// with null.
	Answers Answers
	// Dial starts another server than one in this process, and returns the connection to it and
	// what waits for its exit code. Server and [Editor.Server] are not used then.
	Dial func() (io.ReadWriteCloser, func() int)
	// Folders are the workspace's folders, relative to the unpacked archive; none means the
	// archive's own folder.
	Folders []string
}

// Answers are answers to requests, by method.
type Answers = map[string]func(params jsontext.Value) (any, error)

// Editor is a client with one session.
type Editor struct {
	t    testing.TB
	cfg  Config
	conn jsonrpc2.Conn
	code chan int

	// Server is the server the editor speaks to.
	Server *lsp.Server
	// Dir is the folder of the workspace.
	Dir string
	// Capabilities is what the server said it can do.
	Capabilities protocol.ServerCapabilities

	mu        sync.Mutex
	changed   chan struct{} // closed and made anew at every message of the server
	messages  []Message
	published map[uri.URI]*protocol.PublishDiagnosticsParams
	texts     map[uri.URI]string
	versions  map[uri.URI]int32
	ended     bool
}

// Message is one notification or request that the server sent.
type Message struct {
	Method string
	Params jsontext.Value
}

// Open unpacks an archive and opens an editor on it. The session ends with the test, which fails
// if the server does not end well.
func Open(t testing.TB, archive string, cfg Config) *Editor {
	t.Helper()
	e := Start(t, archive, cfg)
	e.Initialize()
	return e
}

// Start is Open without the initialize request.
func Start(t testing.TB, archive string, cfg Config) *Editor {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := txtar.Write(txtar.Parse([]byte(archive)), dir); err != nil {
		t.Fatal(err)
	}
	e := &Editor{
		t: t, cfg: cfg, code: make(chan int, 1), Dir: dir, changed: make(chan struct{}),
		published: make(map[uri.URI]*protocol.PublishDiagnosticsParams),
		texts:     make(map[uri.URI]string), versions: make(map[uri.URI]int32),
	}
	e.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(e.dial()))
	e.conn.Go(context.Background(), e.handle)
	t.Cleanup(func() {
		if !e.ended {
			if code := e.Close(); code != 0 {
				t.Errorf("the server ended with exit code %d", code)
			}
		}
	})
	return e
}

// dial starts the server.
func (e *Editor) dial() io.ReadWriteCloser {
	if e.cfg.Dial != nil {
		conn, wait := e.cfg.Dial()
		go func() { e.code <- wait() }()
		return conn
	}
	e.Server = lsp.New(e.cfg.Server)
	ours, theirs := net.Pipe()
	go func() {
		e.code <- e.Server.Serve(never{theirs})
		_ = theirs.Close()
	}()
	return ours
}

// never is a connection of which every write may wait, as those of a [net.Pipe] do.
type never struct{ net.Conn }

// ReadyFor implements [github.com/samuelpkg/samuel-lsp/lsp/wire.Ready].
func (never) ReadyFor(int) bool { return false }

// Initialize makes the session ready.
func (e *Editor) Initialize() {
	e.t.Helper()
	folders := e.cfg.Folders
	if folders == nil {
		folders = []string{"."}
	}
	yes := true
	diags := protocol.DiagnosticsCapabilities{RelatedInformation: &yes, CodeDescriptionSupport: &yes, DataSupport: &yes}
	diags.TagSupport.ValueSet = []protocol.DiagnosticTag{protocol.DiagnosticTagDeprecated, protocol.DiagnosticTagUnnecessary}
	params := &protocol.InitializeParams{
		Capabilities: protocol.ClientCapabilities{
			TextDocument: &protocol.TextDocumentClientCapabilities{
				PublishDiagnostics: &protocol.PublishDiagnosticsClientCapabilities{DiagnosticsCapabilities: diags, VersionSupport: &yes},
			},
			Workspace: &protocol.WorkspaceClientCapabilities{
				DidChangeWatchedFiles: &protocol.DidChangeWatchedFilesClientCapabilities{DynamicRegistration: &yes},
				Configuration:         &yes,
			},
		},
	}
	if e.cfg.Capabilities != nil {
		e.cfg.Capabilities(&params.Capabilities)
	}
	var all []protocol.WorkspaceFolder
	for _, f := range folders {
		dir := filepath.Join(e.Dir, f)
		all = append(all, protocol.WorkspaceFolder{URI: uri.File(dir), Name: filepath.Base(dir)})
	}
	params.WorkspaceFolders = protocol.NewNullable(all)
	if e.cfg.Options != nil {
		params.InitializationOptions = e.encode(e.cfg.Options)
	}
	var result protocol.InitializeResult
	if err := e.Request(protocol.MethodInitialize, params, &result); err != nil {
		e.t.Fatalf("initialize: %v", err)
	}
	e.Capabilities = result.Capabilities
	e.Notify(protocol.MethodInitialized, &protocol.InitializedParams{})
}

// Close ends the session in good order and returns the server's exit code.
func (e *Editor) Close() int {
	e.t.Helper()
	if err := e.Request(protocol.MethodShutdown, nil, nil); err != nil {
		e.t.Errorf("shutdown: %v", err)
	}
	return e.Exit()
}

// Exit sends exit and returns the server's exit code.
func (e *Editor) Exit() int {
	e.t.Helper()
	e.Notify(protocol.MethodExit, nil)
	code := e.wait()
	_ = e.conn.Close()
	return code
}

// Vanish closes the connection without a word and returns the server's exit code.
func (e *Editor) Vanish() int {
	e.t.Helper()
	_ = e.conn.Close()
	return e.wait()
}

// Ended waits for a session that the server ends by itself and returns its exit code.
func (e *Editor) Ended() int {
	e.t.Helper()
	code := e.wait()
	_ = e.conn.Close()
	return code
}

func (e *Editor) wait() int {
	e.t.Helper()
	e.ended = true
	select {
	case code := <-e.code:
		return code
	case <-time.After(Patience):
		e.t.Error("the server does not end")
		return -1
	}
}

func (e *Editor) encode(v any) []byte {
	e.t.Helper()
	raw, err := protocol.Marshal(v)
	if err != nil {
		e.t.Fatal(err)
	}
	return raw
}

// handle takes what the server sends.
func (e *Editor) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	m := Message{Method: strings.Clone(req.Method()), Params: append(jsontext.Value(nil), req.Params()...)}
	e.mu.Lock()
	e.messages = append(e.messages, m)
	if m.Method == protocol.MethodTextDocumentPublishDiagnostics {
		p := new(protocol.PublishDiagnosticsParams)
		if err := protocol.Unmarshal(m.Params, p); err != nil {
			e.t.Errorf("diagnostics don't decode: %v", err)
		}
		e.published[p.URI] = p
	}
	close(e.changed)
	e.changed = make(chan struct{})
	e.mu.Unlock()
	if !req.IsCall() {
		return nil, nil
	}
	jsonrpc2.Async(ctx) // a pipe in memory holds nothing: both sides must go on reading
	if answer := e.cfg.Answers[m.Method]; answer != nil {
		return rawAnswer(answer(m.Params))
	}
	if m.Method == protocol.MethodWorkspaceConfiguration {
		return rawAnswer([]any{e.cfg.Settings}, nil)
	}
	return nil, nil
}

func rawAnswer(v any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if raw, err := protocol.Marshal(v); err == nil {
		return jsonrpc2.RawMessage(raw), nil
	}
	raw, err := json.Marshal(v)
	return jsonrpc2.RawMessage(raw), err
}

// Write changes a file of the workspace on disk.
func (e *Editor) Write(name, content string) {
	e.t.Helper()
	path := filepath.Join(e.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		e.t.Fatal(err)
	}
}
