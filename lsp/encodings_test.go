package lsp_test

import (
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

func TestPositionEncodings(t *testing.T) {
	// An accent is 2 bytes, 1 unit and 1 code point; an emoji is 4 bytes, 2 units and 1 code point.
	const manifest = "name = \"lint\"\r\nversion = \"1.0.0\"\r\nkind = \"skill\"\r\nmetadata = { a = \"é😀\", b = 1 }\r\nsamuel = { framework = \"é😀\" }\r\n"
	for _, tc := range []struct {
		name    string
		offered []protocol.PositionEncodingKind
		chosen  string
		want    protocol.Range // of the framework's value
		insert  protocol.Position
	}{
		{
			"utf-8",
			[]protocol.PositionEncodingKind{"utf-16", "utf-8"},
			"utf-8",
			protocol.Range{Start: protocol.Position{Line: 4, Character: 23}, End: protocol.Position{Line: 4, Character: 31}},
			protocol.Position{Line: 3, Character: 24},
		},
		{
			"utf-16",
			[]protocol.PositionEncodingKind{"utf-16"},
			"utf-16",
			protocol.Range{Start: protocol.Position{Line: 4, Character: 23}, End: protocol.Position{Line: 4, Character: 28}},
			protocol.Position{Line: 3, Character: 21},
		},
		{
			"nothing offered", nil, "utf-16",
			protocol.Range{Start: protocol.Position{Line: 4, Character: 23}, End: protocol.Position{Line: 4, Character: 28}},
			protocol.Position{Line: 3, Character: 21},
		},
		{
			"utf-32",
			[]protocol.PositionEncodingKind{"utf-32", "utf-16"},
			"utf-32",
			protocol.Range{Start: protocol.Position{Line: 4, Character: 23}, End: protocol.Position{Line: 4, Character: 27}},
			protocol.Position{Line: 3, Character: 20},
		},
		{
			"unknown",
			[]protocol.PositionEncodingKind{"ebcdic"},
			"utf-16",
			protocol.Range{Start: protocol.Position{Line: 4, Character: 23}, End: protocol.Position{Line: 4, Character: 28}},
			protocol.Position{Line: 3, Character: 21},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := lsptest.Open(t, "", lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) {
				c.General = &protocol.GeneralClientCapabilities{PositionEncodings: tc.offered}
			}})
			if got := string(e.Capabilities.PositionEncoding); got != tc.chosen {
				t.Errorf("chose %s, want %s", got, tc.chosen)
			}
			const name = "file:///x/samuel-plugin.toml"
			e.OpenText(name, "toml", manifest)
			found := e.AwaitDiagnostics(name, func(d []protocol.Diagnostic) bool { return len(d) == 1 })
			if found[0].Range != tc.want {
				t.Errorf("range %v, want %v", found[0].Range, tc.want)
			}
			// Insert behind the emoji, at a position counted in the same units.
			doc := e.URI(name)
			e.Notify(protocol.MethodTextDocumentDidChange, &protocol.DidChangeTextDocumentParams{
				TextDocument: protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: doc}, Version: 2},
				ContentChanges: []protocol.TextDocumentContentChangeEvent{
					&protocol.TextDocumentContentChangePartial{Range: protocol.Range{Start: tc.insert, End: tc.insert}, Text: "!"},
				},
			})
			e.Await("the second version", func() bool {
				p, _ := e.Published(name)
				v, _ := p.Version.Get()
				return v == 2
			})
			want := "name = \"lint\"\r\nversion = \"1.0.0\"\r\nkind = \"skill\"\r\nmetadata = { a = \"é😀!\", b = 1 }\r\nsamuel = { framework = \"é😀\" }\r\n"
			if got := e.Server.Snapshot().Document(doc).Text.String(); got != want {
				t.Errorf("text %q", got)
			}
		})
	}
}
