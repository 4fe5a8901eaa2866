package lsp_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/text"
)

// ask puts one question to the server and writes down its answer.
func (w *workspace) ask(name string, q question) []string {
	w.t.Helper()
	ask := map[string]func(string, protocol.TextDocumentPositionParams, string) []string{
		"complete": w.complete, "resolve": w.resolve, "hover": w.hover, "actions": w.actions, "action": w.action,
		"definition": w.definition, "references": w.references, "highlight": w.highlight,
		"rename": w.rename, "prepare": w.prepare, "format": w.format, "symbols": w.symbols,
		"find": w.find, "folding": w.folding, "selection": w.selection, "tokens": w.tokens,
		"hints": w.hints, "links": w.links,
	}[q.command]
	if ask == nil {
		w.t.Fatalf("%s: no question %q", name, q.command)
	}
	at := protocol.TextDocumentPositionParams{TextDocument: w.e.Doc(name)}
	if q.off >= 0 {
		at.Position = w.position(name, q.off)
	}
	return ask(name, at, q.arg)
}

func (w *workspace) encoding() text.Encoding { return w.e.Server.Snapshot().Client.Encoding }

// position is that of an offset of the text as marked up.
func (w *workspace) position(name string, off int) protocol.Position {
	before := w.text[name][:off]
	line := strings.Count(before, "\n")
	part := before[strings.LastIndexByte(before, '\n')+1:]
	if line == 0 && w.set.bom {
		part = "\ufeff" + part
	}
	return protocol.Position{Line: uint32(line), Character: uint32(w.encoding().Units(part))}
}

// document is the text of a file as the server has it, by URI.
func (w *workspace) document(u uri.URI) *text.Text {
	for name := range w.text {
		if w.e.URI(name) == u {
			if t := w.e.Text(name); t != "" {
				return text.New(t)
			}
			return text.New(w.text[name])
		}
	}
	return text.New("")
}

func (w *workspace) offset(t *text.Text, p protocol.Position) int {
	return t.Offset(p.Line, p.Character, w.encoding())
}

// at writes a place as file:line:column, lines and columns from 1, and the text there.
func (w *workspace) at(u uri.URI, r protocol.Range) string {
	t := w.document(u)
	return fmt.Sprintf("%s:%d:%d %s", strings.TrimPrefix(string(u), string(w.e.URI("."))+"/"), r.Start.Line+1, r.Start.Character+1,
		clipped(t.String()[w.offset(t, r.Start):w.offset(t, r.End)]))
}

// clipped shows a text on one line.
func clipped(s string) string {
	s = strings.NewReplacer("\r", `\r`, "\n", "⏎").Replace(s)
	if runes := []rune(s); len(runes) > 100 {
		return string(runes[:60]) + " ... " + string(runes[len(runes)-30:])
	}
	return s
}

// edited is a text after edits that all refer to it.
func (w *workspace) edited(t *text.Text, edits []protocol.TextEdit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b protocol.TextEdit) int {
		return w.offset(t, b.Range.Start) - w.offset(t, a.Range.Start)
	})
	out := t.String()
	for _, e := range edits {
		out = out[:w.offset(t, e.Range.Start)] + e.NewText + out[w.offset(t, e.Range.End):]
	}
	return out
}

// changed are the lines that differ, "-" before and "+" after.
func changed(before, after string) []string {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out []string
	show := func(sign, line string) {
		out = append(out, sign+" "+strings.ReplaceAll(strings.TrimRight(line, "\n"), "\r", `\r`))
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			show("-", a[i])
			i++
		default:
			show("+", b[j])
			j++
		}
	}
	return out
}

// editLines shows what a workspace edit changes.
func (w *workspace) editLines(edit *protocol.WorkspaceEdit) []string {
	if edit == nil {
		return []string{"no edit"}
	}
	var out []string
	one := func(u uri.URI, edits []protocol.TextEdit, note string) {
		t := w.document(u)
		if base := strings.TrimPrefix(string(u), string(w.e.URI("."))+"/"); base != lsp.ManifestName || note != "" {
			out = append(out, base+note)
		}
		out = append(out, changed(t.String(), w.edited(t, edits))...)
	}
	for u, edits := range edit.Changes {
		one(u, edits, "")
	}
	for _, c := range edit.DocumentChanges {
		doc := c.(*protocol.TextDocumentEdit)
		var edits []protocol.TextEdit
		note := ""
		for _, e := range doc.Edits {
			switch e := e.(type) {
			case *protocol.TextEdit:
				edits = append(edits, *e)
			case *protocol.AnnotatedTextEdit:
				edits = append(edits, e.TextEdit)
				note = " (to confirm: " + edit.ChangeAnnotations[e.AnnotationID].Label + ")"
			}
		}
		one(doc.TextDocument.URI, edits, note)
	}
	return out
}

func (w *workspace) complete(name string, at protocol.TextDocumentPositionParams, arg string) []string {
	var list protocol.CompletionList
	params := &protocol.CompletionParams{TextDocumentPositionParams: at}
	if err := w.e.Request(protocol.MethodTextDocumentCompletion, params, &list); err != nil {
		return []string{"error: " + err.Error()}
	}
	limit := 8
	number, uncounted := strings.CutSuffix(arg, "+")
	if n, err := strconv.Atoi(number); err == nil {
		limit = n
	}
	if len(list.Items) == 0 {
		return []string{"nothing"}
	}
	t := w.document(w.e.URI(name))
	line := strings.Count(t.String()[:w.offset(t, at.Position)], "\n")
	var out []string
	for i, item := range list.Items {
		if i == limit && uncounted {
			return out
		}
		if i == limit {
			return append(out, fmt.Sprintf("... and %d more", len(list.Items)-limit))
		}
		edit := w.itemEdit(&list, &item)
		after := w.edited(t, []protocol.TextEdit{edit})
		rest := strings.Count(t.String(), "\n") - line
		lines := strings.Split(after, "\n")
		shown := item.Label
		if item.LabelDetails != nil && item.LabelDetails.Description != nil {
			shown += " (" + *item.LabelDetails.Description + ")"
		}
		if detail, ok := item.Detail.Get(); ok {
			shown += " (" + detail + ")"
		}
		if len(item.Tags) > 0 {
			shown += " deprecated"
		}
		out = append(out, shown+" -> "+clipped(strings.Join(lines[line:len(lines)-rest], "\n")))
		w.checkItem(t, at, &item, edit)
	}
	return out
}

