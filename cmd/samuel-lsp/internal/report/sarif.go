package report

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	toolName = "samuel-lsp"
	toolURI  = "https://github.com/samuelpkg/samuel-lsp"
)

// sarifWriter writes one run of SARIF 2.1.0. Every run lists every rule in the same order, so
// that the reports of several shards merge by putting their runs side by side, or by joining
// the results of runs of the same version.
func sarifWriter(opts Options) Writer {
	return func(w io.Writer, files []File) error {
		run := sarifRun{
			Tool: sarifTool{sarifDriver{Name: toolName, InformationURI: toolURI, Version: opts.Version}},
			OriginalURIBaseIDs: map[string]sarifArtifactLocation{
				sarifRoot: {Description: &sarifText{"The root of the checkout, or the folder that the check ran in."}},
			},
			ColumnKind:       "unicodeCodePoints",
			NewlineSequences: []string{"\r\n", "\n", "\r"},
			Results:          []sarifResult{},
		}
		if _, problem := semrange.ParseSemver(opts.Version); problem == nil {
			run.Tool.Driver.SemanticVersion = opts.Version
		}
		index := map[string]int{}
		for i, r := range manifestcheck.Rules() {
			index[r.Code] = i
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, describeRule(r))
		}
		for _, f := range files {
			s := sarifSource{lines: newLines(f.Source), artifact: sarifArtifact(opts.place(f.Path))}
			for _, d := range f.Diagnostics {
				res := s.result(d)
				if i, ok := index[d.Code]; ok {
					res.RuleIndex = &i
				}
				run.Results = append(run.Results, res)
			}
		}
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
	}
}

func describeRule(r manifestcheck.Rule) sarifRule {
	return sarifRule{
		ID: r.Code, ShortDescription: sarifText{r.Summary}, FullDescription: sarifText{r.Why},
		HelpURI: manifestcheck.RuleURL(r.Code), Help: sarifText{r.Why},
		Configuration: sarifDefault{sarifLevel(r.Severity)},
	}
}

// sarifSource is a file that findings stand in.
type sarifSource struct {
	lines    *lines
	artifact sarifArtifactLocation
}

func (s *sarifSource) result(d manifestcheck.Diagnostic) sarifResult {
	res := sarifResult{
		RuleID: d.Code, Level: sarifLevel(d.Severity), Message: sarifText{d.Message},
		Locations: []sarifLocation{s.location(d.Span, nil)},
	}
	for _, r := range d.Related {
		res.RelatedLocations = append(res.RelatedLocations, s.location(r.Span, &sarifText{r.Message}))
	}
	for _, x := range d.Fixes {
		change := sarifChange{Artifact: s.artifact}
		for _, e := range x.Edits {
			change.Replacements = append(change.Replacements, sarifReplacement{Deleted: s.region(e.Span), Inserted: sarifText{e.Text}})
		}
		if len(change.Replacements) > 0 {
			res.Fixes = append(res.Fixes, sarifFix{Description: sarifText{x.Title}, Changes: []sarifChange{change}})
		}
	}
	return res
}

func (s *sarifSource) location(span tomlsyntax.Span, message *sarifText) sarifLocation {
	return sarifLocation{Physical: sarifPhysicalLocation{Artifact: s.artifact, Region: s.region(span)}, Message: message}
}

func (s *sarifSource) region(span tomlsyntax.Span) sarifRegion {
	start, end := s.lines.position(span.Start), s.lines.position(span.End)
	return sarifRegion{
		StartLine: start.Line, StartColumn: start.Column, EndLine: end.Line, EndColumn: end.Column,
		ByteOffset: span.Start, ByteLength: span.End - span.Start,
	}
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
func sarifArtifact(path string) sarifArtifactLocation {
	slashed := filepath.ToSlash(path)
	if !filepath.IsAbs(path) {
		return sarifArtifactLocation{URI: (&url.URL{Path: slashed}).String(), URIBaseID: sarifRoot}
	}
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive letter
	}
	return sarifArtifactLocation{URI: (&url.URL{Scheme: "file", Path: slashed}).String()}
}
