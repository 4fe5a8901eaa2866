package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// gitHubWriter writes workflow commands, which GitHub shows as annotations on the changed lines.
func gitHubWriter(opts Options) Writer {
	return func(w io.Writer, files []File) error { return writeGitHub(w, files, opts) }
}

func writeGitHub(w io.Writer, files []File, opts Options) error {
	b := bufio.NewWriter(w)
	for _, f := range files {
		l := newLines(f.Source)
		path := githubProperty.Replace(filepath.ToSlash(opts.place(f.Path)))
		for _, d := range f.Diagnostics {
			command := "notice"
			switch d.Severity {
			case manifestcheck.Error:
				command = "error"
			case manifestcheck.Warning:
				command = "warning"
			}
			start, end := l.position(d.Span.Start), l.position(d.Span.End)
			place := fmt.Sprintf("line=%d,endLine=%d", start.Line, end.Line)
			if start.Line == end.Line {
				// GitHub drops columns of ranges over several lines.
				place += fmt.Sprintf(",col=%d,endColumn=%d", start.Column, max(end.Column, start.Column+1))
			}
			fmt.Fprintf(b, "::%s file=%s,%s,title=%s::%s\n", command, path, place,
				githubProperty.Replace(d.Code), githubMessage.Replace(d.Message))
		}
	}
	return b.Flush()
}
