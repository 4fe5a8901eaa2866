package lsp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

const smallManifest = `-- samuel-plugin.toml --
name = "small"
version = "1.0"
kind = "wasm"

[capabilities]

[wasm]
module = "plugin.wasm"
exports = ["check", "check"]

[runtime]
timeout = "1s"
`

const manifestFile = "samuel-plugin.toml"

// takesActions makes an editor one that takes actions with edits, at once or, if resolves, later.
func takesActions(resolves bool) func(*protocol.ClientCapabilities) {
	return func(c *protocol.ClientCapabilities) {
		actions := &protocol.CodeActionClientCapabilities{}
		actions.CodeActionLiteralSupport.CodeActionKind.ValueSet = []protocol.CodeActionKind{""}
		if resolves {
			actions.DataSupport = &resolves
			actions.ResolveSupport.Properties = []string{"edit"}
		}
		c.TextDocument.CodeAction = actions
	}
}

func askActions(t *testing.T, e *lsptest.Editor, only ...protocol.CodeActionKind) []*protocol.CodeAction {
	t.Helper()
	params := &protocol.CodeActionParams{TextDocument: e.Doc(manifestFile)}
	params.Range = protocol.Range{End: protocol.Position{Line: 100}}
	params.Context.Only = only
	params.Context.Diagnostics = []protocol.Diagnostic{}
	var all []protocol.CommandOrCodeAction
	if err := e.Request(protocol.MethodTextDocumentCodeAction, params, &all); err != nil {
		t.Fatal(err)
	}
	var actions []*protocol.CodeAction
	for _, a := range all {
		actions = append(actions, a.(*protocol.CodeAction))
	}
	return actions
}

func TestActionKinds(t *testing.T) {
	for _, c := range []struct {
		name  string
		only  []protocol.CodeActionKind
		kinds []string
	}{
		{"any", nil, []string{"quickfix", "source.fixAll.samuel", "samuel.run", "refactor.move"}},
		{"fixes", []protocol.CodeActionKind{"quickfix"}, []string{"quickfix"}},
		{"source", []protocol.CodeActionKind{"source"}, []string{"source.fixAll.samuel"}},
		{"fix all of any server", []protocol.CodeActionKind{"source.fixAll"}, []string{"source.fixAll.samuel"}},
		{"refactor", []protocol.CodeActionKind{"refactor"}, []string{"refactor.move"}},
		{"organise", []protocol.CodeActionKind{"source.organizeImports"}, nil},
		{"no prefix of a word", []protocol.CodeActionKind{"quick"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := lsptest.Open(t, smallManifest, lsptest.Config{Capabilities: takesActions(false)})
			e.Open(manifestFile)
			var kinds []string
			for _, a := range askActions(t, e, c.only...) {
				if !slices.Contains(kinds, string(*a.Kind)) {
					kinds = append(kinds, string(*a.Kind))
				}
			}
			if !slices.Equal(kinds, c.kinds) {
				t.Errorf("kinds %q, want %q", kinds, c.kinds)
			}
		})
	}
}

func TestFixAllIsResolvedForItsVersionOnly(t *testing.T) {
	e := lsptest.Open(t, smallManifest, lsptest.Config{Capabilities: takesActions(true)})
	e.Open(manifestFile)
	found := askActions(t, e, "source.fixAll")
	if len(found) != 1 || found[0].Edit != nil {
		t.Fatalf("fix all is offered with its edit: %+v", found)
	}
	var resolved protocol.CodeAction
	if err := e.Request(protocol.MethodCodeActionResolve, found[0], &resolved); err != nil || resolved.Edit == nil {
		t.Fatalf("not resolved: %+v, %v", resolved, err)
	}
	e.Replace(manifestFile, "small", "smaller")
	if err := e.Request(protocol.MethodCodeActionResolve, found[0], &resolved); err == nil || !strings.Contains(err.Error(), "has changed") {
		t.Errorf("resolved for another text: %v", err)
	}
}

func TestSemanticTokensDelta(t *testing.T) {
	e := lsptest.Open(t, smallManifest, lsptest.Config{})
	e.Open(manifestFile)
	var full protocol.SemanticTokens
	if err := e.Request(protocol.MethodTextDocumentSemanticTokensFull, &protocol.SemanticTokensParams{TextDocument: e.Doc(manifestFile)}, &full); err != nil {
		t.Fatal(err)
	}
	data := full.Data
	id := *full.ResultID
	for _, change := range [][2]string{{`"1.0"`, `"1.0.0"`}, {"kind = ", "# a comment\nkind = "}, {"[capabilities]\n", ""}, {"name", "name"}} {
		e.Replace(manifestFile, change[0], change[1])
		var delta protocol.SemanticTokensDelta
		params := &protocol.SemanticTokensDeltaParams{TextDocument: e.Doc(manifestFile), PreviousResultID: id}
		if err := e.Request(protocol.MethodTextDocumentSemanticTokensFullDelta, params, &delta); err != nil {
			t.Fatal(err)
		}
		for _, edit := range delta.Edits {
			data = slices.Replace(slices.Clone(data), int(edit.Start), int(edit.Start+edit.DeleteCount), edit.Data...)
		}
		id = *delta.ResultID
		var again protocol.SemanticTokens
		if err := e.Request(protocol.MethodTextDocumentSemanticTokensRange, &protocol.SemanticTokensRangeParams{
			TextDocument: e.Doc(manifestFile), Range: protocol.Range{End: protocol.Position{Line: 1000}},
		}, &again); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(data, again.Data) {
			t.Errorf("after %q: %v, want %v", change, data, again.Data)
		}
	}
	var forgotten protocol.SemanticTokens
	params := &protocol.SemanticTokensDeltaParams{TextDocument: e.Doc(manifestFile), PreviousResultID: "never sent"}
	if err := e.Request(protocol.MethodTextDocumentSemanticTokensFullDelta, params, &forgotten); err != nil || !slices.Equal(forgotten.Data, data) {
		t.Errorf("from an unknown result: %v, %v; want all tokens", forgotten.Data, err)
	}
}

