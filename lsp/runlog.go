package lsp

import (
	"fmt"
	"strings"
	"sync"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

const (
	// maxRunLines and maxRunBytes bound what is kept of one run's output.
	maxRunLines = 5000
	maxRunBytes = 1 << 20
)

// runLog is the captured output of one run. It grows while the run goes on and may be read
// meanwhile.
type runLog struct {
	mu       sync.Mutex
	lines    []call.LogLine
	bytes    int
	dropped  int
	warnings int
	errors   int
}

// add keeps a line, unless the log is full: then it is only counted.
func (l *runLog) add(line call.LogLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch line.Level {
	case call.LevelWarn:
		l.warnings++
	case call.LevelError:
		l.errors++
	}
	if len(l.lines) >= maxRunLines || l.bytes+len(line.Text) > maxRunBytes {
		l.dropped++
		return
	}
	l.lines = append(l.lines, line)
	l.bytes += len(line.Text)
}

// read returns the lines so far, and how many were left out.
func (l *runLog) read() (lines []call.LogLine, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines[:len(l.lines):len(l.lines)], l.dropped
}

// summary counts the lines for a lens: "3 log lines (1 warning)", "" for none.
func (l *runLog) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.lines) + l.dropped
	if n == 0 {
		return ""
	}
	text := plural(n, "log line")
	var bad []string
	if l.errors > 0 {
		bad = append(bad, plural(l.errors, "error"))
	}
	if l.warnings > 0 {
		bad = append(bad, plural(l.warnings, "warning"))
	}
	if len(bad) > 0 {
		text += " (" + strings.Join(bad, ", ") + ")"
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
