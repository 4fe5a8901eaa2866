package lsp

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// Indexes into the legend of token types.
const (
	tokenNamespace uint32 = iota // a table's header
	tokenProperty                // a key
	tokenString
	tokenNumber
	tokenKeyword // true and false
	tokenComment
	tokenFunction   // an export
	tokenEvent      // a hook event
	tokenEnumMember // the plugin's kind
)

func tokenTypes() []string {
	return []string{"namespace", "property", "string", "number", "keyword", "comment", "function", "event", "enumMember"}
}

func semanticTokensFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentSemanticTokensFull:      request(semanticTokens),
			protocol.MethodTextDocumentSemanticTokensFullDelta: request(semanticTokensDelta),
			protocol.MethodTextDocumentSemanticTokensRange:     request(semanticTokensRange),
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			yes := true
			caps.SemanticTokensProvider = &protocol.SemanticTokensOptions{
				Legend: protocol.SemanticTokensLegend{TokenTypes: tokenTypes(), TokenModifiers: []string{}},
				Range:  protocol.Boolean(true),
				Full:   &protocol.SemanticTokensFullDelta{Delta: &yes},
			}
		},
	}
}

// sentTokens remembers what was sent last for a few documents, so that only what changed need be
// sent next. It holds nothing that cannot be computed again.
type sentTokens struct {
	ids  atomic.Uint64
	mu   sync.Mutex
	last []tokensOf // most recent first
}

type tokensOf struct {
	uri  uri.URI
	id   string
	data []uint32
}

// rememberedTokens bounds the documents whose tokens are remembered.
const rememberedTokens = 8

func (s *sentTokens) take(u uri.URI, id string) ([]uint32, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.last {
		if t.uri == u && t.id == id {
			return t.data, true
		}
	}
	return nil, false
}

func (s *sentTokens) put(u uri.URI, data []uint32) string {
	id := strconv.FormatUint(s.ids.Add(1), 10)
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := []tokensOf{{u, id, data}}
	for _, t := range s.last {
		if t.uri != u && len(kept) < rememberedTokens {
			kept = append(kept, t)
		}
	}
	s.last = kept
	return id
}

func semanticTokens(ctx context.Context, s *Server, snap *Snapshot, p *protocol.SemanticTokensParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	data, err := tokensIn(ctx, snap, doc, tomlsyntax.Span{Start: 0, End: doc.Text.Len()})
	if err != nil {
		return nil, err
	}
	id := s.tokensSent.put(doc.URI, data)
	return &protocol.SemanticTokens{ResultID: &id, Data: data}, nil
}

func semanticTokensRange(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.SemanticTokensRangeParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	data, err := tokensIn(ctx, snap, doc, snap.Span(doc, p.Range))
	return &protocol.SemanticTokens{Data: data}, err
}

func semanticTokensDelta(ctx context.Context, s *Server, snap *Snapshot, p *protocol.SemanticTokensDeltaParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	data, err := tokensIn(ctx, snap, doc, tomlsyntax.Span{Start: 0, End: doc.Text.Len()})
	if err != nil {
		return nil, err
	}
	old, known := s.tokensSent.take(doc.URI, p.PreviousResultID)
	id := s.tokensSent.put(doc.URI, data)
	if !known {
		return &protocol.SemanticTokens{ResultID: &id, Data: data}, nil
	}
	return &protocol.SemanticTokensDelta{ResultID: &id, Edits: tokenEdits(old, data)}, nil
}

// tokenEdits is the one edit of whole tokens that makes next of old, none if they are the same.
func tokenEdits(old, next []uint32) []protocol.SemanticTokensEdit {
	const size = 5
	head := 0
	for head < len(old) && head < len(next) && old[head] == next[head] {
		head++
	}
	if head == len(old) && head == len(next) {
		return []protocol.SemanticTokensEdit{}
	}
	head -= head % size
	tail := 0
	for tail < len(old)-head && tail < len(next)-head && old[len(old)-1-tail] == next[len(next)-1-tail] {
		tail++
	}
	tail -= tail % size
	return []protocol.SemanticTokensEdit{{
		Start: uint32(head), DeleteCount: uint32(len(old) - tail - head), Data: next[head : len(next)-tail],
	}}
}

// tokenWriter encodes tokens, which come in order, as the protocol counts them.
type tokenWriter struct {
	snap       *Snapshot
	doc        *Document
	line, char uint32
	data       []uint32
}

// tokensIn are the tokens of the expressions that a span meets.
func tokensIn(ctx context.Context, snap *Snapshot, doc *Document, at tomlsyntax.Span) ([]uint32, error) {
	w := &tokenWriter{snap: snap, doc: doc, data: []uint32{}}
	for s := range doc.Tree().Sections() {
		if s.Span().End < at.Start {
			continue
		}
		if s.Span().Start > at.End {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path := strings.Join(sectionPath(s), ".")
		for e := range s.Expressions() {
			if e.Span().End >= at.Start && e.Span().Start <= at.End {
				w.expression(path, e)
			}
		}
	}
	return w.data, nil
}

func (w *tokenWriter) expression(table string, e tomlsyntax.Expr) {
	src := w.doc.Tree().Source()
	key, str := tokenProperty, tokenString
	if e.Kind() != tomlsyntax.KeyValue {
		key = tokenNamespace
	}
	path := e.Key().String()
	if table != "" {
		path = table + "." + path
	}
	switch {
	case path == "kind":
		str = tokenEnumMember
	case path == "provides.hooks":
		str = tokenEvent
	case path == "wasm.exports" || path == "runtime.exports":
		str = tokenFunction
	case e.Kind() == tomlsyntax.KeyValue && (table == "hooks" || table == "wasm.hook_handlers" || table == "oci.hook_handlers"):
		key, str = tokenEvent, tokenFunction
	}
	for tok := range e.Tokens() {
		switch tok.Kind {
		case tomlsyntax.TokenComment:
			w.token(tok.Span, tokenComment)
		case tomlsyntax.TokenKey:
			w.token(tok.Span, key)
		case tomlsyntax.TokenValue:
			switch raw := src[tok.Span.Start:tok.Span.End]; {
			case quotesOf(raw) != "":
				w.token(tok.Span, str)
			case raw == "true" || raw == "false":
				w.token(tok.Span, tokenKeyword)
			case strings.IndexByte("+-0123456789", raw[0]) >= 0 || raw == "inf" || raw == "nan":
				w.token(tok.Span, tokenNumber)
			}
		}
	}
}

// token writes one token, one for each line it has.
func (w *tokenWriter) token(span tomlsyntax.Span, kind uint32) {
	src := w.doc.Tree().Source()
	for span.Start < span.End {
		part := src[span.Start:span.End]
		end := strings.IndexByte(part, '\n')
		next := span.Start + end + 1
		if end < 0 {
			end, next = len(part), span.End
		}
		part = strings.TrimSuffix(part[:end], "\r")
		if length := w.snap.Client.Encoding.Units(part); length > 0 {
			pos := w.snap.Position(w.doc, span.Start)
			char := pos.Character
			if pos.Line == w.line {
				char -= w.char
			}
			w.data = append(w.data, pos.Line-w.line, char, uint32(length), kind, 0)
			w.line, w.char = pos.Line, pos.Character
		}
		span.Start = next
	}
}
