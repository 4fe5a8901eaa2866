// Package runlog keeps what a plugin's run prints, and says in words what came of the run. The
// editor's lenses and logs and the command line use the same words.
package runlog

import (
	"fmt"
	"strings"
	"sync"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

const (
	// maxLines and maxBytes bound what is kept of one run's output.
	maxLines = 5000
	maxBytes = 1 << 20
)

// Log is the captured output of one run. It grows while the run goes on and may be read meanwhile.
// The zero Log is empty.
type Log struct {
	mu       sync.Mutex
	lines    []call.LogLine
	bytes    int
	dropped  int
	warnings int
	errors   int
}

// Add keeps a line, unless the log is full: then it is only counted.
func (l *Log) Add(line call.LogLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch line.Level {
	case call.LevelWarn:
		l.warnings++
	case call.LevelError:
		l.errors++
	}
	if len(l.lines) >= maxLines || l.bytes+len(line.Text) > maxBytes {
		l.dropped++
		return
	}
	l.lines = append(l.lines, line)
	l.bytes += len(line.Text)
}

// Read returns the lines so far, and how many were left out.
func (l *Log) Read() (lines []call.LogLine, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[:len(l.lines):len(l.lines)], l.dropped
}

// Summary counts the lines for a lens: "3 log lines (1 warning)", "" for none.
func (l *Log) Summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.lines) + l.dropped
	if n == 0 {
		return ""
	}
	text := Plural(n, "log line")
	var bad []string
	if l.errors > 0 {
		bad = append(bad, Plural(l.errors, "error"))
	}
	if l.warnings > 0 {
		bad = append(bad, Plural(l.warnings, "warning"))
	}
	if len(bad) > 0 {
		text += " (" + strings.Join(bad, ", ") + ")"
	}
	return text
}

// Line is a line of output as it is shown: time, level, source and text.
func Line(l call.LogLine) string {
	return fmt.Sprintf("%s  %-5s  %-6s  %s", l.Time.Format("15:04:05.000"), l.Level, l.Source, OneLine(l.Text))
}

// Plural is a number with what it counts, in English.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
