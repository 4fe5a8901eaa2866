package main

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/plugins"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// runsJSON is what run prints for programs.
type runsJSON struct {
	Plugin   string    `json:"plugin"`
	Manifest string    `json:"manifest"`
	Project  string    `json:"project"`
	OK       bool      `json:"ok"`
	Runs     []runJSON `json:"runs"`
}

type runJSON struct {
	Export     string           `json:"export"`
	Event      string           `json:"event,omitempty"`
	Word       call.Word        `json:"word"`
	Outcome    string           `json:"outcome"`
	DurationMS float64          `json:"duration_ms"`
	CompileMS  float64          `json:"compile_ms,omitempty"`
	Reply      json.RawMessage  `json:"reply,omitempty"`
	Findings   []runlog.Finding `json:"findings"`
	Denials    []call.Denial    `json:"denials"`
	Stack      []call.Frame     `json:"stack,omitempty"`
	Wrote      []string         `json:"wrote"`
	Log        []call.LogLine   `json:"log"`
	LogDropped int              `json:"log_dropped,omitempty"`
}

func runReport(p *plugins.Plugin, runs []*plugins.Run) runsJSON {
	out := runsJSON{Plugin: p.Name(), Manifest: p.Path, Project: p.Root, OK: true, Runs: []runJSON{}}
	for _, r := range runs {
		lines, dropped := r.Log.Read()
		j := runJSON{
			Export: r.Export, Event: r.Event, Word: r.Result.Outcome.Word, Outcome: r.Result.Outcome.String(),
			DurationMS: ms(r.Result.Duration), CompileMS: ms(r.Result.Compile),
			Findings: notNil(r.Findings), Denials: notNil(r.Result.Denials), Stack: r.Result.Stack, Wrote: notNil(r.Result.Wrote),
			Log: notNil(lines), LogDropped: dropped,
		}
		if json.Valid(r.Result.Reply) {
			j.Reply = r.Result.Reply
		}
		out.OK = out.OK && r.OK()
		out.Runs = append(out.Runs, j)
	}
	return out
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// notNil makes JSON show an empty list as one.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// status is the text of a progress line: what goes on, since when, and what it says of itself.
type status struct {
	what    string
	started time.Time
	mu      sync.Mutex
	said    string
}

func newStatus(what string) *status { return &status{what: what, started: time.Now()} }

func (s *status) set(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = text
}

func (s *status) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.what + " · " + time.Since(s.started).Round(100*time.Millisecond).String()
	if s.said != "" {
		text += " · " + s.said
	}
	return text
}
