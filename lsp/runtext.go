package lsp

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// resultText is a finished run in one line: "ok · 1.2 ms · 3 log lines (1 warning)", or what went
// wrong and nothing else.
func resultText(r *runRecord) string {
	if r.result.Outcome.Word != call.OK {
		return clip(oneLine(r.result.Outcome.String()), 160)
	}
	text := "ok · " + shortDuration(r.result.Duration)
	if lines := r.log.summary(); lines != "" {
		text += " · " + lines
	}
	return text
}

// healthText is a probe in one line: "health ok · protocol 1 · 0.3 ms", or what went wrong.
func healthText(r call.Result) string {
	switch {
	case r.Health != nil && *r.Health != 0:
		return fmt.Sprintf("health failed (%d)", *r.Health)
	case r.Outcome.Word != call.OK:
		return "health " + clip(oneLine(r.Outcome.String()), 160)
	}
	text := "health ok"
	if r.Health == nil {
		text = "no health export"
	}
	if r.Protocol != nil {
		text += fmt.Sprintf(" · protocol %d", *r.Protocol)
	}
	return text + " · " + shortDuration(r.Duration)
}

// shortDuration shows a duration with the precision that a reader wants: 0.3 ms, 12.4 ms, 240 ms, 3.1 s.
func shortDuration(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case ms < 99.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// clip bounds a text, by bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// plainText is a guest's text without what could drive a terminal or an editor: control characters
// and invalid bytes. Line breaks stay.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// oneLine is plainText on one line.
func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(plainText(s)))
}
