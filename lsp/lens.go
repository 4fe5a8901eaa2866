package lsp

import (
	"context"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// lens is one code lens. Every lens is also a code action on its line and a command, because some
// editors draw no lenses.
type lens struct {
	span    tomlsyntax.Span
	title   string
	command string
	args    commandArgs
}

func codeLensFeature() feature {
	return feature{
		requests: map[string]requestHandler{protocol.MethodTextDocumentCodeLens: request(codeLens)},
		advertise: func(caps *protocol.ServerCapabilities, _ *Client) {
			caps.CodeLensProvider = &protocol.CodeLensOptions{}
		},
	}
}

func codeLens(_ context.Context, s *Server, snap *Snapshot, p *protocol.CodeLensParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	lenses := []protocol.CodeLens{}
	if doc == nil || !snap.Settings.CodeLens {
		return lenses, nil
	}
	for _, l := range s.lenses(snap, doc) {
		lenses = append(lenses, protocol.CodeLens{Range: snap.Range(doc, l.span), Command: l.asCommand()})
	}
	return lenses, nil
}

func (l lens) asCommand() protocol.Command {
	return protocol.Command{Title: l.title, Command: l.command, Arguments: []protocol.LSPAny{l.args.encode()}}
}

// lenses returns what there is to show and do in a manifest, in the order of its lines.
func (s *Server) lenses(snap *Snapshot, doc *Document) []lens {
	m := snap.Check(doc).Model
	if doc.Path == "" || m.Tier != manifest.KindWasm {
		return nil
	}
	var all []lens
	uri := doc.Wire
	if m.WasmHeader != (tomlsyntax.Span{}) {
		all = append(all, lens{m.WasmHeader, s.healthTitle(snap, doc), commandCheckHealth, commandArgs{URI: uri}})
		if pr := snap.runsOf(doc.Path).probe; pr != nil && pr.log.Summary() != "" {
			all = append(all, lens{m.WasmHeader, "log", commandShowLog, commandArgs{URI: uri}})
		}
	}
	if m.CapabilitiesHeader != (tomlsyntax.Span{}) {
		if l, ok := s.grantLens(snap, doc, m); ok {
			all = append(all, l)
		}
	}
	all = append(all, runLenses(snap, doc, m)...)
	slices.SortStableFunc(all, func(a, b lens) int { return a.span.Start - b.span.Start })
	return all
}

// healthTitle is what the [wasm] header shows.
func (s *Server) healthTitle(snap *Snapshot, doc *Document) string {
	facts, known := snap.factsOf(doc)
	st := snap.runsOf(doc.Path)
	switch {
	case !known:
		return "looking for the module"
	case facts.Module == manifestcheck.ModuleMissing || facts.Path == "":
		return "not built"
	case facts.Module != manifestcheck.ModuleInspected:
		return "module cannot be read"
	case st.probing:
		return "checking health"
	case st.probe != nil && st.probe.module == facts.state:
		return runlog.Health(st.probe.result)
	case !s.host.available() || snap.untrusted():
		return "not checked: the workspace is not trusted"
	}
	return "stale: module changed, not yet checked"
}

// grantLens says what the plugin asks for, or that it has it.
func (s *Server) grantLens(snap *Snapshot, doc *Document, m *manifestcheck.Model) (lens, bool) {
	requests := project.Risky(m)
	if len(requests) == 0 {
		return lens{}, false
	}
	l := lens{m.CapabilitiesHeader, "asks for: " + runlog.Clip(strings.Join(requests, ", "), 160), commandGrant, commandArgs{URI: doc.Wire}}
	if s.consent.Grant(s.rootOf(snap, doc.Path), doc.Path, requests) == consent.Always {
		l.title, l.command = "granted", commandRevoke
	}
	return l, true
}

// maxLensPlaces bounds the exports and hooks of one manifest that have lenses.
const maxLensPlaces = 1000

// runLenses are those of exports and hooks. Where several exports stand on one line, each lens
// names its own.
func runLenses(snap *Snapshot, doc *Document, m *manifestcheck.Model) []lens {
	type place struct {
		export, event string
		span          tomlsyntax.Span
	}
	var places []place
	for _, e := range m.Exports {
		if e.Name != "" && !project.LifecycleExport(e.Name) { // an empty one is a place to write at
			places = append(places, place{e.Name, "", e.Span})
		}
	}
	for _, b := range m.Bindings {
		if b.OK && b.Export != "" && !project.LifecycleExport(b.Export) {
			places = append(places, place{b.Export, b.Event, b.EventSpan})
		}
	}
	places = places[:min(len(places), maxLensPlaces)]
	perLine := make(map[int]int)
	for _, p := range places {
		perLine[doc.Text.Line(p.span.Start)]++
	}
	st := snap.runsOf(doc.Path)
	var all []lens
	for _, p := range places {
		runs := st.exports[p.export]
		args := commandArgs{URI: doc.Wire, Export: p.export, Event: p.event}
		prefix := ""
		if perLine[doc.Text.Line(p.span.Start)] > 1 {
			prefix = runlog.Clip(runlog.OneLine(p.export), 60) + ": "
		}
		last := st.last(p.export)
		switch {
		case runs.going():
			all = append(all, lens{p.span, prefix + "running, click to cancel", commandCancelRun, args})
		case last != nil:
			all = append(all, lens{p.span, prefix + runlog.Result(last.result, last.log), commandRunHook, args})
		default:
			all = append(all, lens{p.span, prefix + "run", commandRunHook, args})
		}
		if runs.going() || last != nil && last.log.Summary() != "" {
			all = append(all, lens{p.span, prefix + "log", commandShowLog, args})
		}
	}
	return all
}
