package wasmhost

import (
	"bytes"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/plaintext"
)

// Bounds on what one run may emit.
const (
	logBurst      = 1000    // lines kept before the rate counts
	logRate       = 10      // lines a second kept beyond the burst
	maxLineBytes  = 8 << 10 // longer lines are cut
	maxLogBytes   = 4 << 20 // text kept of one run
	lineCutMarker = "… (cut)"
)

// output is where all that a run shows goes: log lines of every source and accepted callbacks.
// It is safe for concurrent use, and calls sink one at a time.
type output struct {
	mu      sync.Mutex
	sink    func(call.Event)
	kept    func(level call.Level, text string) // lines of samuel.log that were kept
	tokens  float64
	last    time.Time // of the line before; zero: none
	bytes   int
	dropped int
}

func newOutput(sink func(call.Event)) *output {
	return &output{sink: sink, tokens: logBurst}
}

// text emits what a guest wrote as one or more lines.
func (o *output) text(level call.Level, source call.Source, text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	for first := true; first || len(text) > 0; first = false {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		text = rest
		o.line(now, level, source, line)
	}
}

// host emits a remark of the host itself.
func (o *output) host(level call.Level, format string, args ...any) {
	o.text(level, call.SourceHost, fmt.Appendf(nil, format, args...))
}

// line emits one line if the rate and the budget allow.
func (o *output) line(now time.Time, level call.Level, source call.Source, raw []byte) {
	o.tokens = min(o.tokens+now.Sub(o.last).Seconds()*logRate, logBurst)
	o.last = now
	if o.tokens < 1 || o.bytes >= maxLogBytes {
		o.dropped++
		return
	}
	o.tokens--
	o.reportDropped(now)
	text := cleanLine(raw)
	o.bytes += len(text)
	if o.kept != nil && source == call.SourceLog {
		o.kept(level, text)
	}
	o.sink(call.Event{Log: &call.LogLine{Time: now, Level: level, Source: source, Text: text}})
}

func (o *output) reportDropped(now time.Time) {
	if o.dropped == 0 {
		return
	}
	text := fmt.Sprintf("%d lines dropped", o.dropped)
	o.dropped = 0
	o.sink(call.Event{Log: &call.LogLine{Time: now, Level: call.LevelWarn, Source: call.SourceHost, Text: text}})
}

// callback hands an accepted callback on.
func (o *output) callback(name string, payload []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sink(call.Event{Callback: &call.Callback{Name: name, Payload: payload}})
}

// flush says what was dropped and not yet said.
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.dropped > 0 {
		o.reportDropped(time.Now())
	}
}

// lineWriter turns a byte stream into lines. It belongs to one goroutine.
type lineWriter struct {
	emit    func(line []byte)
	partial []byte
	cut     bool // the rest of an overlong line is being skipped
}

// Write implements io.Writer and never fails.
func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, rest, full := bytes.Cut(p, []byte{'\n'})
		p = rest
		if room := maxLineBytes + 1 - len(w.partial); len(line) > room {
			line, w.cut = line[:room], true
		}
		if w.cut && len(w.partial) > maxLineBytes {
			line = nil
		}
		w.partial = append(w.partial, line...)
		if full {
			w.flushLine()
		}
	}
	return n, nil
}

// flush emits a last line that has no end.
func (w *lineWriter) flush() {
	if len(w.partial) > 0 {
		w.flushLine()
	}
}

func (w *lineWriter) flushLine() {
	w.emit(w.partial)
	w.partial, w.cut = w.partial[:0], false
}

// cleanLine makes one safe line of guest text: valid UTF-8 without terminal sequences, control
// characters or marks that reorder what is shown; cut where it is overlong.
func cleanLine(raw []byte) string {
	cut := len(raw) > maxLineBytes
	if cut {
		raw = raw[:maxLineBytes]
	}
	if !cut && plainASCII(raw) {
		return string(raw)
	}
	out := make([]byte, 0, len(raw)+len(lineCutMarker))
	for i := 0; i < len(raw); {
		if len(out) > maxLineBytes-utf8.UTFMax {
			cut = true // what is no UTF-8 grows when it is replaced
			break
		}
		r, size := utf8.DecodeRune(raw[i:])
		if plaintext.Escapes(r) {
			i += plaintext.EscapeLength(raw[i:])
			continue
		}
		switch {
		case r == '\t' || plaintext.Breaks(r):
			out = append(out, ' ')
		case plaintext.Controls(r) || plaintext.Reorders(r):
		default:
			out = utf8.AppendRune(out, r)
		}
		i += size
	}
	if cut {
		out = append(out, lineCutMarker...)
	}
	return string(out)
}

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}
