package lsp

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// runDiagnostics says what runs on this machine showed, on the lines of the exports as the document
// has them now. A run says nothing once its export is gone from the document, the module was
// rebuilt, the limit it met is another, or what was denied has been declared or agreed to since.
func (snap *Snapshot) runDiagnostics(doc *Document, checked *manifestcheck.Result) []manifestcheck.Diagnostic {
	st := snap.plugins.Get(doc.Path)
	if st == nil || doc.Path == "" {
		return nil
	}
	facts, _ := snap.factsOf(doc)
	m := checked.Model
	var found []manifestcheck.Diagnostic
	add := func(d manifestcheck.Diagnostic) {
		d.Severity = snap.Settings.checker.SeverityOf(d.Code)
		if d.Severity != manifestcheck.Off && !checked.Ignored(d.Code, d.Span.Start) {
			found = append(found, d)
		}
	}
	if p := st.probe; p != nil && p.module == facts.state && !limitChanged(m, p.result.Outcome.Word, p.budgets) {
		if d, ok := probeDiagnostic(m, p.result); ok {
			add(d)
		}
	}
	for _, export := range slices.Sorted(maps.Keys(st.exports)) {
		runs := st.exports[export]
		if len(runs.done) == 0 || runs.done[0].module != facts.state {
			continue
		}
		span, ok := exportSpan(m, export)
		if !ok {
			continue
		}
		for _, d := range runDiagnostic(m, runs.done[0], span, st.agreed) {
			add(d)
		}
	}
	return found
}

// limitChanged says whether an outcome speaks of a limit that the manifest has changed since.
func limitChanged(m *manifestcheck.Model, word call.Word, then manifestcheck.Budgets) bool {
	switch word {
	case call.TimedOut:
		return m.Budgets.Timeout != then.Timeout || m.Budgets.HardTimeout != then.HardTimeout
	case call.MemoryLimit:
		return m.Budgets.MaxMemoryMiB != then.MaxMemoryMiB
	}
	return false
}

// exportSpan is where an export stands in the manifest: where it is declared, else where it is bound.
func exportSpan(m *manifestcheck.Model, export string) (tomlsyntax.Span, bool) {
	for _, e := range m.Exports {
		if e.Name == export {
			return e.Span, true
		}
	}
	for _, b := range m.Bindings {
		if b.Export == export {
			return b.ExportSpan, true
		}
	}
	return tomlsyntax.Span{}, false
}

// probeDiagnostic is what a check of health has to say, on the export if it is declared, else on
// the module.
func probeDiagnostic(m *manifestcheck.Model, r call.Result) (manifestcheck.Diagnostic, bool) {
	span, ok := exportSpan(m, "health")
	if !ok {
		if span = m.ModulePath.Span; !m.ModulePath.OK {
			span = m.WasmHeader
		}
	}
	d := manifestcheck.Diagnostic{Span: span}
	switch {
	case r.Protocol != nil && (*r.Protocol < manifest.ProtocolMin || *r.Protocol > manifest.ProtocolMax):
		return d, false // protocol/module-outside-host says so
	case r.Health != nil && *r.Health == 0 || r.Outcome.Word == call.OK || r.Outcome.Word == call.Cancelled:
		return d, false
	case r.Health != nil:
		d.Code = "run/health"
		d.Message = fmt.Sprintf("health returned %d; 0 is healthy", *r.Health)
		if *r.Health == 1 {
			d.Message += ", every other number is not, 1 included"
		}
		return d, true
	}
	d.Code = codeOf(r.Outcome.Word)
	d.Message = "checking health: " + runlog.OneLine(r.Outcome.String())
	return d, true
}

// maxFrames bounds the frames of a stack that are shown.
const maxFrames = 16

// maxDeniedFindings bounds the findings about what one run was denied.
const maxDeniedFindings = 5

// runDiagnostic is what the last run of an export has to say, by a user who agreed to what the
// manifest asks for at a given time.
func runDiagnostic(m *manifestcheck.Model, r *runRecord, span tomlsyntax.Span, agreed time.Time) []manifestcheck.Diagnostic {
	var all []manifestcheck.Diagnostic
	told := make(map[call.Denial]bool)
	for _, denial := range r.result.Denials {
		if told[denial] || denial.Declared && denial.Why == "" && agreed.After(r.started) {
			continue
		}
		told[denial] = true
		if text, ok := project.DeniedText(m, denial); ok {
			all = append(all, manifestcheck.Diagnostic{Code: "run/denied", Span: span, Message: fmt.Sprintf("%s: %s", r.export, text)})
		}
		if len(all) == maxDeniedFindings {
			break
		}
	}
	switch word := r.result.Outcome.Word; {
	case word == call.OK, word == call.Denied, word == call.Cancelled, limitChanged(m, word, r.budgets):
		return all
	}
	d := manifestcheck.Diagnostic{Code: codeOf(r.result.Outcome.Word), Span: span}
	d.Message = fmt.Sprintf("%s: %s", r.export, runlog.OneLine(r.result.Outcome.String()))
	for i, f := range r.result.Stack {
		if f.Func == "" || i >= maxFrames {
			continue
		}
		at := f.Func
		if f.File != "" {
			at += fmt.Sprintf(" (%s:%d)", f.File, f.Line)
		}
		d.Related = append(d.Related, manifestcheck.Related{Span: span, Message: "in " + runlog.OneLine(at)})
	}
	return append(all, d)
}

func codeOf(w call.Word) string {
	switch w {
	case call.Trap:
		return "run/trap"
	case call.TimedOut:
		return "run/timeout"
	case call.MemoryLimit:
		return "run/memory"
	case call.Denied:
		return "run/denied"
	}
	return "run/failed"
}
