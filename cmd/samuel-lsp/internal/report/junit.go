package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Failure   *junitFailure `xml:"failure"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one suite a file and one case a finding; a file without findings is one case
// that passed. Errors and warnings are failures, weaker findings pass with their text as output.
func writeJUnit(w io.Writer, files []File) error {
	var out junitSuites
	for _, f := range files {
		l := newLines(f.Source)
		suite := junitSuite{Name: printable(f.Path)}
		for _, d := range f.Diagnostics {
			at := l.position(d.Span.Start)
			where := fmt.Sprintf("%s:%d:%d", f.Path, at.Line, at.Column)
			c := junitCase{Name: printable(fmt.Sprintf("%s (%d:%d)", d.Code, at.Line, at.Column)), ClassName: printable(f.Path)}
			text := printable(fmt.Sprintf("%s: %s: %s", where, d.Severity.String(), d.Message))
			if d.Severity >= manifestcheck.Warning {
				c.Failure = &junitFailure{Message: printable(d.Message), Type: d.Severity.String(), Text: text}
				suite.Failures++
			} else {
				c.Out = text
			}
			suite.Cases = append(suite.Cases, c)
		}
		if len(suite.Cases) == 0 {
			suite.Cases = append(suite.Cases, junitCase{Name: "no findings", ClassName: printable(f.Path)})
		}
		suite.Tests = len(suite.Cases)
		out.Tests += suite.Tests
		out.Failures += suite.Failures
		out.Suites = append(out.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
