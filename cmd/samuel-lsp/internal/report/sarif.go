package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	toolName = "samuel-lsp"
	toolURI  = "https://github.com/samuelpkg/samuel-lsp"
	// sarifRoot is what relative URIs start from. Its value is left to the reader, as the same
	// checkout lies elsewhere there.
	sarifRoot = "%SRCROOT%"
)

// sarifWriter writes one run of SARIF 2.1.0. Every run lists every rule in the same order, so
// that the reports of several shards merge by putting their runs side by side, or by joining
// the results of runs of the same version.
func sarifWriter(opts Options) Writer {
	return func(w io.Writer, files []File) error {
		report, err := sarif.New(sarif.Version210)
		if err != nil {
			return fmt.Errorf("writing SARIF: %w", err)
		}
		driver, index := describeTool(opts.Version)
		run := sarif.NewRun(*sarif.NewTool(driver)).
			WithOriginalUriBaseIds(map[string]*sarif.ArtifactLocation{
				sarifRoot: sarif.NewArtifactLocation().WithDescriptionText("The root of the checkout, or the folder that the check ran in."),
			}).
			WithColumnKind("unicodeCodePoints").
			WithNewlineSequences([]string{"\r\n", "\n", "\r"})
		for _, f := range files {
			s := sarifSource{lines: newLines(f.Source), artifact: sarifArtifact(opts.place(f.Path))}
			for _, d := range f.Diagnostics {
				res := s.result(d)
				if i, ok := index[d.Code]; ok {
					res.WithRuleIndex(i)
				}
				// Not run.AddResult: it searches the rules for each, and numbers those it does not find.
				run.Results = append(run.Results, res)
			}
		}
		report.AddRun(run)
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
}

// describeTool names this program and its rules; index is where a rule stands among them.
func describeTool(version string) (driver *sarif.ToolComponent, index map[string]int) {
	driver = sarif.NewVersionedDriver(toolName, version).WithInformationURI(toolURI)
	if _, problem := semrange.ParseSemver(version); problem == nil {
		driver.WithSemanticVersion(version)
	}
	index = map[string]int{}
	for i, r := range manifestcheck.Rules() {
		index[r.Code] = i
		driver.Rules = append(driver.Rules, describeRule(r))
	}
	return driver, index
}

func describeRule(r manifestcheck.Rule) *sarif.ReportingDescriptor {
	why := sarif.NewMultiformatMessageString(r.Why)
	return sarif.NewRule(r.Code).
		WithDescription(r.Summary).WithFullDescription(why).
		WithHelpURI(manifestcheck.RuleURL(r.Code)).WithHelp(why).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(r.Severity)))
}

// sarifSource is a file that findings stand in.
type sarifSource struct {
	lines    *lines
	artifact *sarif.ArtifactLocation
}

func (s *sarifSource) result(d manifestcheck.Diagnostic) *sarif.Result {
	res := sarif.NewRuleResult(d.Code).
		WithLevel(sarifLevel(d.Severity)).
		WithMessage(sarif.NewTextMessage(d.Message))
	res.AddLocation(s.location(d.Span))
	for _, r := range d.Related {
		res.AddRelatedLocation(s.location(r.Span).WithDescriptionText(r.Message))
	}
	for _, x := range d.Fixes {
		change := sarif.NewArtifactChange(s.artifact)
		for _, e := range x.Edits {
			change.WithReplacement(sarif.NewReplacement(s.region(e.Span)).
				WithInsertedContent(sarif.NewArtifactContent().WithText(e.Text)))
		}
		if len(change.Replacements) > 0 {
			res.AddFix(sarif.NewFix().WithDescriptionText(x.Title).WithArtifactChanges([]*sarif.ArtifactChange{change}))
		}
	}
	return res
}

func (s *sarifSource) location(span tomlsyntax.Span) *sarif.Location {
	return sarif.NewLocationWithPhysicalLocation(
		sarif.NewPhysicalLocation().WithArtifactLocation(s.artifact).WithRegion(s.region(span)))
}

func (s *sarifSource) region(span tomlsyntax.Span) *sarif.Region {
	start, end := s.lines.position(span.Start), s.lines.position(span.End)
	return sarif.NewRegion().
		WithStartLine(start.Line).WithStartColumn(start.Column).
		WithEndLine(end.Line).WithEndColumn(end.Column).
		WithByteOffset(span.Start).WithByteLength(span.End - span.Start)
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

// sarifArtifact gives relative paths as relative references, which viewers resolve against the
// checkout, and absolute ones as file URIs.
func sarifArtifact(path string) *sarif.ArtifactLocation {
	slashed := filepath.ToSlash(path)
	if !filepath.IsAbs(path) {
		return sarif.NewSimpleArtifactLocation((&url.URL{Path: slashed}).String()).WithUriBaseId(sarifRoot)
	}
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive letter
	}
	return sarif.NewSimpleArtifactLocation((&url.URL{Scheme: "file", Path: slashed}).String())
}
