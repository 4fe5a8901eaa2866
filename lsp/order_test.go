package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

const manifestC = `-- samuel-plugin.toml --
name = "lint"
version = "1.0.0"
kind = "skill"
`

// TestOrder types 20,000 characters, each at the place where the one before ended, and compares
// what the server then has with what was typed.
func TestOrder(t *testing.T) {
	e := lsptest.Open(t, manifestC, lsptest.Config{})
	e.Open("samuel-plugin.toml")
	const n = 20_000
	doc := e.URI("samuel-plugin.toml")
	lines := strings.Count(e.Text("samuel-plugin.toml"), "\n")
	for i := range n {
		at := protocol.Position{Line: uint32(lines), Character: uint32(i)}
		e.Notify(protocol.MethodTextDocumentDidChange, &protocol.DidChangeTextDocumentParams{
			TextDocument: protocol.VersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: doc}, Version: int32(i + 2)},
			ContentChanges: []protocol.TextDocumentContentChangeEvent{
				&protocol.TextDocumentContentChangePartial{Range: protocol.Range{Start: at, End: at}, Text: string(rune('a' + i%26))},
			},
		})
	}
	var want strings.Builder
	for i := range n {
		want.WriteByte(byte('a' + i%26))
	}
	// A request behind the changes sees all of them.
	var report protocol.RelatedFullDocumentDiagnosticReport
	if err := e.Request(protocol.MethodTextDocumentDiagnostic, &protocol.DocumentDiagnosticParams{TextDocument: e.Doc("samuel-plugin.toml")}, &report); err != nil {
		t.Fatal(err)
	}
	got := e.Server.Snapshot().Document(doc)
	if got.Version != n+1 || !strings.HasSuffix(got.Text.String(), "\n"+want.String()) {
		t.Fatalf("version %d, %d bytes", got.Version, got.Text.Len())
	}
	last := int32(0)
	e.Await("diagnostics of the last version", func() bool {
		p, ok := e.Published("samuel-plugin.toml")
		if !ok {
			return false
		}
		last, _ = p.Version.Get()
		return last == n+1
	})
	checkMonotonic(t, e)
}

// checkMonotonic fails if a document was ever published older than before.
func checkMonotonic(t *testing.T, e *lsptest.Editor) {
	t.Helper()
	newest := map[string]int32{}
	for _, m := range e.Messages(protocol.MethodTextDocumentPublishDiagnostics) {
		var p protocol.PublishDiagnosticsParams
		if err := protocol.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		v, versioned := p.Version.Get()
		if !versioned {
			continue // of the file on disk, after it was closed
		}
		if v < newest[string(p.URI)] {
			t.Errorf("version %d after version %d", v, newest[string(p.URI)])
		}
		newest[string(p.URI)] = v
	}
}

func TestEveryOpenedVersionIsPublished(t *testing.T) {
	e := lsptest.Open(t, manifestC, lsptest.Config{})
	for i := range 3 {
		name := fmt.Sprintf("file:///nowhere/%d/samuel-plugin.toml", i)
		e.OpenText(name, "toml", "name = \"lint\"\nversion = \"1.0.0\"\nkind = \"skill\"\n")
		if got := e.AwaitDiagnostics(name, nil); len(got) != 0 {
			t.Errorf("%v", lsptest.Codes(got))
		}
	}
}

func TestDocuments(t *testing.T) {
	const good, bad = "name = \"lint\"\nversion = \"1.0.0\"\nkind = \"skill\"\n", "name = \n"
	hasError := func(d []protocol.Diagnostic) bool { return len(d) > 0 }
	none := func(d []protocol.Diagnostic) bool { return len(d) == 0 }
	for _, tc := range []struct {
		name string
		do   func(e *lsptest.Editor)
	}{
		{"incremental", func(e *lsptest.Editor) {
			e.Open("samuel-plugin.toml")
			e.AwaitDiagnostics("samuel-plugin.toml", none)
			e.Replace("samuel-plugin.toml", `"skill"`, `"skil"`)
			e.AwaitDiagnostics("samuel-plugin.toml", hasError)
			e.Replace("samuel-plugin.toml", `"skil"`, `"skill"`)
			e.AwaitDiagnostics("samuel-plugin.toml", none)
		}},
		{"full", func(e *lsptest.Editor) {
			e.Open("samuel-plugin.toml")
			e.Change("samuel-plugin.toml", bad)
			e.AwaitDiagnostics("samuel-plugin.toml", hasError)
			e.Change("samuel-plugin.toml", good)
			e.AwaitDiagnostics("samuel-plugin.toml", none)
		}},
		{"closed falls back to the disk", func(e *lsptest.Editor) {
			e.Open("samuel-plugin.toml")
			e.Change("samuel-plugin.toml", bad)
			e.AwaitDiagnostics("samuel-plugin.toml", hasError)
			e.CloseDoc("samuel-plugin.toml")
			e.Await("diagnostics of the file on disk", func() bool {
				p, _ := e.Published("samuel-plugin.toml")
				_, versioned := p.Version.Get()
				return !versioned && len(p.Diagnostics) == 0
			})
		}},
		{"opened twice", func(e *lsptest.Editor) {
			e.OpenText("samuel-plugin.toml", "toml", bad)
			e.AwaitDiagnostics("samuel-plugin.toml", hasError)
			e.OpenText("samuel-plugin.toml", "toml", good)
			e.AwaitDiagnostics("samuel-plugin.toml", none)
		}},
		{"untitled", func(e *lsptest.Editor) {
			e.OpenText("untitled:Untitled-1", "samuel-manifest", bad)
			e.AwaitDiagnostics("untitled:Untitled-1", hasError)
		}},
		{"other TOML files are left alone", func(e *lsptest.Editor) {
			e.OpenText("Cargo.toml", "toml", bad)
			e.AwaitDiagnostics("Cargo.toml", none)
		}},
		{"odd names", func(e *lsptest.Editor) {
			for _, dir := range []string{"with space", "a@b+c(d)", "100%", "日本", "a#b?c"} {
				name := dir + "/samuel-plugin.toml"
				e.Write(name, bad)
				e.Open(name)
				e.AwaitDiagnostics(name, hasError)
				e.Change(name, good)
				e.AwaitDiagnostics(name, none)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := lsptest.Open(t, manifestC, lsptest.Config{})
			tc.do(e)
			checkMonotonic(t, e)
		})
	}
}
