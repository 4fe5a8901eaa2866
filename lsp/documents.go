package lsp

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// documentsFeature keeps the documents as the client has them.
func documentsFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodTextDocumentDidOpen:   didOpen,
			protocol.MethodTextDocumentDidChange: didChange,
			protocol.MethodTextDocumentDidSave:   notification(didSave),
			protocol.MethodTextDocumentDidClose:  didClose,
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			yes, kind := true, protocol.TextDocumentSyncKindIncremental
			caps.TextDocumentSync = &protocol.TextDocumentSyncOptions{
				OpenClose: &yes, Change: &kind, Save: &protocol.SaveOptions{},
			}
		},
	}
}

// wireDocument is the part of a document notification that package protocol would rewrite: the
// client's own spelling of the URI.
type wireDocument struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int32  `json:"version"`
	Text       string `json:"text"`
}

// wireItem decodes the document of a notification with the URI as the client spelled it.
func wireItem(raw jsonrpc2.RawMessage) (wireDocument, error) {
	var params struct {
		TextDocument wireDocument `json:"textDocument"`
	}
	err := json.Unmarshal(raw, &params, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil {
		return wireDocument{}, invalidParams("params don't fit: %v", err)
	}
	if params.TextDocument.URI == "" {
		return wireDocument{}, invalidParams("textDocument.uri is missing")
	}
	return params.TextDocument, nil
}

func didOpen(s *Server, raw jsonrpc2.RawMessage) error {
	item, err := wireItem(raw)
	if err != nil {
		return err
	}
	doc := newDocument(identify(item.URI), item.LanguageID, item.Version, true, item.Text)
	s.openings++
	doc.Opening = s.openings
	s.update(func(next *Snapshot) change {
		doc.also = slices.DeleteFunc(next.docs.get(doc.URI).spellings(), func(wire string) bool { return wire == doc.Wire })
		next.docs = next.docs.with(doc)
		return change{docs: []uri.URI{doc.URI}, fromClient: true}
	})
	return nil
}

func didChange(s *Server, raw jsonrpc2.RawMessage) error {
	params, err := decode[protocol.DidChangeTextDocumentParams](raw)
	if err != nil {
		return err
	}
	key := normalise(params.TextDocument.URI)
	snap := s.Snapshot()
	doc := snap.docs.get(key)
	if doc == nil {
		return fmt.Errorf("change of %s, which is not open", key)
	}
	// Only this loop opens, changes and closes documents, so the work is done outside the funnel.
	edited := doc.edited(params.TextDocument.Version, params.ContentChanges, snap.Client.Encoding)
	s.update(func(next *Snapshot) change {
		next.docs = next.docs.with(edited)
		return change{docs: []uri.URI{key}, fromClient: true}
	})
	return nil
}

func didSave(s *Server, params *protocol.DidSaveTextDocumentParams) error {
	id := identify(string(params.TextDocument.URI))
	s.saved(id)
	return nil
}

// saved is told of each saved document, manifest or not.
func (s *Server) saved(id documentID) {
	s.update(func(next *Snapshot) change { return change{saved: []uri.URI{id.key}} })
	if isManifestPath(id.path) {
		s.facts.recheck(id.path)
		s.compare(s.Snapshot().Manifest(id.key))
	}
}

func didClose(s *Server, raw jsonrpc2.RawMessage) error {
	item, err := wireItem(raw)
	if err != nil {
		return err
	}
	key := identify(item.URI).key
	s.update(func(next *Snapshot) change {
		doc := next.docs.get(key)
		if doc == nil {
			return change{}
		}
		if left := doc.without(item.URI); left != nil {
			next.docs = next.docs.with(left)
		} else {
			next.docs = next.docs.without(key)
		}
		return change{docs: []uri.URI{key}, fromClient: true}
	})
	return nil
}
