package lsp

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func renameFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentRename:        request(rename),
			protocol.MethodTextDocumentPrepareRename: request(prepareRename),
		},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			if t := client.Caps.TextDocument; t == nil || t.Rename == nil || !on(t.Rename.PrepareSupport) {
				caps.RenameProvider = protocol.Boolean(true)
				return
			}
			yes := true
			caps.RenameProvider = &protocol.RenameOptions{PrepareProvider: &yes}
		},
	}
}

func prepareRename(_ context.Context, _ *Server, snap *Snapshot, p *protocol.PrepareRenameParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	x := subjectAt(doc.Tree(), snap.Offset(doc, p.Position))
	if x.kind != subjectExport {
		return nil, nil
	}
	if project.LifecycleExport(x.name) {
		return nil, invalidParams("%s cannot be renamed: the host calls it by that name", x.name)
	}
	return &protocol.PrepareRenamePlaceholder{Range: snap.Range(doc, x.span), Placeholder: x.name}, nil
}

// rename renames an export wherever the manifest names it. In the sources it changes nothing but
// the export's name where that is written apart from the function's, and only for a client that
// shows such changes before it makes them: the module has to be built again either way.
func rename(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.RenameParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	tree := doc.Tree()
	x := subjectAt(tree, snap.Offset(doc, p.Position))
	if x.kind != subjectExport {
		return nil, invalidParams("nothing here can be renamed: only exports are, where [wasm], [runtime] or a hook names them")
	}
	if project.LifecycleExport(x.name) {
		return nil, invalidParams("%s cannot be renamed: the host calls it by that name", x.name)
	}
	if problem := badExportName(p.NewName); problem != "" {
		return nil, invalidParams("%.60q is no name for an export: %s", p.NewName, problem)
	}
	refs := exportRefs(tree)
	if p.NewName != x.name && slices.ContainsFunc(refs, func(r exportRef) bool { return r.name == p.NewName }) {
		return nil, invalidParams("there is an export %q already: choose another name", p.NewName)
	}
	var edits []tomlsyntax.Edit
	for _, r := range named(refs, x.name) {
		edits = append(edits, tomlsyntax.Edit{Span: r.span, Text: requote(tree.Source()[r.span.Start:r.span.End], p.NewName)})
	}
	edit := snap.workspaceEdit(doc, edits)
	if annotatesChanges(snap.Client) && identifier.MatchString(p.NewName) {
		addSourceEdits(snap, edit, sourceExports(ctx, doc.Path, x.name), p.NewName)
	}
	return edit, ctx.Err()
}

// requote writes a string in the quotes that another has, if they can hold it.
func requote(raw, s string) string {
	if quotesOf(raw) == "'" && !strings.ContainsRune(s, '\'') {
		return "'" + s + "'"
	}
	return tomlsyntax.Quote(s)
}

func badExportName(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > 256:
		return "it is longer than 256 bytes"
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar }):
		return "it has spaces or control characters"
	case project.LifecycleExport(name):
		return "the host calls that one by itself"
	case manifestcheck.ReservedExport(name):
		return "it would shadow one of the framework's own verbs"
	}
	return ""
}

// annotatesChanges reports whether the client shows changes and asks before it makes them.
func annotatesChanges(c *Client) bool {
	return versionedEdits(c) && c.Caps.Workspace.WorkspaceEdit.ChangeAnnotationSupport != nil
}

const sourceAnnotation = "source"

// identifier is a name that needs no escapes in the source of any language.
var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// addSourceEdits proposes the change of the export's name in the sources.
func addSourceEdits(snap *Snapshot, edit *protocol.WorkspaceEdit, places []sourcePlace, name string) {
	for _, place := range places {
		if place.spelled == (tomlsyntax.Span{}) || place.spelled == place.name {
			continue
		}
		change := &protocol.AnnotatedTextEdit{AnnotationID: sourceAnnotation}
		change.Range, change.NewText = place.rangeOf(snap, place.spelled), name
		file := &protocol.TextDocumentEdit{Edits: []protocol.TextDocumentEditElement{change}}
		file.TextDocument.URI = fileURI(place.path)
		edit.DocumentChanges = append(edit.DocumentChanges, file)
		if edit.ChangeAnnotations == nil {
			yes := true
			why := "The module exports the new name once it is built again."
			edit.ChangeAnnotations = map[protocol.ChangeAnnotationIdentifier]protocol.ChangeAnnotation{
				sourceAnnotation: {Label: "Rename the export in the source", NeedsConfirmation: &yes, Description: &why},
			}
		}
	}
}
