package runlog

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/plaintext"
)

// Result is a finished run in one line: "ok · 1.2 ms · 3 log lines (1 warning)", or what went wrong
// and nothing else.
func Result(r call.Result, log *Log) string {
	if r.Outcome.Word != call.OK {
		return Clip(OneLine(r.Outcome.String()), 160)
	}
	text := "ok · " + Duration(r.Duration)
	if lines := log.Summary(); lines != "" {
		text += " · " + lines
	}
	return text
}

// Health is a probe in one line: "health ok · protocol 1 · 0.3 ms", or what went wrong.
func Health(r call.Result) string {
	switch {
	case r.Health != nil && *r.Health != 0:
		return fmt.Sprintf("health failed (%d)", *r.Health)
	case r.Outcome.Word != call.OK:
		return "health " + Clip(OneLine(r.Outcome.String()), 160)
	}
	text := "health ok"
	if r.Health == nil {
		text = "no health export"
	}
	if r.Protocol != nil {
		text += fmt.Sprintf(" · protocol %d", *r.Protocol)
	}
	return text + " · " + Duration(r.Duration)
}

// Duration shows a duration with the precision that a reader wants: 0.3 ms, 12.4 ms, 240 ms, 3.1 s.
func Duration(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 99.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Clip bounds a text, by bytes, at a character.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// Plain is a guest's text without what could drive a terminal or an editor, or make it look like
// another text: terminal sequences, control characters, marks that reorder what is shown, and
// invalid bytes. Line breaks stay.
func Plain(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case plaintext.Escapes(r):
			size = plaintext.EscapeLength(s[i:])
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case plaintext.Breaks(r):
			b.WriteByte('\n')
		case plaintext.Controls(r) || plaintext.Reorders(r) || r == utf8.RuneError:
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// OneLine is Plain on one line.
func OneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(Plain(s)))
}
