package plugins

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Host runs plugin code; package pool has one.
type Host interface {
	Do(ctx context.Context, req call.Request, sink func(call.Event)) call.Result
}

// Watcher is told what is seen while a run goes on. Its functions may be nil.
type Watcher struct {
	Line     func(call.LogLine)
	Progress func(text string)
}

// Run is what came of one call of one export.
type Run struct {
	Hook
	Started  time.Time
	Result   call.Result
	Log      *runlog.Log
	Findings []runlog.Finding // their paths are this machine's
}

// Text is the run in one line, in the words of the editor.
func (r *Run) Text() string { return runlog.Result(r.Result, r.Log) }

// OK says whether the run did what it should.
func (r *Run) OK() bool { return r.Result.Outcome.Word == call.OK }

// Call is one run that is asked for.
type Call struct {
	Hook
	Payload []byte // JSON; nil for what a save of File would send
	File    string // absolute; "" for none
	Grants  []call.Grant
}

// Run calls one export.
func (p *Plugin) Run(ctx context.Context, host Host, c Call, w Watcher) *Run {
	r := &Run{Hook: c.Hook, Started: time.Now(), Log: &runlog.Log{}}
	req := p.Request(call.Run)
	req.Export, req.Event, req.Granted = c.Export, c.Event, c.Grants
	if req.Payload = c.Payload; req.Payload == nil {
		req.Payload = project.Payload(p.Root, p.Path, c.Event, c.File)
	}
	s := sight{plugin: p, run: r, watch: w}
	r.Result = host.Do(ctx, req, s.take)
	s.denied(r.Result.Denials)
	return r
}

// sight takes what is seen while a run goes on.
type sight struct {
	plugin  *Plugin
	run     *Run
	watch   Watcher
	decoder runlog.Decoder
}

func (s *sight) take(e call.Event) {
	switch {
	case e.Log != nil:
		s.line(*e.Log)
	case e.Callback != nil && e.Callback.Name == "diagnostics":
		for _, n := range s.decoder.Decode(e.Callback.Payload, s.finding) {
			s.note(call.LevelWarn, n)
		}
	case e.Callback != nil && e.Callback.Name == "progress":
		if text := progressText(e.Callback.Payload); text != "" && s.watch.Progress != nil {
			s.watch.Progress(text)
		}
	case e.Callback != nil:
		s.note(call.LevelInfo, fmt.Sprintf("callback %q: %s", runlog.Clip(e.Callback.Name, 80), runlog.Clip(string(e.Callback.Payload), 400)))
	}
}

func (s *sight) line(l call.LogLine) {
	s.run.Log.Add(l)
	if s.watch.Line != nil {
		s.watch.Line(l)
	}
}

// note writes a line of this program's own into the run's log.
func (s *sight) note(level call.Level, text string) {
	s.line(call.LogLine{Time: time.Now(), Level: level, Source: call.SourceHost, Text: runlog.OneLine(text)})
}

func (s *sight) finding(f runlog.Finding) error {
	file, ok := project.HostPath(s.plugin.Root, f.Path)
	if !ok {
		return fmt.Errorf("its path %q lies outside of %s", runlog.Clip(f.Path, 200), project.GuestRoot)
	}
	f.Path = file
	f.Message, f.Rule = runlog.OneLine(f.Message), runlog.Clip(runlog.OneLine(f.Rule), 100)
	f.Severity = severity(f.Severity)
	s.run.Findings = append(s.run.Findings, f)
	return nil
}

// severity is a finding's severity in the words of check; what is none counts as a warning.
func severity(word string) string {
	switch word {
	case "error", "hint":
		return word
	case "info", "information", "note":
		return "information"
	}
	return "warning"
}

func progressText(payload []byte) string {
	var p struct {
		Title      string   `json:"title"`
		Message    string   `json:"message"`
		Percentage *float64 `json:"percentage"`
	}
	if json.Unmarshal(payload, &p) != nil {
		return ""
	}
	var parts []string
	for _, t := range []string{p.Title, p.Message} {
		if t = runlog.Clip(runlog.OneLine(t), 200); t != "" {
			parts = append(parts, t)
		}
	}
	if p.Percentage != nil {
		parts = append(parts, fmt.Sprintf("%.0f %%", min(max(*p.Percentage, 0), 100)))
	}
	return strings.Join(parts, " · ")
}

// maxDenials bounds the lines about what was denied.
const maxDenials = 20

// denied says, once for each thing, what to write so that it is allowed.
func (s *sight) denied(denials []call.Denial) {
	var told []call.Denial
	for _, d := range denials {
		if slices.Contains(told, d) || len(told) == maxDenials {
			continue
		}
		told = append(told, d)
		text, ok := project.DeniedText(s.plugin.Model, d)
		if !ok {
			continue
		}
		if d.Declared && d.Why == "" {
			grant := d.Capability
			if d.Target != "" && d.Capability != "exec" {
				grant += "=" + runlog.Clip(runlog.OneLine(d.Target), 200)
			}
			text += "; do so with --grant " + grant
		}
		s.note(call.LevelWarn, text)
	}
}

// Health is what a check of protocol and health showed.
type Health struct {
	Result call.Result
	Log    *runlog.Log
}

// Probe checks protocol and health, with no capability at all.
func (p *Plugin) Probe(ctx context.Context, host Host) *Health {
	h := &Health{Log: &runlog.Log{}}
	h.Result = host.Do(ctx, p.Request(call.Probe), func(e call.Event) {
		if e.Log != nil {
			h.Log.Add(*e.Log)
		}
	})
	return h
}

// OK says whether the plugin is healthy and speaks the host's protocol.
func (h *Health) OK() bool { return h.Result.Outcome.Word == call.OK }

// ProtocolOK says whether the host and the plugin speak one protocol.
func (h *Health) ProtocolOK() bool {
	p := h.Result.Protocol
	return p != nil && *p >= manifest.ProtocolMin && *p <= manifest.ProtocolMax
}

// Text is the health in one line, in the words of the editor.
func (h *Health) Text() string { return runlog.Health(h.Result) }
