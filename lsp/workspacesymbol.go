package lsp

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func workspaceSymbolFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodWorkspaceSymbol: request(workspaceSymbol)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.WorkspaceSymbolProvider = protocol.Boolean(true)
		},
	}
}

// maxFound bounds the symbols of one answer.
const maxFound = 1000

// workspaceSymbol finds plugins, exports and hooks by name, in every manifest of the workspace. What
// is found is sent as it comes to a client that takes it so.
func workspaceSymbol(ctx context.Context, s *Server, snap *Snapshot, p *protocol.WorkspaceSymbolParams) (any, error) {
	found, total := []protocol.SymbolInformation{}, 0
	for _, doc := range snap.Manifests() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if doc.TooLarge {
			continue
		}
		tree := doc.Tree()
		plugin, _ := textAt(tree, "name")
		add := func(name string, kind protocol.SymbolKind, span tomlsyntax.Span) {
			if total == maxFound || name == "" || !matches(p.Query, name) {
				return
			}
			info := protocol.SymbolInformation{Location: protocol.Location{URI: uri.URI(doc.Wire), Range: snap.Range(doc, span)}}
			info.Name, info.Kind = name, kind
			if kind != protocol.SymbolKindPackage && plugin != "" {
				info.ContainerName = &plugin
			}
			found = append(found, info)
			total++
		}
		if it, ok := tree.Root().Get("name"); ok && it.IsValue() {
			add(plugin, protocol.SymbolKindPackage, it.Value().Span())
		}
		for _, r := range exportRefs(tree) {
			switch r.role {
			case roleListed:
				add(r.name, protocol.SymbolKindFunction, r.span)
			case roleBound:
				add(r.event, protocol.SymbolKindEvent, r.eventSpan)
			}
		}
		if p.PartialResultToken != nil && len(found) >= reportBatch {
			s.partialResult(p.PartialResultToken, found)
			found = []protocol.SymbolInformation{}
		}
		if total == maxFound {
			break
		}
	}
	return found, nil
}

// matches reports whether the letters of query occur in name in that order, without regard to case.
func matches(query, name string) bool {
	for _, r := range name {
		if query == "" {
			return true
		}
		want, size := utf8.DecodeRuneInString(query)
		if unicode.ToLower(r) == unicode.ToLower(want) {
			query = query[size:]
		}
	}
	return strings.TrimSpace(query) == ""
}
