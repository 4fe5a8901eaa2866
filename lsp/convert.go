package lsp

import (
	"hash/maphash"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// diagnosticSource is the source of the manifest's own diagnostics.
const diagnosticSource = "samuel"

// Range returns a span of a document as the client counts.
func (snap *Snapshot) Range(d *Document, span tomlsyntax.Span) protocol.Range {
	return protocol.Range{Start: snap.Position(d, span.Start), End: snap.Position(d, span.End)}
}

// Position returns a byte offset of a document as the client counts.
func (snap *Snapshot) Position(d *Document, off int) protocol.Position {
	line, char := d.Text.Position(off, snap.Client.Encoding)
	return protocol.Position{Line: line, Character: char}
}

// Offset returns the byte offset of a position, clamped to the document.
func (snap *Snapshot) Offset(d *Document, p protocol.Position) int {
	return d.Text.Offset(p.Line, p.Character, snap.Client.Encoding)
}

// Span returns the bytes of a range, clamped to the document and put in order.
func (snap *Snapshot) Span(d *Document, r protocol.Range) tomlsyntax.Span {
	a, b := snap.Offset(d, r.Start), snap.Offset(d, r.End)
	return tomlsyntax.Span{Start: min(a, b), End: max(a, b)}
}

// TextEdits returns edits as the client counts.
func (snap *Snapshot) TextEdits(d *Document, edits []tomlsyntax.Edit) []protocol.TextEdit {
	out := make([]protocol.TextEdit, len(edits))
	for i, e := range edits {
		out[i] = protocol.TextEdit{Range: snap.Range(d, e.Span), NewText: e.Text}
	}
	return out
}

// convert returns a finding as the client understands it.
func (snap *Snapshot) convert(d *Document, f *manifestcheck.Diagnostic) protocol.Diagnostic {
	diag := protocol.Diagnostic{
		Range:    snap.Range(d, f.Span),
		Severity: severity(f.Severity),
		Code:     protocol.String(f.Code),
		Message:  protocol.String(f.Message),
	}
	diag.Source.Set(diagnosticSource)
	if snap.Client.CodeDescription {
		diag.CodeDescription.Href = uri.URI(manifestcheck.RuleURL(f.Code))
	}
	if len(f.Tags) > 0 {
		diag.Tags.Set(snap.tags(f.Tags))
	}
	if snap.Client.RelatedInformation {
		for _, r := range f.Related {
			diag.RelatedInformation = append(diag.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: protocol.Location{URI: uri.URI(d.Wire), Range: snap.Range(d, r.Span)},
				Message:  r.Message,
			})
		}
	}
	if snap.Client.DiagnosticData && len(f.Fixes) > 0 {
		diag.Data = fixData(f)
	}
	return diag
}

func severity(s manifestcheck.Severity) protocol.DiagnosticSeverity {
	switch s {
	case manifestcheck.Error:
		return protocol.DiagnosticSeverityError
	case manifestcheck.Warning:
		return protocol.DiagnosticSeverityWarning
	case manifestcheck.Information:
		return protocol.DiagnosticSeverityInformation
	default:
		return protocol.DiagnosticSeverityHint
	}
}

// tags returns those of the tags that the client can draw.
func (snap *Snapshot) tags(tags []manifestcheck.Tag) []protocol.DiagnosticTag {
	var drawn []protocol.DiagnosticTag
	for _, t := range tags {
		if tag := tagOf(t); snap.Client.Tags[tag] {
			drawn = append(drawn, tag)
		}
	}
	return drawn
}

func tagOf(t manifestcheck.Tag) protocol.DiagnosticTag {
	if t == manifestcheck.Deprecated {
		return protocol.DiagnosticTagDeprecated
	}
	return protocol.DiagnosticTagUnnecessary
}

// fixData says, to a client that hands it back with a code action request, that there are fixes
// and what they are called. The fixes themselves are computed anew from the snapshot.
func fixData(f *manifestcheck.Diagnostic) protocol.LSPAny {
	buf := []byte(`{"fixes":[`)
	for i, fix := range f.Fixes {
		if i > 0 {
			buf = append(buf, ',')
		}
		title, err := protocol.Marshal(protocol.String(fix.Title))
		if err != nil {
			return nil
		}
		buf = append(buf, title...)
	}
	return append(buf, ']', '}')
}

// tooLarge is what there is to say of a manifest above [MaxDocument].
func tooLarge() protocol.Diagnostic {
	diag := protocol.Diagnostic{
		Severity: protocol.DiagnosticSeverityWarning,
		Message:  protocol.String("this manifest is larger than 8 MiB and is not checked"),
	}
	diag.Source.Set(diagnosticSource)
	return diag
}

// digestSeed makes digests comparable within this process, which is all they are for.
var digestSeed = maphash.MakeSeed()

func digest(raw []byte) uint64 { return maphash.Bytes(digestSeed, raw) }
