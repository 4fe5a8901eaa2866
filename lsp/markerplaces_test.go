package lsp_test

import (
	"fmt"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
)

func (w *workspace) definition(_ string, at protocol.TextDocumentPositionParams, _ string) []string {
	params := &protocol.DefinitionParams{TextDocumentPositionParams: at}
	var out []string
	if w.set.plain {
		var found []protocol.Location
		if err := w.e.Request(protocol.MethodTextDocumentDefinition, params, &found); err != nil {
			return []string{"error: " + err.Error()}
		}
		return append(out, w.places(found)...)
	}
	var links []protocol.LocationLink
	if err := w.e.Request(protocol.MethodTextDocumentDefinition, params, &links); err != nil {
		return []string{"error: " + err.Error()}
	}
	for _, l := range links {
		out = append(out, w.at(l.TargetURI, l.TargetSelectionRange))
	}
	return orNothing(out)
}

func orNothing(out []string) []string {
	if len(out) == 0 {
		return []string{"nothing"}
	}
	return out
}

func (w *workspace) places(found []protocol.Location) []string {
	var out []string
	for _, l := range found {
		out = append(out, w.at(l.URI, l.Range))
	}
	return orNothing(out)
}

func (w *workspace) references(_ string, at protocol.TextDocumentPositionParams, arg string) []string {
	params := &protocol.ReferenceParams{TextDocumentPositionParams: at}
	params.Context.IncludeDeclaration = arg != "only"
	var found []protocol.Location
	if err := w.e.Request(protocol.MethodTextDocumentReferences, params, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	return w.places(found)
}

func (w *workspace) highlight(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var found []protocol.DocumentHighlight
	if err := w.e.Request(protocol.MethodTextDocumentDocumentHighlight, &protocol.DocumentHighlightParams{TextDocumentPositionParams: at}, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, h := range found {
		kind := "read"
		if h.Kind == protocol.DocumentHighlightKindWrite {
			kind = "write"
		}
		out = append(out, kind+" "+w.at(w.e.URI(name), h.Range))
	}
	return orNothing(out)
}

func (w *workspace) rename(_ string, at protocol.TextDocumentPositionParams, arg string) []string {
	var edit protocol.WorkspaceEdit
	if err := w.e.Request(protocol.MethodTextDocumentRename, &protocol.RenameParams{TextDocumentPositionParams: at, NewName: strings.Trim(arg, "'")}, &edit); err != nil {
		return []string{"error: " + err.Error()}
	}
	return w.editLines(&edit)
}

func (w *workspace) prepare(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var found *protocol.PrepareRenamePlaceholder
	if err := w.e.Request(protocol.MethodTextDocumentPrepareRename, &protocol.PrepareRenameParams{TextDocumentPositionParams: at}, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	if found == nil {
		return []string{"nothing"}
	}
	return []string{found.Placeholder + " at " + w.at(w.e.URI(name), found.Range)}
}

func (w *workspace) format(name string, at protocol.TextDocumentPositionParams, arg string) []string {
	var edits []protocol.TextEdit
	var err error
	options := protocol.FormattingOptions{TabSize: 2, InsertSpaces: true}
	if arg == "line" {
		r := protocol.Range{Start: at.Position, End: at.Position}
		err = w.e.Request(protocol.MethodTextDocumentRangesFormatting, &protocol.DocumentRangesFormattingParams{TextDocument: at.TextDocument, Ranges: []protocol.Range{r, r}, Options: options}, &edits)
	} else {
		err = w.e.Request(protocol.MethodTextDocumentFormatting, &protocol.DocumentFormattingParams{TextDocument: at.TextDocument, Options: options}, &edits)
	}
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	t := w.document(w.e.URI(name))
	return orNothing(changed(t.String(), w.edited(t, edits)))
}

func (w *workspace) symbols(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	params := &protocol.DocumentSymbolParams{TextDocument: at.TextDocument}
	var out []string
	if w.set.plain {
		var flat []protocol.SymbolInformation
		if err := w.e.Request(protocol.MethodTextDocumentDocumentSymbol, params, &flat); err != nil {
			return []string{"error: " + err.Error()}
		}
		for _, s := range flat {
			in := ""
			if s.ContainerName != nil {
				in = " in " + *s.ContainerName
			}
			out = append(out, s.Name+in)
		}
		return out
	}
	var tree []protocol.DocumentSymbol
	if err := w.e.Request(protocol.MethodTextDocumentDocumentSymbol, params, &tree); err != nil {
		return []string{"error: " + err.Error()}
	}
	var show func(indent string, all []protocol.DocumentSymbol)
	show = func(indent string, all []protocol.DocumentSymbol) {
		for _, s := range all {
			out = append(out, fmt.Sprintf("%s%s %d-%d", indent, s.Name, s.Range.Start.Line+1, s.Range.End.Line+1))
			if !encloses(s.Range, s.SelectionRange) {
				w.t.Errorf("%s: %s: its name is not in its range", name, s.Name)
			}
			for _, child := range s.Children {
				if !encloses(s.Range, child.Range) {
					w.t.Errorf("%s: %s does not enclose %s", name, s.Name, child.Name)
				}
			}
			show(indent+"  ", s.Children)
		}
	}
	show("", tree)
	return out
}

func encloses(outer, inner protocol.Range) bool {
	before := func(a, b protocol.Position) bool {
		return a.Line < b.Line || a.Line == b.Line && a.Character <= b.Character
	}
	return before(outer.Start, inner.Start) && before(inner.End, outer.End)
}

func (w *workspace) find(_ string, _ protocol.TextDocumentPositionParams, arg string) []string {
	var found []protocol.SymbolInformation
	if err := w.e.Request(protocol.MethodWorkspaceSymbol, &protocol.WorkspaceSymbolParams{Query: arg}, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, s := range found {
		out = append(out, s.Name+" "+w.at(s.Location.URI, s.Location.Range))
	}
	return orNothing(out)
}

func (w *workspace) folding(_ string, at protocol.TextDocumentPositionParams, _ string) []string {
	var found []protocol.FoldingRange
	if err := w.e.Request(protocol.MethodTextDocumentFoldingRange, &protocol.FoldingRangeParams{TextDocument: at.TextDocument}, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, f := range found {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d-%d %s", f.StartLine+1, f.EndLine+1, f.Kind)))
	}
	return orNothing(out)
}

func (w *workspace) selection(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var found []protocol.SelectionRange
	params := &protocol.SelectionRangeParams{TextDocument: at.TextDocument, Positions: []protocol.Position{at.Position}}
	if err := w.e.Request(protocol.MethodTextDocumentSelectionRange, params, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for r := &found[0]; r != nil; r = r.Parent {
		out = append(out, strings.SplitN(w.at(w.e.URI(name), r.Range), " ", 2)[1])
		if r.Parent != nil && !encloses(r.Parent.Range, r.Range) {
			w.t.Errorf("%s: a selection is not within its parent", name)
		}
	}
	return out
}

// tokens asks for all tokens, and whether those of a range and of a change agree with them.
func (w *workspace) tokens(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var full protocol.SemanticTokens
	if err := w.e.Request(protocol.MethodTextDocumentSemanticTokensFull, &protocol.SemanticTokensParams{TextDocument: at.TextDocument}, &full); err != nil {
		return []string{"error: " + err.Error()}
	}
	options := w.e.Capabilities.SemanticTokensProvider.(*protocol.SemanticTokensOptions)
	t := w.document(w.e.URI(name))
	var out []string
	var line, char uint32
	current := ""
	for i := 0; i+5 <= len(full.Data); i += 5 {
		d := full.Data[i : i+5]
		if d[0] > 0 || i == 0 {
			if current != "" {
				out = append(out, current)
			}
			char = 0
			current = strconv.Itoa(int(line+d[0]) + 1)
		}
		line, char = line+d[0], char+d[1]
		start := t.Offset(line, char, w.encoding())
		end := t.Offset(line, char+d[2], w.encoding())
		current += fmt.Sprintf(" %s=%s", options.Legend.TokenTypes[d[3]], clipped(t.String()[start:end]))
	}
	w.checkRange(name, at, t, len(full.Data))
	return append(out, current)
}

func (w *workspace) checkRange(name string, at protocol.TextDocumentPositionParams, t *text.Text, want int) {
	line, char := t.Position(t.Len(), w.encoding())
	var part protocol.SemanticTokens
	params := &protocol.SemanticTokensRangeParams{TextDocument: at.TextDocument, Range: protocol.Range{End: protocol.Position{Line: line, Character: char}}}
	if err := w.e.Request(protocol.MethodTextDocumentSemanticTokensRange, params, &part); err != nil || len(part.Data) != want {
		w.t.Errorf("%s: the tokens of the whole range: %d numbers, %v; want %d", name, len(part.Data), err, want)
	}
}

func (w *workspace) hints(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	t := w.document(w.e.URI(name))
	line, char := t.Position(t.Len(), w.encoding())
	var found []protocol.InlayHint
	params := &protocol.InlayHintParams{TextDocument: at.TextDocument, Range: protocol.Range{End: protocol.Position{Line: line, Character: char}}}
	if err := w.e.Request(protocol.MethodTextDocumentInlayHint, params, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, h := range found {
		out = append(out, fmt.Sprintf("%d:%d %s", h.Position.Line+1, h.Position.Character+1, h.Label))
	}
	return orNothing(out)
}

func (w *workspace) links(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var found []protocol.DocumentLink
	if err := w.e.Request(protocol.MethodTextDocumentDocumentLink, &protocol.DocumentLinkParams{TextDocument: at.TextDocument}, &found); err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, l := range found {
		out = append(out, w.at(w.e.URI(name), l.Range)+" -> "+strings.ReplaceAll(string(*l.Target), string(w.e.URI(".")), "."))
	}
	return orNothing(out)
}
