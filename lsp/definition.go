package lsp

import (
	"context"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func definitionFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentDefinition: request(definition),
			protocol.MethodTextDocumentReferences: request(references),
		},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.DefinitionProvider = protocol.Boolean(true)
			caps.ReferencesProvider = protocol.Boolean(true)
		},
	}
}

// target is a place that something leads to.
type target struct {
	uri uri.URI
	rng protocol.Range
}

// subject is what stands at a place and has a name that other places share.
type subject struct {
	kind subjectKind
	name string
	span tomlsyntax.Span // of the mention, without quotes
}

type subjectKind uint8

const (
	subjectNone   subjectKind = iota
	subjectExport             // a function of the module
	subjectEvent              // a hook event
	subjectModule             // the module's file
	subjectPlugin             // another plugin, by its name
)

// subjectAt finds what stands at an offset.
func subjectAt(t *tomlsyntax.Tree, off int) subject {
	for _, r := range exportRefs(t) {
		switch {
		case touches(r.span, off):
			return subject{subjectExport, r.name, textSpan(t, r.span)}
		case r.role == roleBound && touches(r.eventSpan, off):
			return subject{subjectEvent, r.event, textSpan(t, r.eventSpan)}
		}
	}
	if name, span, ok := itemAt(t, off, "provides", "hooks"); ok {
		return subject{subjectEvent, name, span}
	}
	if it, ok := t.Root().Lookup("wasm", "module"); ok && it.IsValue() && touches(it.Value().Span(), off) {
		if name, ok := it.Value().Text(); ok {
			return subject{subjectModule, name, textSpan(t, it.Value().Span())}
		}
	}
	if it, ok := t.Root().Get("name"); ok && it.IsValue() && touches(it.Value().Span(), off) {
		if name, ok := it.Value().Text(); ok {
			return subject{subjectPlugin, name, textSpan(t, it.Value().Span())}
		}
	}
	for _, r := range requirements(t) {
		if touches(r.KeySpan(), off) {
			return subject{subjectPlugin, r.Name(), textSpan(t, r.KeySpan())}
		}
	}
	return subject{}
}

// itemAt is the string of a list at an offset.
func itemAt(t *tomlsyntax.Tree, off int, path ...string) (string, tomlsyntax.Span, bool) {
	it, ok := t.Root().Lookup(path...)
	if !ok || !it.IsValue() || !touches(it.Value().Span(), off) || it.Value().Kind() != tomlsyntax.Array {
		return "", tomlsyntax.Span{}, false
	}
	for e := range it.Value().Elements() {
		if s, ok := e.Text(); ok && touches(e.Span(), off) {
			return s, textSpan(t, e.Span()), true
		}
	}
	return "", tomlsyntax.Span{}, false
}

// requirements are the items of [requires].
func requirements(t *tomlsyntax.Tree) []tomlsyntax.Item {
	it, ok := t.Root().Get("requires")
	if !ok {
		return nil
	}
	table, ok := it.Table()
	if !ok {
		return nil
	}
	var all []tomlsyntax.Item
	for r := range table.Items() {
		if all = append(all, r); len(all) == listLimit {
			break
		}
	}
	return all
}

func definition(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.DefinitionParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	x := subjectAt(doc.Tree(), snap.Offset(doc, p.Position))
	targets := definitionsOf(ctx, snap, doc, x)
	if err := ctx.Err(); err != nil || len(targets) == 0 {
		return nil, err
	}
	if t := snap.Client.Caps.TextDocument; t != nil && t.Definition != nil && on(t.Definition.LinkSupport) {
		origin := snap.Range(doc, x.span)
		links := make([]protocol.LocationLink, len(targets))
		for i, to := range targets {
			links[i] = protocol.LocationLink{OriginSelectionRange: &origin, TargetURI: to.uri, TargetRange: to.rng, TargetSelectionRange: to.rng}
		}
		return links, nil
	}
	return locations(targets), nil
}

func locations(targets []target) []protocol.Location {
	all := make([]protocol.Location, len(targets))
	for i, to := range targets {
		all[i] = protocol.Location{URI: to.uri, Range: to.rng}
	}
	return all
}

