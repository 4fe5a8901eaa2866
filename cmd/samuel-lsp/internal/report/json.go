package report

import (
	"encoding/json"
	"io"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// jsonVersion is raised when a field of the JSON report changes its meaning; new fields don't raise it.
const jsonVersion = 1

type jsonReport struct {
	Version int            `json:"version"`
	Files   []jsonFile     `json:"files"`
	Summary map[string]int `json:"summary"`
}

type jsonFile struct {
	Path        string           `json:"path"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Code     string        `json:"code"`
	Severity string        `json:"severity"`
	Message  string        `json:"message"`
	URL      string        `json:"url"`
	Range    jsonRange     `json:"range"`
	Related  []jsonRelated `json:"related,omitempty"`
	Fixes    []jsonFix     `json:"fixes,omitempty"`
}

// jsonRange gives a range both as line and column and as byte offsets, half open.
type jsonRange struct {
	Start       Position `json:"start"`
	End         Position `json:"end"`
	StartOffset int      `json:"start_offset"`
	EndOffset   int      `json:"end_offset"`
}

type jsonRelated struct {
	Message string    `json:"message"`
	Range   jsonRange `json:"range"`
}

type jsonFix struct {
	Title string     `json:"title"`
	Safe  bool       `json:"safe"`
	Edits []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Range jsonRange `json:"range"`
	Text  string    `json:"text"`
}

func (l *lines) jsonRange(s tomlsyntax.Span) jsonRange {
	return jsonRange{Start: l.position(s.Start), End: l.position(s.End), StartOffset: s.Start, EndOffset: s.End}
}

func writeJSON(w io.Writer, files []File) error {
	out := jsonReport{Version: jsonVersion, Files: []jsonFile{}, Summary: map[string]int{"files": len(files)}}
	for s := manifestcheck.Hint; s <= manifestcheck.Error; s++ {
		out.Summary[s.String()] = 0
	}
	for _, f := range files {
		l := newLines(f.Source)
		jf := jsonFile{Path: f.Path, Diagnostics: []jsonDiagnostic{}}
		for _, d := range f.Diagnostics {
			out.Summary[d.Severity.String()]++
			jd := jsonDiagnostic{
				Code: d.Code, Severity: d.Severity.String(), Message: d.Message,
				URL: manifestcheck.RuleURL(d.Code), Range: l.jsonRange(d.Span),
			}
			for _, r := range d.Related {
				jd.Related = append(jd.Related, jsonRelated{Message: r.Message, Range: l.jsonRange(r.Span)})
			}
			for _, x := range d.Fixes {
				jx := jsonFix{Title: x.Title, Safe: x.Safe, Edits: []jsonEdit{}}
				for _, e := range x.Edits {
					jx.Edits = append(jx.Edits, jsonEdit{Range: l.jsonRange(e.Span), Text: e.Text})
				}
				jd.Fixes = append(jd.Fixes, jx)
			}
			jf.Diagnostics = append(jf.Diagnostics, jd)
		}
		out.Files = append(out.Files, jf)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
