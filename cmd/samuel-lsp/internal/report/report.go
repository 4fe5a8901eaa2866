// Package report writes findings for people and for other tools: text with carets, JSON, SARIF
// 2.1.0, GitHub workflow commands and JUnit XML. It decides nothing: what is a finding, and how
// severe it is, comes from package manifestcheck; every format shows the same findings in the
// order given.
package report

import (
	"fmt"
	"io"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// File is one checked source with what was found in it.
type File struct {
	Path        string // as shown to the user
	Source      string
	Diagnostics []manifestcheck.Diagnostic
}

// Writer writes a whole report: every file that was checked, also those without findings.
type Writer func(w io.Writer, files []File) error

// Formats names the formats New knows, in the order shown in help texts.
func Formats() []string { return []string{"text", "json", "sarif", "github", "junit"} }

// Options say what a report is told beside the findings.
type Options struct {
	// Version is this program's own, for formats that name their tool.
	Version string
	// Color asks for ANSI colours where the format has them.
	Color bool
	// Root is the root of the checkout (absolute). Formats that are shown beside a repository, sarif
	// and github, name files from there; where it is "" or does not hold a file, as they are given.
	Root string
}

// New returns the writer of a format.
func New(format string, opts Options) (Writer, error) {
	switch format {
	case "text":
		return textWriter(opts.Color), nil
	case "json":
		return writeJSON, nil
	case "sarif":
		return sarifWriter(opts), nil
	case "github":
		return gitHubWriter(opts), nil
	case "junit":
		return writeJUnit, nil
	}
	return nil, fmt.Errorf("unknown format %q; use one of %s", format, strings.Join(Formats(), ", "))
}

// place is a file's path as seen from the root.
func (o Options) place(path string) string {
	if o.Root == "" {
		return path
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(o.Root, abs); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// Position is a place in a source: line and column count from 1, the column in code points,
// as compilers and SARIF's unicodeCodePoints do.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// lines finds positions in one source. Lines end at \n, \r\n or a lone \r.
type lines struct {
	src    string
	starts []int
	// What was asked for last: findings come in order, and many may stand on one long line.
	last   Position
	offset int
}

func newLines(src string) *lines {
	l := &lines{src: src, starts: []int{0}}
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				i++
			}
			l.starts = append(l.starts, i+1)
		case '\n':
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// index returns the number of the line that holds offset, from 0.
func (l *lines) index(offset int) int {
	return sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > offset }) - 1
}

func (l *lines) position(offset int) Position {
	offset = min(max(offset, 0), len(l.src))
	i := l.index(offset)
	start, column := l.skipBOM(i), 1
	offset = max(offset, start)
	if l.last.Line == i+1 && l.offset <= offset {
		start, column = l.offset, l.last.Column
	}
	l.last, l.offset = Position{Line: i + 1, Column: column + utf8.RuneCountInString(l.src[start:offset])}, offset
	return l.last
}

// skipBOM is the start of line i without a byte order mark, which editors don't count as a column.
func (l *lines) skipBOM(i int) int {
	if i == 0 && strings.HasPrefix(l.src, "\uFEFF") {
		return len("\uFEFF")
	}
	return l.starts[i]
}

// text returns line i (from 0) without its line end, and the offset it starts at.
func (l *lines) text(i int) (string, int) {
	start, end := l.skipBOM(i), len(l.src)
	if i+1 < len(l.starts) {
		end = l.starts[i+1]
	}
	return strings.TrimRight(l.src[start:end], "\r\n"), start
}
