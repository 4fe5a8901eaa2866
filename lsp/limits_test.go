package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// Above its limit a manifest is followed but not checked, and all of it works again below.
func TestDocumentSize(t *testing.T) {
	const small = "name = \"limits\"\nversion = \"1.0.0\"\nkind = \"skill\"\ncolour = 1\n"
	full := small + "# " + strings.Repeat("x", lsp.MaxDocument-len(small)-3) + "\n"
	checked := func(d []protocol.Diagnostic) bool { return len(d) == 1 && lsptest.Codes(d)[0] == "schema/unknown-key" }
	refused := func(d []protocol.Diagnostic) bool {
		return len(d) == 1 && strings.Contains(fmt.Sprint(d[0].Message), "larger than 8 MiB")
	}
	e := lsptest.Open(t, "", lsptest.Config{})
	e.OpenText("samuel-plugin.toml", "toml", full)
	e.AwaitDiagnostics("samuel-plugin.toml", checked)
	e.Replace("samuel-plugin.toml", "colour", "colours")
	e.AwaitDiagnostics("samuel-plugin.toml", refused)
	if err := e.Request(protocol.MethodTextDocumentDocumentSymbol, &protocol.DocumentSymbolParams{TextDocument: e.Doc("samuel-plugin.toml")}, nil); err != nil {
		t.Errorf("a request on it: %v", err)
	}
	e.Replace("samuel-plugin.toml", "colours", "colour")
	e.AwaitDiagnostics("samuel-plugin.toml", refused) // its text is not here to be edited
	e.Change("samuel-plugin.toml", small)
	e.AwaitDiagnostics("samuel-plugin.toml", checked)
}

func TestDiagnosticsOfOneFileAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5 * manifestcheck.MaxDiagnostics {
		fmt.Fprintf(&b, "key%d = 1\n", i)
	}
	e := lsptest.Open(t, "", lsptest.Config{})
	e.OpenText("samuel-plugin.toml", "toml", b.String())
	found := e.AwaitDiagnostics("samuel-plugin.toml", func(d []protocol.Diagnostic) bool { return len(d) > 0 })
	if len(found) != manifestcheck.MaxDiagnostics+1 {
		t.Fatalf("%d diagnostics, want %d and one that counts the rest", len(found), manifestcheck.MaxDiagnostics)
	}
	more := 0
	for _, d := range found {
		if strings.Contains(fmt.Sprint(d.Message), "more") {
			more++
		}
	}
	if more != 1 {
		t.Errorf("%d diagnostics count the rest", more)
	}
}

// A text nested as deep as its size allows is answered like any other.
func TestNesting(t *testing.T) {
	e := lsptest.Open(t, "", lsptest.Config{})
	for i, deep := range []string{
		"a = " + strings.Repeat("[", 1<<18),
		"a = " + strings.Repeat("{b=", 1<<16),
		"[" + strings.Repeat("a.", 1<<16) + "a]\n",
		strings.Repeat("a.", 1<<16) + "a = 1\n",
		strings.Repeat("[a.b]\n", 1<<14),
	} {
		name := fmt.Sprintf("d%d/samuel-plugin.toml", i)
		e.OpenText(name, "toml", deep)
		e.AwaitDiagnostics(name, func(d []protocol.Diagnostic) bool { return len(d) > 0 })
		for _, method := range []string{protocol.MethodTextDocumentDocumentSymbol, protocol.MethodTextDocumentFoldingRange, protocol.MethodTextDocumentFormatting, protocol.MethodTextDocumentSemanticTokensFull} {
			params := map[string]any{"textDocument": e.Doc(name), "options": map[string]any{"tabSize": 2, "insertSpaces": true}}
			if err := e.Request(method, params, nil); err != nil {
				t.Errorf("%s of a deep text: %v", method, err)
			}
		}
	}
}
