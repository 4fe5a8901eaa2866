package manifestcheck

import (
	"fmt"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

const protocolExport = "samuel_protocol_version"

// hostWindow is the host's window of protocols in words.
func hostWindow() string {
	if manifest.ProtocolMin == manifest.ProtocolMax {
		return fmt.Sprintf("protocol %d", manifest.ProtocolMin)
	}
	return fmt.Sprintf("protocols %d to %d", manifest.ProtocolMin, manifest.ProtocolMax)
}

// checkProtocolRange compares a valid, non-empty range with the host's window.
func (p *pass) checkProtocolRange(r *semrange.Range) {
	for n := uint64(manifest.ProtocolMin); n <= manifest.ProtocolMax; n++ {
		if r.ContainsRelease(n, 0, 0) {
			return
		}
	}
	t := p.model.Protocol
	usual := fmt.Sprintf("^%d", manifest.ProtocolMax)
	p.report(Diagnostic{
		Code: "protocol/range-excludes-host", Span: t.Span,
		Message: fmt.Sprintf("%q admits no protocol that the host speaks, which is %s (as version %d.0.0); write %q", t.Text, hostWindow(), manifest.ProtocolMax, usual),
		Fixes:   writeFix(t.Span, usual, false),
	})
}

// checkModuleProtocol compares the protocol that the module speaks with the host's window and with
// the manifest's own range.
func checkModuleProtocol(p *pass) {
	s := p.module()
	if s == nil {
		return
	}
	at := p.model.ModulePath.Span
	spoken := int64(manifest.ProtocolMin)
	why := "speaks protocol"
	switch e, ok := s.Export(protocolExport); {
	case !ok:
		why = "counts as protocol"
		p.problem("protocol/export-missing", at, "the module has no export %s() -> i32 and counts as protocol %d; export the function and return %d from it", protocolExport, spoken, spoken)
	case e.Kind != inspect.Func || !e.Type.Is(nil, []inspect.ValueType{inspect.I32}):
		return // export/signature and export/not-a-function speak of it
	case s.Protocol != nil:
		spoken = int64(*s.Protocol)
	case p.facts.ProbedProtocol != nil:
		spoken = int64(*p.facts.ProbedProtocol)
	default:
		return // not known before it has run
	}
	if spoken < manifest.ProtocolMin || spoken > manifest.ProtocolMax {
		p.problem("protocol/module-outside-host", at, "the module speaks protocol %d, and the host %s; build it against protocol %d", spoken, hostWindow(), manifest.ProtocolMax)
	}
	t := p.model.Protocol
	if !t.OK {
		return
	}
	r, err := semrange.Parse(t.Text)
	if err != nil || r.Empty() || spoken >= 0 && r.ContainsRelease(uint64(spoken), 0, 0) {
		return
	}
	d := Diagnostic{
		Code: "protocol/module-outside-range", Span: t.Span,
		Message: fmt.Sprintf("the module %s %d, which %q excludes", why, spoken, t.Text),
		Related: []Related{{at, fmt.Sprintf("the module, which %s %d", why, spoken)}},
	}
	if spoken >= manifest.ProtocolMin && spoken <= manifest.ProtocolMax {
		usual := fmt.Sprintf("^%d", spoken)
		d.Message += fmt.Sprintf("; write %q, or build the module against another protocol", usual)
		d.Fixes = writeFix(t.Span, usual, false)
	}
	p.report(d)
}

// module is the summary of the module, nil where it is not known or the plugin's kind has none.
func (p *pass) module() *inspect.Summary {
	if p.facts.Module != ModuleInspected || !p.isKind(manifest.KindWasm) || !p.model.ModulePath.OK {
		return nil
	}
	return p.facts.Summary
}
