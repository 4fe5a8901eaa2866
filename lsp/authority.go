package lsp

import (
	"context"
	"errors"
	"maps"

	"github.com/BurntSushi/toml"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// refusal is what the decoder that loads manifests said of a text that the syntax tree finds
// nothing wrong with. It holds for that very text and no other.
type refusal struct {
	text *text.Text
	diag manifestcheck.Diagnostic
}

// compare decodes a saved manifest as the framework will, off the read loop. The two readers of
// TOML are tested to agree; where they don't, the one that decides is shown.
func (s *Server) compare(doc *Document) {
	if doc == nil || !doc.Manifest || doc.TooLarge || doc.accepted.Load() {
		return
	}
	s.spawn(func(context.Context) {
		var v map[string]any
		_, err := toml.Decode(doc.Text.String(), &v)
		broken := len(doc.Tree().Errors()) > 0
		if err == nil && broken {
			s.log.Warn("the decoder accepts what is shown as broken TOML; please report this manifest", zap.String("manifest", doc.Path))
		}
		var now *refusal
		if err != nil && !broken {
			now = &refusal{text: doc.Text, diag: refused(doc, err)}
		}
		if now == nil && s.Snapshot().refused[doc.URI] == nil {
			doc.accepted.Store(err == nil)
			return
		}
		s.update(func(next *Snapshot) change {
			next.refused = maps.Clone(next.refused)
			if next.refused == nil {
				next.refused = make(map[uri.URI]*refusal)
			}
			if delete(next.refused, doc.URI); now != nil {
				next.refused[doc.URI] = now
			}
			return change{docs: []uri.URI{doc.URI}}
		})
	})
}

// refused is the decoder's error as a finding, where it says that it is.
func refused(doc *Document, err error) manifestcheck.Diagnostic {
	d := manifestcheck.Diagnostic{
		Code: "syntax/invalid", Severity: manifestcheck.Error,
		Message: "the decoder that loads manifests refuses this file: " + err.Error(),
	}
	var parse toml.ParseError
	if errors.As(err, &parse) {
		start := max(0, min(parse.Position.Start, doc.Text.Len()))
		d.Span = tomlsyntax.Span{Start: start, End: min(start+max(parse.Position.Len, 1), doc.Text.Len())}
		d.Message = "the decoder that loads manifests refuses this: " + parse.Message
	}
	return d
}

// refusalOf returns what the decoder said of this very text, nil if nothing.
func (snap *Snapshot) refusalOf(d *Document) *refusal {
	if r := snap.refused[d.URI]; r != nil && r.text == d.Text {
		return r
	}
	return nil
}
