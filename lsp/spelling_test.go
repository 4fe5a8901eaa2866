package lsp_test

import (
	"encoding/json"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// lastPushed returns, by the URI as the server spelled it, how many diagnostics were pushed last.
func lastPushed(t *testing.T, e *lsptest.Editor) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, m := range e.Messages(protocol.MethodTextDocumentPublishDiagnostics) {
		var p struct {
			URI         string            `json:"uri"`
			Diagnostics []json.RawMessage `json:"diagnostics"`
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		counts[p.URI] = len(p.Diagnostics)
	}
	return counts
}

// TestSpellings: clients spell one URI in their own way, and compare what they get back by letters.
func TestSpellings(t *testing.T) {
	const bad = "name = \n"
	const rare, usual = "file:///no/such/a@b+c(d)/samuel-plugin.toml", "file:///no/such/a%40b%2Bc%28d%29/samuel-plugin.toml"
	open := func(e *lsptest.Editor, uri string) {
		e.Notify(protocol.MethodTextDocumentDidOpen, map[string]any{
			"textDocument": map[string]any{"uri": uri, "languageId": "toml", "version": 1, "text": bad},
		})
	}
	closeDoc := func(e *lsptest.Editor, uri string) {
		e.Notify(protocol.MethodTextDocumentDidClose, map[string]any{"textDocument": map[string]any{"uri": uri}})
	}
	await := func(e *lsptest.Editor, uri string, some bool) {
		t.Helper()
		e.Await("diagnostics of "+uri, func() bool {
			n, told := lastPushed(t, e)[uri]
			return told && some == (n > 0)
		})
	}
	t.Run("diagnostics are taken back as they were given", func(t *testing.T) {
		e := lsptest.Open(t, manifestC, lsptest.Config{})
		open(e, rare)
		await(e, rare, true)
		closeDoc(e, rare)
		await(e, rare, false)
		if _, told := lastPushed(t, e)[usual]; told {
			t.Errorf("the server spoke of %s, which the client never wrote", usual)
		}
	})
	t.Run("one document under two spellings", func(t *testing.T) {
		e := lsptest.Open(t, manifestC, lsptest.Config{})
		open(e, rare)
		await(e, rare, true)
		open(e, usual)
		await(e, usual, true)
		await(e, rare, false)
		closeDoc(e, usual)
		await(e, rare, true)
		await(e, usual, false)
		closeDoc(e, rare)
		await(e, rare, false)
	})
	t.Run("manifests that are no files here", func(t *testing.T) {
		for _, uri := range []string{
			"file:///c%3A/plugins/samuel-plugin.toml", "file:///C:/plugin/samuel-plugin.toml", "untitled:samuel-plugin.toml",
			"vscode-vfs://github/owner/repository/samuel-plugin.toml", "vscode-remote://ssh-remote%2Bhost/home/samuel-plugin.toml",
			"git:/repository/samuel%2Dplugin.toml?ref=main#x",
		} {
			e := lsptest.Open(t, manifestC, lsptest.Config{})
			open(e, uri)
			await(e, uri, true)
		}
	})
}
