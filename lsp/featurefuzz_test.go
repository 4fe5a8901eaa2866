package lsp

import (
	"os"
	"path/filepath"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// brokenTexts are texts that break off, or hold what no manifest should.
func brokenTexts() []string {
	return []string{
		"", "\n", "\ufeff", "[", "[[", "]", "=", ".", "a.", "a = [", "a = {", "a = \"", "a = '''", "a = [[[{{{", "a = {b = {c = [\"",
		"#", "a = 1 # c", "[a]]\nb = ]", "x = \"\\", "\"", "'\"'", "a = [1,,2]", "[ hooks ]\nquality.check=", "exports = [\"a\", \"b\n[wasm\n",
		"é = 🦊\n[wasm]\nexports = [ '🦊\r\n", "a\x00b = \xff", "kind = \"wasm\"\nwasm = {exports=[\"a\",'b'], hook_handlers={\"quality.check\"=\"a\"}}\n",
		"kind=\"wasm\"\n[wasm]\r\nexports=[\"a\"]#c\r\n[runtime]\r\n", "[capabilities]\nfilesystem={read=[\"/workspace/", "[requires]\n\"a\"=\"^1\"\na.b=\"*\"", sizedManifest(1 << 10),
	}
}

// TestRequestsAreTotal asks everything at every offset of broken texts.
func TestRequestsAreTotal(t *testing.T) {
	for _, src := range brokenTexts() {
		for off := range len(src) + 1 {
			askEverything(t, src, off)
		}
	}
}

// FuzzRequests asks everything at one offset of any text.
func FuzzRequests(f *testing.F) {
	for _, src := range brokenTexts() {
		f.Add(src, len(src)/2)
	}
	markers, _ := filepath.Glob("testdata/markers/*.txtar")
	for _, m := range markers {
		src, err := os.ReadFile(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src[:min(len(src), 4<<10)]), 100)
	}
	f.Fuzz(func(t *testing.T, src string, off int) {
		if off >= 0 && off <= len(src) && len(src) < 16<<10 {
			askEverything(t, src, off)
		}
	})
}

// askEverything holds what is true of every answer: it comes, its places lie in the text, words hold
// the offset they were asked for, and refactorings and renames leave the text no more broken.
func askEverything(t *testing.T, src string, off int) {
	t.Helper()
	s, doc := opened(src)
	snap := *s.Snapshot()
	yes := true
	actions := &protocol.CodeActionClientCapabilities{}
	actions.CodeActionLiteralSupport.CodeActionKind.ValueSet = []protocol.CodeActionKind{""}
	snap.Client = &Client{Encoding: text.UTF8, Caps: protocol.ClientCapabilities{TextDocument: &protocol.TextDocumentClientCapabilities{
		CodeAction: actions, DocumentSymbol: &protocol.DocumentSymbolClientCapabilities{HierarchicalDocumentSymbolSupport: &yes},
	}}}
	tree := doc.Tree()
	if p := placeAt(tree, off); p.kind != placeNone && (!touches(p.word, off) || p.word.End > len(src)) {
		t.Errorf("%q at %d: the word %v does not hold the place", src, off, p.word)
	}
	spans := around(tree, off)
	for i := 1; i < len(spans); i++ {
		if outer, inner := spans[i-1], spans[i]; inner.Start < outer.Start || inner.End > outer.End {
			t.Errorf("%q at %d: selection %v is not in %v", src, off, inner, outer)
		}
	}
	ctx, id := t.Context(), protocol.TextDocumentIdentifier{URI: doc.URI}
	at := protocol.TextDocumentPositionParams{TextDocument: id, Position: snap.Position(doc, off)}
	whole := snap.Range(doc, tomlsyntax.Span{Start: 0, End: len(src)})
	answer := func(name string, result any, err error) {
		if err == nil && result != nil {
			_, err = protocol.Marshal(result)
		}
		if err != nil {
			t.Errorf("%s of %q at %d: %v", name, src, off, err)
		}
	}
	ask := func(name string, f func() (any, error)) {
		result, err := f()
		answer(name, result, err)
	}
	ask("completion", func() (any, error) { return completion(ctx, s, &snap, completionParams(at)) })
	ask("hover", func() (any, error) { return hover(ctx, s, &snap, hoverParams(at)) })
	ask("definition", func() (any, error) {
		return definition(ctx, s, &snap, &protocol.DefinitionParams{TextDocumentPositionParams: at})
	})
	ask("references", func() (any, error) {
		return references(ctx, s, &snap, &protocol.ReferenceParams{TextDocumentPositionParams: at, Context: protocol.ReferenceContext{IncludeDeclaration: true}})
	})
	ask("symbols", func() (any, error) {
		return documentSymbol(ctx, s, &snap, &protocol.DocumentSymbolParams{TextDocument: id})
	})
	ask("folding", func() (any, error) {
		return folding(ctx, s, &snap, &protocol.FoldingRangeParams{TextDocument: id})
	})
	ask("tokens", func() (any, error) {
		return semanticTokens(ctx, s, &snap, &protocol.SemanticTokensParams{TextDocument: id})
	})
	ask("hints", func() (any, error) {
		return inlayHint(ctx, s, &snap, &protocol.InlayHintParams{TextDocument: id, Range: whole})
	})
	ask("links", func() (any, error) {
		return documentLink(ctx, s, &snap, &protocol.DocumentLinkParams{TextDocument: id})
	})
	found, err := codeAction(ctx, s, &snap, &protocol.CodeActionParams{TextDocument: id, Range: protocol.Range{Start: at.Position, End: at.Position}})
	answer("actions", found, err)
	all, _ := found.([]protocol.CommandOrCodeAction)
	for _, a := range all {
		// What a quick fix does is for package manifestcheck to test.
		if action, ok := a.(*protocol.CodeAction); ok && action.Edit != nil && *action.Kind != protocol.CodeActionKindQuickFix {
			checkEdit(t, &snap, doc, action.Title, action.Edit)
		}
	}
	if x := subjectAt(tree, off); x.kind == subjectExport {
		edit, err := rename(ctx, s, &snap, &protocol.RenameParams{TextDocumentPositionParams: at, NewName: "renamed_here"})
		if e, ok := edit.(*protocol.WorkspaceEdit); ok && err == nil {
			checkEdit(t, &snap, doc, "rename", e)
		}
	}
}

// checkEdit applies an edit and looks whether the text is no more broken.
func checkEdit(t *testing.T, snap *Snapshot, doc *Document, name string, edit *protocol.WorkspaceEdit) {
	t.Helper()
	var edits []tomlsyntax.Edit
	for _, e := range edit.Changes[uri.URI(doc.Wire)] {
		edits = append(edits, tomlsyntax.Edit{Span: snap.Span(doc, e.Range), Text: e.NewText})
	}
	if !keeps(doc.Tree(), edits) {
		t.Errorf("%s breaks %q: %q", name, doc.Tree().Source(), tomlsyntax.Patch(doc.Tree().Source(), edits))
	}
}
