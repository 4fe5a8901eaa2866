package report

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	toolName = "samuel-lsp"
	toolURI  = "https://github.com/samuelpkg/samuel-lsp"
)

// sarifWriter writes one run of SARIF 2.1.0. Every run lists every rule in the same order, so
// that the reports of several shards merge by putting their runs side by side, or by joining
// the results of runs of the same version.
func sarifWriter(version string) Writer {
	return func(w io.Writer, files []File) error {
		run := sarif.NewRunWithInformationURI(toolName, toolURI)
		run.Tool.Driver.WithSemanticVersion(version).WithVersion(version)
		run.WithColumnKind("unicodeCodePoints")
		index := map[string]int{}
		for i, r := range manifestcheck.Rules() {
			index[r.Code] = i
			run.Tool.Driver.AddRule(sarifRule(r))
		}
		for _, f := range files {
			l := newLines(f.Source)
			uri := sarifURI(f.Path)
			for _, d := range f.Diagnostics {
				run.AddResult(sarifResult(d, uri, l, index))
			}
		}
		report := sarif.NewReport()
		report.AddRun(run)
		if err := report.PrettyWrite(w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	}
}

func sarifRule(r manifestcheck.Rule) *sarif.ReportingDescriptor {
	return sarif.NewReportingDescriptor().WithID(r.Code).
		WithShortDescription(sarifMessage(r.Summary)).
		WithFullDescription(sarifMessage(r.Why)).
		WithHelpURI(manifestcheck.RuleURL(r.Code)).
		WithHelp(sarifMessage(r.Why)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(r.Severity)))
}

func sarifMessage(text string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(text)
}

func sarifResult(d manifestcheck.Diagnostic, uri string, l *lines, index map[string]int) *sarif.Result {
	res := sarif.NewRuleResult(d.Code).WithLevel(sarifLevel(d.Severity)).
		WithMessage(sarif.NewTextMessage(d.Message)).
		WithLocations([]*sarif.Location{sarifLocation(uri, l, d.Span)})
	if i, ok := index[d.Code]; ok {
		res.WithRuleIndex(i)
	}
	for _, r := range d.Related {
		res.AddRelatedLocation(sarifLocation(uri, l, r.Span).WithMessage(sarif.NewTextMessage(r.Message)))
	}
	for _, x := range d.Fixes {
		change := sarif.NewArtifactChange().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri))
		for _, e := range x.Edits {
			change.AddReplacement(sarif.NewReplacement().WithDeletedRegion(sarifRegion(l, e.Span)).
				WithInsertedContent(sarif.NewArtifactContent().WithText(e.Text)))
		}
		if len(change.Replacements) > 0 {
			res.AddFixe(sarif.NewFix().WithDescription(sarif.NewTextMessage(x.Title)).WithArtifactChanges([]*sarif.ArtifactChange{change}))
		}
	}
	return res
}

func sarifLocation(uri string, l *lines, s tomlsyntax.Span) *sarif.Location {
	return sarif.NewLocation().WithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri)).
		WithRegion(sarifRegion(l, s)))
}

func sarifRegion(l *lines, s tomlsyntax.Span) *sarif.Region {
	start, end := l.position(s.Start), l.position(s.End)
	return sarif.NewRegion().WithStartLine(start.Line).WithStartColumn(start.Column).
		WithEndLine(end.Line).WithEndColumn(end.Column).
		WithByteOffset(s.Start).WithByteLength(s.End - s.Start)
}

func sarifLevel(s manifestcheck.Severity) string {
	switch s {
	case manifestcheck.Error:
		return "error"
	case manifestcheck.Warning:
		return "warning"
	case manifestcheck.Off:
		return "none"
	}
	return "note"
}

// sarifURI gives relative paths as relative references, which viewers resolve against the
// checkout, and absolute ones as file URIs.
func sarifURI(path string) string {
	slashed := filepath.ToSlash(path)
	if !filepath.IsAbs(path) {
		return (&url.URL{Path: slashed}).String()
	}
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive letter
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}
