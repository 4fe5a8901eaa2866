package lsp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// runPatience is how long a run goes on before it is shown as progress.
const runPatience = 150 * time.Millisecond

// runJob is one job on one plugin: one or more calls, with the same consent and payload.
type runJob struct {
	s       *Server
	plugin  *plugin
	granted bool
	file    string // what was saved, "" if nothing was
	found   map[uri.URI][]protocol.Diagnostic
}

// runHooks calls exports of a plugin one after another, and shows what its findings are. It
// returns the last record of each, and stops where ctx ends.
func (s *Server) runHooks(ctx context.Context, p *plugin, hooks []hook, file string) []*runRecord {
	if !s.host.available() || len(hooks) == 0 {
		return nil
	}
	j := &runJob{s: s, plugin: p, file: file, found: make(map[uri.URI][]protocol.Diagnostic)}
	j.granted = s.consented(ctx, p)
	if err := s.scheduler.runs.acquire(ctx); err != nil {
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
	if !errors.Is(context.Cause(ctx), errSuperseded) {
		s.setFindings(p.path, j.found)
	}
	return records
}

// run makes one call and keeps what came of it.
func (j *runJob) run(ctx context.Context, h hook) *runRecord {
	s, p := j.s, j.plugin
	r := &runRecord{
		plugin: p.path, name: p.manifest.Name, export: h.export, event: h.event,
		started: time.Now(), log: &runlog.Log{}, module: p.state,
	}
	s.runBegan(r)
	req := p.request(call.Run)
	req.Export, req.Event, req.Payload = h.export, h.event, project.Payload(p.root, p.path, h.event, j.file)
	if j.granted {
		req.Granted = p.grants()
	}

	show := s.showProgress(ctx, fmt.Sprintf("%s: %s", p.manifest.Name, h.export), func() { s.scheduler.cancel(p.path) })
	seen := &sightings{run: r, job: j, show: show, live: newLogPulse(s, p.path)}
	result := s.host.do(ctx, req, seen.take)
	show.end()

	superseded := errors.Is(context.Cause(ctx), errSuperseded)
	if !superseded {
		for u, diags := range seen.findings() {
			j.found[u] = append(j.found[u], diags...)
		}
		s.written.note(p, result.Wrote)
	}
	if !superseded {
		s.showDenied(r, result.Denials)
	}
	done := s.runEnded(r, result, !superseded)
	if !superseded {
		s.logRun(done)
	}
	seen.live.end()
	return done
}

// sightings takes what is seen while a run goes on.
type sightings struct {
	run  *runRecord
	job  *runJob
	show *delayedProgress
	live *logPulse

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
		notes := v.found.add(v.job.s, v.job.plugin, e.Callback.Payload)
		v.mu.Unlock()
		for _, n := range notes {
			v.note(call.LevelWarn, n)
		}
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

func (v *sightings) findings() map[uri.URI][]protocol.Diagnostic {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.found.byFile
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
