package lsp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// runJob is one job on one plugin: one or more calls, with the same consent and payload.
type runJob struct {
	s       *Server
	plugin  *plugin
	granted bool
	files   []string // what was saved, the newest last
	found   map[uri.URI][]protocol.Diagnostic
}

// runHooks calls exports of a plugin one after another, and shows what its findings are. It
// returns the record of each, and stops where ctx ends.
func (s *Server) runHooks(ctx context.Context, p *plugin, hooks []hook, files []string, byHand bool) []*runRecord {
	if !s.host.available() || len(hooks) == 0 {
		return nil
	}
	j := &runJob{s: s, plugin: p, files: files, found: make(map[uri.URI][]protocol.Diagnostic)}
	var unused func()
	j.granted, unused = s.consented(ctx, p, byHand)
	if err := s.scheduler.runs.acquire(ctx); err != nil {
		unused()
		return nil
	}
	defer s.scheduler.runs.release()
	var records []*runRecord
	for _, h := range hooks {
		if ctx.Err() != nil {
			break
		}
		records = append(records, j.run(ctx, h))
	}
	if len(records) == 0 {
		unused()
	}
	if ctx.Err() == nil { // what a run found until it was cancelled is not all there is
		s.setFindings(p.path, j.found)
	}
	return records
}

// run makes one call and keeps what came of it.
func (j *runJob) run(ctx context.Context, h hook) *runRecord {
	s, p := j.s, j.plugin
	r := &runRecord{
		plugin: p.path, name: p.name, export: h.export, event: h.event,
		started: time.Now(), log: &runlog.Log{}, module: p.state, budgets: p.model.Budgets,
	}
	s.runBegan(r)
	req := p.request()
	req.Export, req.Event, req.Payload = h.export, h.event, project.Payload(p.root, p.path, h.event, j.files...)
	if j.granted {
		req.Granted = project.Grants(p.model)
	}
	show := s.showProgress(ctx, fmt.Sprintf("%s: %s", p.name, runlog.OneLine(h.export)), func() { s.scheduler.cancel(p.path) })
	seen := &sightings{run: r, plugin: p, show: show, live: newLogPulse(s, p.path)}
	result := s.host.do(ctx, req, seen.take)
	show.end()

	s.written.note(p, result.Wrote)
	keep := !superseded(ctx)
	if keep {
		for u, diags := range seen.place(s.Snapshot()) {
			j.found[u] = append(j.found[u], diags...)
		}
		seen.denied(result.Denials)
	}
	done := s.runEnded(r, result, keep)
	if keep {
		s.logRun(done)
	}
	seen.live.end()
	return done
}

// sightings takes what is seen while a run goes on. The host waits while it does, so it must be
// quick: nothing here looks at the disk or speaks to the client.
type sightings struct {
	run    *runRecord
	plugin *plugin
	show   *runProgress
	live   *logPulse

	mu    sync.Mutex
	found pluginFindings
}

func (v *sightings) take(e call.Event) {
	switch {
	case e.Log != nil:
		v.run.log.Add(*e.Log)
		v.live.beat()
	case e.Callback != nil && e.Callback.Name == "diagnostics":
		v.mu.Lock()
		notes := v.found.take(v.plugin, e.Callback.Payload)
		v.mu.Unlock()
		v.warn(notes)
	case e.Callback != nil && e.Callback.Name == "progress":
		v.show.report(e.Callback.Payload)
	case e.Callback != nil:
		v.note(call.LevelInfo, fmt.Sprintf("callback %q: %s", runlog.Clip(e.Callback.Name, 80), runlog.Clip(string(e.Callback.Payload), 400)))
	}
}

// note writes a line of the server's own into the run's log.
func (v *sightings) note(level call.Level, text string) {
	v.run.log.Add(call.LogLine{Time: time.Now(), Level: level, Source: call.SourceHost, Text: runlog.OneLine(text)})
	v.live.beat()
}

func (v *sightings) warn(notes []string) {
	for _, n := range notes {
		v.note(call.LevelWarn, n)
	}
}

// place returns the findings of a run that is over, where they belong in the files as saved.
func (v *sightings) place(snap *Snapshot) map[uri.URI][]protocol.Diagnostic {
	v.mu.Lock()
	found, notes := v.found.place(snap, v.plugin)
	v.mu.Unlock()
	v.warn(notes)
	return found
}

// maxDenials bounds the lines about what was denied.
const maxDenials = 20

// denied says which line the manifest lacks, once for each thing that was denied.
func (v *sightings) denied(denials []call.Denial) {
	told := make(map[call.Denial]bool)
	for _, d := range denials {
		if told[d] || len(told) == maxDenials {
			continue
		}
		told[d] = true
		if text, ok := project.DeniedText(v.plugin.model, d); ok {
			v.note(call.LevelWarn, text)
		}
	}
}

// logRun writes a run's result to the log, at the level it deserves.
func (s *Server) logRun(r *runRecord) {
	text := fmt.Sprintf("%s: %s: %s", r.name, r.export, runlog.Result(r.result, r.log))
	switch r.result.Outcome.Word {
	case call.OK, call.Cancelled:
		s.log.Info(text)
	case call.Denied, call.Failed:
		s.log.Warn(text)
	default:
		s.log.Error(text)
	}
}