// resolve asks for the documentation of one item.
func (w *workspace) resolve(_ string, at protocol.TextDocumentPositionParams, arg string) []string {
	var list protocol.CompletionList
	if err := w.e.Request(protocol.MethodTextDocumentCompletion, &protocol.CompletionParams{TextDocumentPositionParams: at}, &list); err != nil {
		return []string{"error: " + err.Error()}
	}
	i := slices.IndexFunc(list.Items, func(item protocol.CompletionItem) bool { return item.Label == arg })
	if i < 0 {
		return []string{"not proposed"}
	}
	if list.Items[i].Documentation != nil {
		w.t.Errorf("%s comes with its documentation before it is asked for", arg)
	}
	var item protocol.CompletionItem
	if err := w.e.Request(protocol.MethodCompletionItemResolve, &list.Items[i], &item); err != nil {
		return []string{"error: " + err.Error()}
	}
	switch doc := item.Documentation.(type) {
	case *protocol.MarkupContent:
		return []string{string(doc.Kind), doc.Value}
	}
	return []string{"nothing"}
}

func (w *workspace) itemEdit(list *protocol.CompletionList, item *protocol.CompletionItem) protocol.TextEdit {
	switch e := item.TextEdit.(type) {
	case *protocol.TextEdit:
		return *e
	case *protocol.InsertReplaceEdit:
		return protocol.TextEdit{Range: e.Replace, NewText: e.NewText}
	}
	text, _ := item.TextEditText.Get()
	switch r := list.ItemDefaults.EditRange.(type) {
	case *protocol.Range:
		return protocol.TextEdit{Range: *r, NewText: text}
	case *protocol.EditRangeWithInsertReplace:
		return protocol.TextEdit{Range: r.Replace, NewText: text}
	}
	w.t.Errorf("%s: the item says not where it goes", item.Label)
	return protocol.TextEdit{}
}

// checkItem holds what is true of every item: its range holds the position and is on one line.
func (w *workspace) checkItem(t *text.Text, at protocol.TextDocumentPositionParams, item *protocol.CompletionItem, e protocol.TextEdit) {
	off := w.offset(t, at.Position)
	start, end := w.offset(t, e.Range.Start), w.offset(t, e.Range.End)
	if off < start || off > end || strings.Contains(t.String()[start:end], "\n") {
		w.t.Errorf("%s replaces %q, which does not hold the position or is not on one line", item.Label, t.String()[start:end])
	}
	if w.set.plain && (item.InsertTextFormat != 0 || item.CommitCharacters != nil || item.LabelDetails != nil) {
		w.t.Errorf("%s has what the client cannot do: %+v", item.Label, item)
	}
}

func (w *workspace) hover(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var h protocol.Hover
	if err := w.e.Request(protocol.MethodTextDocumentHover, &protocol.HoverParams{TextDocumentPositionParams: at}, &h); err != nil {
		return []string{"error: " + err.Error()}
	}
	markup, ok := h.Contents.(*protocol.MarkupContent)
	if !ok || h.Range == nil {
		return []string{"nothing"}
	}
	return []string{"on " + strings.SplitN(w.at(w.e.URI(name), *h.Range), " ", 2)[1], markup.Value}
}

func (w *workspace) actionsAt(name string, at protocol.TextDocumentPositionParams) []protocol.CommandOrCodeAction {
	params := &protocol.CodeActionParams{TextDocument: at.TextDocument, Range: protocol.Range{Start: at.Position, End: at.Position}}
	params.Context.Diagnostics = []protocol.Diagnostic{}
	var all []protocol.CommandOrCodeAction
	if err := w.e.Request(protocol.MethodTextDocumentCodeAction, params, &all); err != nil {
		w.t.Fatalf("%s: code actions: %v", name, err)
	}
	return all
}

func (w *workspace) actions(name string, at protocol.TextDocumentPositionParams, _ string) []string {
	var out []string
	for _, a := range w.actionsAt(name, at) {
		switch a := a.(type) {
		case *protocol.Command:
			out = append(out, "command: "+a.Title)
		case *protocol.CodeAction:
			out = append(out, string(*a.Kind)+": "+a.Title)
		}
	}
	return out
}

// action applies the first action whose title begins with arg.
func (w *workspace) action(name string, at protocol.TextDocumentPositionParams, arg string) []string {
	for _, a := range w.actionsAt(name, at) {
		action, ok := a.(*protocol.CodeAction)
		if !ok || !strings.HasPrefix(action.Title, arg) {
			continue
		}
		if action.Edit == nil && len(action.Data) > 0 {
			var resolved protocol.CodeAction
			if err := w.e.Request(protocol.MethodCodeActionResolve, action, &resolved); err != nil {
				return []string{"error: " + err.Error()}
			}
			action = &resolved
		}
		return w.editLines(action.Edit)
	}
	return []string{"not offered"}
}
