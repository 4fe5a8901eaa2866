package pool

import (
	"strings"
	"unicode"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// fate says why a child ended on its own: it ran out of the memory it may use, or it crashed. It
// waits for the process to be reaped.
func (w *worker) fate() call.Outcome {
	<-w.exited
	printed := w.stderr.String()
	o := call.Outcome{Word: call.Crashed, Text: w.cmd.ProcessState.String()}
	if w.cmd.ProcessState.ExitCode() == exitMemory || outOfMemory(printed) {
		o.Word = call.MemoryLimit
	}
	if first := firstLine(printed); first != "" {
		o.Text += ": " + first
	}
	return o
}

// outOfMemory recognises how the Go runtime says that the system gave it no memory.
func outOfMemory(printed string) bool {
	for _, said := range []string{"out of memory", "failed to allocate", "cannot allocate memory", "cannot map pages", "cannot reserve arena"} {
		if strings.Contains(printed, said) {
			return true
		}
	}
	return false
}

// firstLine returns the first line that says something, without control characters.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, strings.ToValidUTF8(line, "\uFFFD")))
		if line != "" {
			return line
		}
	}
	return ""
}
