package lsptest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

// URI returns the URI of a file of the workspace.
func (e *Editor) URI(name string) uri.URI {
	if strings.Contains(name, ":") {
		return uri.URI(name)
	}
	return uri.File(filepath.Join(e.Dir, filepath.FromSlash(name)))
}

// Doc names a file of the workspace in a request.
func (e *Editor) Doc(name string) protocol.TextDocumentIdentifier {
	return protocol.TextDocumentIdentifier{URI: e.URI(name)}
}

// Request sends a request and decodes its result; result may be nil. The error is what the
// server answered.
func (e *Editor) Request(method string, params, result any) error {
	e.t.Helper()
	var raw jsonrpc2.RawMessage
	if params != nil {
		raw = e.encode(params)
	}
	var answer jsonrpc2.RawMessage
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if _, err := e.conn.Call(ctx, method, raw, &answer); err != nil {
		return err
	}
	if result == nil || len(answer) == 0 || string(answer) == "null" {
		return nil
	}
	if err := protocol.Unmarshal(answer, result); err != nil {
		e.t.Fatalf("%s: the result %s does not decode: %v", method, answer, err)
	}
	return nil
}

// Notify sends a notification.
func (e *Editor) Notify(method string, params any) {
	e.t.Helper()
	var raw jsonrpc2.RawMessage
	if params != nil {
		raw = e.encode(params)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	if err := e.conn.Notify(ctx, method, raw); err != nil {
		e.t.Errorf("%s: %v", method, err)
	}
}

// Open opens a file of the workspace as it is on disk.
func (e *Editor) Open(name string) {
	e.t.Helper()
	content, err := os.ReadFile(filepath.Join(e.Dir, filepath.FromSlash(name)))
	if err != nil {
		e.t.Fatal(err)
	}
	e.OpenText(name, "toml", string(content))
}

// OpenText opens a document with a text and a language of its own; name may be a whole URI.
func (e *Editor) OpenText(name, language, content string) {
	e.t.Helper()
	u := e.URI(name)
	e.texts[u], e.versions[u] = content, 1
	e.Notify(protocol.MethodTextDocumentDidOpen, &protocol.DidOpenTextDocumentParams{
		TextDocument: protocol.TextDocumentItem{URI: u, LanguageID: protocol.LanguageKind(language), Version: 1, Text: content},
	})
}

// Text returns the text of an open document.
func (e *Editor) Text(name string) string { return e.texts[e.URI(name)] }

// Version returns the version of an open document.
func (e *Editor) Version(name string) int32 { return e.versions[e.URI(name)] }

// Change replaces the whole text of an open document.
func (e *Editor) Change(name, content string) {
	e.t.Helper()
	u := e.URI(name)
	e.texts[u] = content
	e.change(u, &protocol.TextDocumentContentChangeWholeDocument{Text: content})
}

// Replace replaces the first occurrence of old in an open document by an incremental change. The
// document must be ASCII up to there.
func (e *Editor) Replace(name, old, repl string) {
	e.t.Helper()
	u := e.URI(name)
	at := strings.Index(e.texts[u], old)
	if at < 0 {
		e.t.Fatalf("%s does not hold %q", name, old)
	}
	r := protocol.Range{Start: e.At(name, at), End: e.At(name, at+len(old))}
	e.texts[u] = e.texts[u][:at] + repl + e.texts[u][at+len(old):]
	e.change(u, &protocol.TextDocumentContentChangePartial{Range: r, Text: repl})
}

func (e *Editor) change(u uri.URI, c protocol.TextDocumentContentChangeEvent) {
	e.t.Helper()
	e.versions[u]++
	e.Notify(protocol.MethodTextDocumentDidChange, &protocol.DidChangeTextDocumentParams{
		TextDocument:   protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: u}, Version: e.versions[u]},
		ContentChanges: []protocol.TextDocumentContentChangeEvent{c},
	})
}

