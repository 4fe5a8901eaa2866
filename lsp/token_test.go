package lsp_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

const rightToken = "0123456789abcdef0123456789abcdef"

func TestToken(t *testing.T) {
	for _, tc := range []struct{ name, options, refusal string }{
		{"right", `{"token":"` + rightToken + `","trusted":true}`, ""},
		{"none", `{"trusted":true}`, "wants its token"},
		{"no options", `null`, "wants its token"},
		{"no text", `{"token":7}`, "wants its token"},
		{"wrong", `{"token":"fedcba9876543210"}`, "is not this server's token"},
		{"a prefix", `{"token":"` + rightToken[:31] + `"}`, "is not this server's token"},
		{"more", `{"token":"` + rightToken + `0"}`, "is not this server's token"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := lsptest.Start(t, "", lsptest.Config{Server: lsp.Options{Token: rightToken}})
			err := e.Request(protocol.MethodInitialize, map[string]any{"capabilities": map[string]any{}, "initializationOptions": raw(tc.options)}, nil)
			if tc.refusal == "" {
				if err != nil {
					t.Fatal(err)
				}
				if code := e.Close(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.refusal) {
				t.Errorf("answered %v, want %q", err, tc.refusal)
			}
			if strings.Contains(err.Error(), rightToken) {
				t.Error("the answer holds the token")
			}
			if code := e.Ended(); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
		})
	}
}

func TestNothingIsDoneBeforeTheToken(t *testing.T) {
	e := lsptest.Start(t, "", lsptest.Config{Server: lsp.Options{Token: rightToken}})
	opened := map[string]any{"textDocument": map[string]any{"uri": e.URI("samuel-plugin.toml"), "languageId": "toml", "version": 1, "text": "name = 1"}}
	e.Notify(protocol.MethodTextDocumentDidOpen, opened)
	if err := e.Request(protocol.MethodWorkspaceExecuteCommand, map[string]any{"command": "samuel.showStats"}, nil); err == nil {
		t.Error("a command was done before the token")
	}
	folders := []any{map[string]any{"uri": e.URI("."), "name": "work"}}
	if err := e.Request(protocol.MethodInitialize, map[string]any{"capabilities": map[string]any{}, "workspaceFolders": folders}, nil); err == nil {
		t.Fatal("initialized without a token")
	}
	snap := e.Server.Snapshot()
	if len(snap.Folders) != 0 || snap.Document(e.URI("samuel-plugin.toml")) != nil {
		t.Errorf("folders %v, or a document, of a client that was refused", snap.Folders)
	}
	e.Ended()
}

func TestClientThatNeverShowsItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := lsptest.Start(t, "", lsptest.Config{Server: lsp.Options{Token: rightToken}})
		if code := e.Ended(); code != 1 { // after the time that a client has
			t.Errorf("exit code %d, want 1", code)
		}
	})
}

func TestMessagesBeforeTheTokenAreSmall(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	e := lsptest.Start(t, "", lsptest.Config{Server: lsp.Options{Token: rightToken}})
	if err := e.Request(protocol.MethodInitialize, map[string]any{"capabilities": map[string]any{}, "locale": long, "initializationOptions": raw(`{"token":"` + rightToken + `"}`)}, nil); err == nil {
		t.Error("a stranger's message of 2 MiB was read")
	}
	if code := e.Ended(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	e = lsptest.Start(t, "", lsptest.Config{Server: lsp.Options{Token: rightToken}})
	if err := e.Request(protocol.MethodInitialize, map[string]any{"capabilities": map[string]any{}, "initializationOptions": raw(`{"token":"` + rightToken + `"}`)}, nil); err != nil {
		t.Fatal(err)
	}
	if err := e.Request("no/such", map[string]any{"x": long}, nil); err == nil || !strings.Contains(err.Error(), "no method") {
		t.Errorf("a long message with the token shown: %v", err)
	}
	if code := e.Close(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
