package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func linkFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentDocumentLink: request(documentLink)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.DocumentLinkProvider = &protocol.DocumentLinkOptions{}
		},
	}
}

// documentLink links what the manifest names to where it lies: the module, the home page, the
// licence's text, the manifests of required plugins.
func documentLink(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DocumentLinkParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	tree := doc.Tree()
	links := []protocol.DocumentLink{}
	add := func(span tomlsyntax.Span, to uri.URI, tooltip string) {
		links = append(links, protocol.DocumentLink{Range: snap.Range(doc, textSpan(tree, span)), Target: &to, Tooltip: &tooltip})
	}
	if page, span, ok := stringAt(tree, "homepage"); ok && (strings.HasPrefix(page, "https://") || strings.HasPrefix(page, "http://")) {
		add(span, uri.URI(page), "Open the home page")
	}
	if id, span, ok := stringAt(tree, "license"); ok {
		if _, listed := slices.BinarySearch(manifestcheck.Licenses(), id); listed {
			add(span, uri.URI("https://spdx.org/licenses/"+id+".html"), "Read the licence")
		}
	}
	if _, span, ok := stringAt(tree, "wasm", "module"); ok {
		if facts, known := snap.factsOf(doc); known && facts.Path != "" && facts.state.size > 0 {
			add(span, fileURI(facts.Path), "Open the module")
		}
	}
	required := requirements(tree)
	if len(required) == 0 {
		return links, nil
	}
	manifests := manifestsByName(ctx, snap)
	for _, r := range required {
		if to, ok := manifests[r.Name()]; ok {
			add(r.KeySpan(), to, "Open the manifest of "+r.Name())
		}
	}
	return links, ctx.Err()
}

// manifestsByName are the manifests of the workspace by the names of their plugins.
func manifestsByName(ctx context.Context, snap *Snapshot) map[string]uri.URI {
	all := make(map[string]uri.URI)
	for _, d := range snap.Manifests() {
		if ctx.Err() != nil || d.TooLarge {
			continue
		}
		if name, ok := textAt(d.Tree(), "name"); ok && all[name] == "" {
			all[name] = uri.URI(d.Wire)
		}
	}
	return all
}

// stringAt is the string at a path and its place.
func stringAt(t *tomlsyntax.Tree, path ...string) (string, tomlsyntax.Span, bool) {
	it, ok := t.Root().Lookup(path...)
	if !ok || !it.IsValue() {
		return "", tomlsyntax.Span{}, false
	}
	s, ok := it.Value().Text()
	return s, it.Value().Span(), ok
}