// Save writes an open document to disk and says so.
func (e *Editor) Save(name string) {
	e.t.Helper()
	e.Write(name, e.Text(name))
	e.Notify(protocol.MethodTextDocumentDidSave, &protocol.DidSaveTextDocumentParams{TextDocument: e.Doc(name)})
}

// CloseDoc closes an open document.
func (e *Editor) CloseDoc(name string) {
	e.t.Helper()
	e.Notify(protocol.MethodTextDocumentDidClose, &protocol.DidCloseTextDocumentParams{TextDocument: e.Doc(name)})
}

// At returns the position of a byte offset of an open document whose lines are ASCII.
func (e *Editor) At(name string, off int) protocol.Position {
	before := e.Text(name)[:off]
	line := strings.Count(before, "\n")
	return protocol.Position{Line: uint32(line), Character: uint32(off - strings.LastIndexByte(before, '\n') - 1)}
}

// Find returns the position of the first occurrence of part in an open document, plus delta.
func (e *Editor) Find(name, part string, delta int) protocol.Position {
	e.t.Helper()
	at := strings.Index(e.Text(name), part)
	if at < 0 {
		e.t.Fatalf("%s does not hold %q", name, part)
	}
	return e.At(name, at+delta)
}

// FileChanged tells the server of a file that was changed, made or deleted on disk.
func (e *Editor) FileChanged(name string, kind protocol.FileChangeType) {
	e.t.Helper()
	e.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{
		Changes: []protocol.FileEvent{{URI: e.URI(name), Type: kind}},
	})
}

// Messages returns what the server has sent so far, of one method.
func (e *Editor) Messages(method string) []Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	var of []Message
	for _, m := range e.messages {
		if m.Method == method {
			of = append(of, m)
		}
	}
	return of
}

// Await returns once ok holds, which is asked again after every message of the server; what says
// what is being waited for.
func (e *Editor) Await(what string, ok func() bool) {
	e.t.Helper()
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	for {
		e.mu.Lock()
		changed := e.changed
		e.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			e.t.Fatalf("waited for %s, and it did not come", what)
		}
	}
}

// Published returns what was last pushed for a document, and whether anything was.
func (e *Editor) Published(name string) (*protocol.PublishDiagnosticsParams, bool) {
	e.t.Helper()
	u := e.URI(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	p, ok := e.published[u]
	return p, ok
}

// AwaitDiagnostics returns a document's diagnostics once those that were pushed last, for its
// present version, satisfy ok; a nil ok takes the first.
func (e *Editor) AwaitDiagnostics(name string, ok func([]protocol.Diagnostic) bool) []protocol.Diagnostic {
	e.t.Helper()
	var found []protocol.Diagnostic
	e.Await("diagnostics of "+name, func() bool {
		p, there := e.Published(name)
		if !there {
			return false
		}
		if v, versioned := p.Version.Get(); versioned && v != e.Version(name) {
			return false
		}
		found = p.Diagnostics
		return ok == nil || ok(found)
	})
	return found
}

// Codes returns the codes of diagnostics, in order.
func Codes(diags []protocol.Diagnostic) []string {
	codes := make([]string, len(diags))
	for i, d := range diags {
		if s, ok := d.Code.(protocol.String); ok {
			codes[i] = string(s)
		}
	}
	return codes
}

// AwaitState returns once ok holds, which is asked again after each answer of the server: for
// what changes inside the server without its telling anybody.
func (e *Editor) AwaitState(what string, ok func(*lsp.Snapshot) bool) {
	e.t.Helper()
	for limit := time.Now().Add(Patience); !ok(e.Server.Snapshot()); {
		if time.Now().After(limit) {
			e.t.Fatalf("waited for %s, and it did not come", what)
		}
		_ = e.Request("lsptest/ping", nil, nil) // nobody knows the method, but it is answered
	}
}

// Begin sends a request without waiting. cancel takes it back as editors do; what the server
// answers comes through the channel.
func (e *Editor) Begin(method string, params any) (cancel func(), answered <-chan error) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- protocol.Call(ctx, e.conn, method, params, nil)
	}()
	return cancel, done
}