func TestFoldingLimit(t *testing.T) {
	limit := uint32(2)
	e := lsptest.Open(t, smallManifest, lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) {
		c.TextDocument.FoldingRange = &protocol.FoldingRangeClientCapabilities{RangeLimit: &limit}
	}})
	e.OpenText(manifestFile, "toml", strings.Repeat("a = [\n1,\n]\n", 10))
	var folds []protocol.FoldingRange
	if err := e.Request(protocol.MethodTextDocumentFoldingRange, &protocol.FoldingRangeParams{TextDocument: e.Doc(manifestFile)}, &folds); err != nil || len(folds) != 2 {
		t.Errorf("%d ranges, %v; want 2", len(folds), err)
	}
}

func TestInlayHintsCanBeSwitchedOff(t *testing.T) {
	for _, on := range []bool{true, false} {
		e := lsptest.Open(t, smallManifest, lsptest.Config{Options: map[string]any{"samuel": map[string]any{"inlayHints": map[string]any{"enable": on}}}})
		e.Open(manifestFile)
		var hints []protocol.InlayHint
		params := &protocol.InlayHintParams{TextDocument: e.Doc(manifestFile), Range: protocol.Range{End: protocol.Position{Line: 100}}}
		if err := e.Request(protocol.MethodTextDocumentInlayHint, params, &hints); err != nil {
			t.Fatal(err)
		}
		if (len(hints) > 0) != on {
			t.Errorf("switched on: %v; %d hints", on, len(hints))
		}
	}
}

// TestFormattingKeepsItsWord formats twice, and asks for a line in the middle: nothing is left to
// do, and nothing else is touched.
func TestFormattingKeepsItsWord(t *testing.T) {
	const messy = "name='x'   # why\n\n\n[wasm]\n  module   = \"a\"\nexports = [ \"a\" ,\"b\" ]\nbroken = = 3\n"
	e := lsptest.Open(t, smallManifest, lsptest.Config{})
	e.OpenText(manifestFile, "toml", messy)
	format := func() []protocol.TextEdit {
		var edits []protocol.TextEdit
		params := &protocol.DocumentFormattingParams{TextDocument: e.Doc(manifestFile), Options: protocol.FormattingOptions{TabSize: 4, InsertSpaces: true}}
		if err := e.Request(protocol.MethodTextDocumentFormatting, params, &edits); err != nil {
			t.Fatal(err)
		}
		return edits
	}
	first := format()
	if len(first) == 0 {
		t.Fatal("nothing to format")
	}
	w := &workspace{t: t, e: e, text: map[string]string{manifestFile: messy}}
	formatted := w.edited(w.document(e.URI(manifestFile)), first)
	e.Change(manifestFile, formatted)
	if again := format(); len(again) != 0 {
		t.Errorf("formatted text is formatted again: %v", again)
	}
	if strip(formatted) != strip(messy) {
		t.Errorf("formatting changed more than white space:\n%s", formatted)
	}
	if !strings.Contains(formatted, "broken = = 3\n") {
		t.Errorf("a broken line was touched:\n%s", formatted)
	}
}

func strip(s string) string { return strings.Join(strings.Fields(s), "") }

func TestWorkspaceSymbolsInParts(t *testing.T) {
	e := lsptest.Open(t, smallManifest, lsptest.Config{})
	names := make([]string, 300)
	for i := range names {
		names[i] = fmt.Sprintf("\"export_%d\"", i)
	}
	e.OpenText(manifestFile, "toml", "kind = \"wasm\"\n[wasm]\nexports = ["+strings.Join(names, ", ")+"]\n")
	params := &protocol.WorkspaceSymbolParams{Query: "export_"}
	params.PartialResultToken = protocol.String("parts")
	var rest []protocol.SymbolInformation
	if err := e.Request(protocol.MethodWorkspaceSymbol, params, &rest); err != nil {
		t.Fatal(err)
	}
	parts := e.Messages(protocol.MethodProgress)
	if len(rest) != 0 || len(parts) != 1 || strings.Count(string(parts[0].Params), `"export_`) != 300 {
		t.Errorf("%d symbols at the end, %d messages before", len(rest), len(parts))
	}
}
