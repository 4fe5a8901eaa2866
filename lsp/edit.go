package lsp

import (
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// workspaceEdit is a change of one document, told as the client understands it: with the version
// it is made for, where the client looks at that.
func (snap *Snapshot) workspaceEdit(d *Document, edits []tomlsyntax.Edit) *protocol.WorkspaceEdit {
	changes := snap.TextEdits(d, edits)
	if !versionedEdits(snap.Client) {
		return &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{uri.URI(d.Wire): changes}}
	}
	id := protocol.OptionalVersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: uri.URI(d.Wire)}}
	if d.Open {
		version := d.Version
		id.Version = &version
	}
	edit := &protocol.TextDocumentEdit{TextDocument: id, Edits: make([]protocol.TextDocumentEditElement, len(changes))}
	for i := range changes {
		edit.Edits[i] = &changes[i]
	}
	return &protocol.WorkspaceEdit{DocumentChanges: []protocol.DocumentChange{edit}}
}

func versionedEdits(c *Client) bool {
	w := c.Caps.Workspace
	return w != nil && w.WorkspaceEdit != nil && on(w.WorkspaceEdit.DocumentChanges)
}

// keeps reports whether edits leave a document no more broken than it is.
func keeps(t *tomlsyntax.Tree, edits []tomlsyntax.Edit) bool {
	last := slices.SortedStableFunc(slices.Values(edits), func(a, b tomlsyntax.Edit) int { return b.Span.Start - a.Span.Start })
	return len(t.Apply(last...).Errors()) <= len(t.Errors())
}
