package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// simple are the requests that take a document and nothing else.
var simple = []string{
	"textDocument/documentSymbol", "textDocument/codeLens", "textDocument/foldingRange", "textDocument/documentLink",
	"textDocument/semanticTokens/full", "textDocument/diagnostic", "textDocument/documentColor",
}

// placed are those that take a position as well.
var placed = []string{
	"textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/references",
	"textDocument/documentHighlight", "textDocument/prepareRename", "textDocument/rename", "textDocument/selectionRange",
}

// ranged are those that take a range.
var ranged = []string{"textDocument/codeAction", "textDocument/inlayHint", "textDocument/rangeFormatting", "textDocument/semanticTokens/range"}

func (e *editor) place(d *doc) position {
	if e.r.IntN(8) == 0 {
		return position{e.r.IntN(1 << 31), e.r.IntN(1 << 31)}
	}
	return at(d.text, boundary(d.text, e.r.IntN(len(d.text)+1)), e.encoding)
}

// question is a request at random, mostly a reasonable one.
func (e *editor) question() (string, any) {
	d := e.docs[e.r.IntN(len(e.docs))]
	params := map[string]any{"textDocument": map[string]string{"uri": d.uri}, "options": map[string]any{"tabSize": 2, "insertSpaces": true}}
	switch e.r.IntN(9) {
	case 0, 1:
		return simple[e.r.IntN(len(simple))], params
	case 2, 3, 4, 5:
		p := e.place(d)
		params["position"], params["positions"] = p, []position{p, e.place(d)}
		params["context"] = map[string]any{"includeDeclaration": true, "triggerKind": 1}
		params["newName"] = []string{"format", "", "a b", "\"", "run"}[e.r.IntN(5)]
		return placed[e.r.IntN(len(placed))], params
	case 6:
		params["range"] = span{e.place(d), e.place(d)}
		params["context"] = map[string]any{"diagnostics": []any{}}
		return ranged[e.r.IntN(len(ranged))], params
	case 7:
		return "textDocument/formatting", params
	}
	if e.r.IntN(2) == 0 {
		return "workspace/diagnostic", map[string]any{"previousResultIds": []any{}}
	}
	return "workspace/symbol", map[string]any{"query": "t"}
}

func (e *editor) ask() error {
	e.c.request(e.question())
	return nil
}

func (e *editor) askAndCancel() error {
	for range 1 + e.r.IntN(5) {
		id := e.c.request(e.question())
		if e.r.IntN(4) > 0 {
			e.c.notify("$/cancelRequest", map[string]any{"id": json.RawMessage(id)})
		}
	}
	return nil
}

var commands = []string{
	"samuel.runHook", "samuel.runHook", "samuel.runHook", "samuel.checkHealth", "samuel.checkHealth", "samuel.showLog", "samuel.cancelRun",
	"samuel.grantCapabilities", "samuel.revokeCapabilities", "samuel.showStats", "samuel.noSuch",
}

func (e *editor) command() error {
	d := e.docs[e.r.IntN(len(e.docs))]
	args := []any{map[string]string{"uri": d.uri, "export": "run", "event": "quality.check"}}
	switch e.r.IntN(8) {
	case 0:
		args = nil
	case 1:
		args = []any{7, nil, []any{}}
	case 2:
		args = []any{d.uri, "run", strings.Repeat("x", 1000)}
	}
	e.c.request("workspace/executeCommand", map[string]any{"command": commands[e.r.IntN(len(commands))], "arguments": args})
	return nil
}

// nonsense is what no editor should send. Whatever is a request must be answered.
func (e *editor) nonsense() error {
	d := e.docs[e.r.IntN(len(e.docs))]
	switch e.r.IntN(14) {
	case 0:
		e.c.notify("$/unheard", nil)
	case 1:
		e.c.notify("textDocument/didChange", nil)
	case 2:
		e.c.notify("textDocument/didOpen", map[string]any{"textDocument": 5})
	case 3:
		e.c.request("textDocument/hover", nil)
	case 4:
		e.c.request("textDocument/hover", []int{1})
	case 5:
		e.c.request("no/such", map[string]any{})
	case 6:
		e.c.request("initialize", map[string]any{"capabilities": map[string]any{}})
	case 7:
		e.c.notify("$/cancelRequest", map[string]any{"id": []any{1.5, "x", nil, -1, 1e300, 99999999999}[e.r.IntN(6)]})
	case 8:
		e.c.raw([]byte(`{"jsonrpc":"2.0","method":`))
	case 9:
		e.c.raw([]byte("\xff\x00not json"))
	case 10:
		e.c.raw([]byte(`{"jsonrpc":"2.0","id":424242,"result":{}}`))
	case 11:
		e.c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": "x:\x00", "type": 77}, map[string]any{"uri": e.root, "type": 2}}})
	case 12:
		e.c.request("textDocument/completion", map[string]any{"textDocument": map[string]string{"uri": d.uri}, "position": map[string]any{"line": -1, "character": 1.5}})
	default:
		e.c.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": fmt.Sprintf("untitled:%d", e.r.IntN(9))}, "contentChanges": []any{map[string]any{"text": 4}}})
	}
	return nil
}