// definitionsOf finds where a subject is defined: an export in the plugin's source, else where the
// manifest lists it; an event where it is bound; a plugin in its own manifest.
func definitionsOf(ctx context.Context, snap *Snapshot, doc *Document, x subject) []target {
	tree := doc.Tree()
	here := func(span tomlsyntax.Span) target { return target{uri.URI(doc.Wire), snap.Range(doc, span)} }
	switch x.kind {
	case subjectExport:
		var all []target
		for _, place := range sourceExports(ctx, doc.Path, x.name) {
			l := place.location(snap)
			all = append(all, target{l.URI, l.Range})
		}
		if len(all) > 0 {
			return all
		}
		for _, r := range named(exportRefs(tree), x.name) {
			if r.role == roleListed {
				return []target{here(textSpan(tree, r.span))}
			}
		}
	case subjectEvent:
		var all []target
		for _, r := range exportRefs(tree) {
			if r.role == roleBound && r.event == x.name {
				all = append(all, here(textSpan(tree, r.eventSpan)))
			}
		}
		return all
	case subjectModule:
		if facts, known := snap.factsOf(doc); known && facts.Path != "" && facts.state.size > 0 {
			return []target{{uri: fileURI(facts.Path)}}
		}
	case subjectPlugin:
		return pluginNames(ctx, snap, x.name)
	}
	return nil
}

// pluginNames are where manifests of the workspace call their plugin by that name.
func pluginNames(ctx context.Context, snap *Snapshot, name string) []target {
	var all []target
	for _, d := range snap.Manifests() {
		if ctx.Err() != nil || d.TooLarge {
			continue
		}
		it, ok := d.Tree().Root().Get("name")
		if !ok || !it.IsValue() {
			continue
		}
		if s, ok := it.Value().Text(); ok && s == name {
			all = append(all, target{uri.URI(d.Wire), snap.Range(d, textSpan(d.Tree(), it.Value().Span()))})
		}
	}
	return all
}

func references(ctx context.Context, _ *Server, snap *Snapshot, p *protocol.ReferenceParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return nil, nil
	}
	tree := doc.Tree()
	x := subjectAt(tree, snap.Offset(doc, p.Position))
	var all []target
	for _, m := range mentions(tree, x) {
		if m.declares && !p.Context.IncludeDeclaration {
			continue
		}
		all = append(all, target{uri.URI(doc.Wire), snap.Range(doc, m.span)})
	}
	switch x.kind {
	case subjectExport:
		if p.Context.IncludeDeclaration {
			for _, place := range sourceExports(ctx, doc.Path, x.name) {
				l := place.location(snap)
				all = append(all, target{l.URI, l.Range})
			}
		}
	case subjectPlugin:
		if p.Context.IncludeDeclaration {
			all = append(all, pluginNames(ctx, snap, x.name)...)
		}
		for _, d := range snap.Manifests() {
			if ctx.Err() != nil || d.TooLarge {
				continue
			}
			for _, r := range requirements(d.Tree()) {
				if r.Name() == x.name {
					all = append(all, target{uri.URI(d.Wire), snap.Range(d, textSpan(d.Tree(), r.KeySpan()))})
				}
			}
		}
	}
	return locations(all), ctx.Err()
}

// mention is one place in a manifest that names a subject.
type mention struct {
	span     tomlsyntax.Span // without quotes
	declares bool
}

// mentions are all places of a manifest that name an export or event.
func mentions(t *tomlsyntax.Tree, x subject) []mention {
	var all []mention
	for _, r := range exportRefs(t) {
		switch {
		case x.kind == subjectExport && r.name == x.name:
			all = append(all, mention{textSpan(t, r.span), r.role == roleListed})
		case x.kind == subjectEvent && r.role == roleBound && r.event == x.name:
			all = append(all, mention{textSpan(t, r.eventSpan), true})
		}
	}
	if it, ok := t.Root().Lookup("provides", "hooks"); ok && x.kind == subjectEvent && it.IsValue() && it.Value().Kind() == tomlsyntax.Array {
		for e := range it.Value().Elements() {
			if s, ok := e.Text(); ok && s == x.name {
				all = append(all, mention{textSpan(t, e.Span()), false})
			}
		}
	}
	return all
}
