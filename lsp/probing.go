package lsp

import (
	"context"
	"time"

	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// prober checks the protocol and the health of modules that are new or changed, in the background
// and with no capability at all.
type prober struct{ s *Server }

// observe implements [observer].
func (p prober) observe(old, next *Snapshot, c change) {
	for _, u := range c.docs {
		if was := old.Document(u); was != nil && next.Document(u) == nil && next.plugins.Get(was.Path) != nil {
			p.s.spawn(func(context.Context) { p.s.forgetPlugin(was.Path) })
		}
	}
	if !p.s.probes(next) {
		return
	}
	if c.settings && !p.s.probes(old) {
		p.s.spawn(func(context.Context) { p.s.probeAll() })
		return
	}
	for manifest := range p.concerned(old, next, c) {
		p.s.spawn(func(context.Context) { p.s.probeIfStale(manifest) })
	}
}

// concerned are the manifests whose module may have to be checked: the module is another one, or the
// manifest is, which may have kept the module from being checked before.
func (p prober) concerned(old, next *Snapshot, c change) map[string]bool {
	all := make(map[string]bool)
	for _, u := range c.saved {
		if path := identify(string(u)).path; isManifestPath(path) {
			all[path] = true
		}
	}
	for _, u := range c.docs {
		if d := next.onDisk.get(u); d != nil && d != old.onDisk.get(u) {
			all[d.Path] = true
		}
	}
	for _, f := range c.facts {
		before := old.factsFor(f.key)
		if f.Module == manifestcheck.ModuleInspected &&
			(before == nil || before.state != f.state || before.Module != f.Module) {
			all[f.key.manifest] = true
		}
	}
	return all
}

// probes says whether modules are checked without being asked for: not where nothing may run.
func (s *Server) probes(snap *Snapshot) bool {
	set := snap.Settings
	return s.host.available() && set.RunOnSave && !snap.untrusted()
}

// probeAll checks every module that was not checked yet.
func (s *Server) probeAll() {
	for manifest := range s.Snapshot().facts.of.All() {
		s.probeIfStale(manifest)
	}
}

// probeIfStale checks a module unless these very bytes were checked.
func (s *Server) probeIfStale(manifestPath string) {
	snap := s.Snapshot()
	if !s.probes(snap) {
		return
	}
	facts := snap.factsAt(manifestPath)
	if facts == nil || facts.Module != manifestcheck.ModuleInspected {
		return
	}
	if pr := snap.runsOf(manifestPath).probe; pr != nil && pr.module == facts.state {
		return
	}
	s.scheduler.submit(manifestPath, probeJob, func(ctx context.Context) {
		snap := s.Snapshot()
		p, err := s.readPlugin(snap, manifestPath)
		if err != nil {
			s.log.Debug("health not checked", zap.Error(err))
			return
		}
		if pr := snap.runsOf(manifestPath).probe; pr != nil && pr.module == p.state || !s.trusted(ctx, p.root, false) {
			return
		}
		_, _ = s.probe(ctx, p, &s.scheduler.probes)
	})
}

// factsAt returns what is known of the module of a manifest, nil if the disk was not asked.
func (snap *Snapshot) factsAt(manifestPath string) *moduleFacts {
	if doc := snap.Manifest(fileURI(manifestPath)); doc != nil {
		if f, known := snap.factsOf(doc); known {
			return f
		}
	}
	return nil
}

// probe checks one module, for a user who trusts it, when its turn among those of a kind comes. The
// error says why ctx ended.
func (s *Server) probe(ctx context.Context, p *plugin, turn *slots) (*probe, error) {
	if err := turn.acquire(ctx); err != nil {
		return nil, context.Cause(ctx)
	}
	defer turn.release()

	pr := &probe{module: p.state, budgets: p.model.Budgets, started: time.Now(), log: &runlog.Log{}}
	s.beginPlugin(p.path, func(st *pluginState) { st.probing = true })
	show := s.showProgress(ctx, p.name+": checking health", func() { s.scheduler.cancel(p.path) })
	pr.result = s.host.do(ctx, p.probe(), func(e call.Event) {
		if e.Log != nil {
			pr.log.Add(*e.Log)
		}
	})
	show.end()
	if ctx.Err() != nil {
		s.updatePlugin(p.path, func(st *pluginState) { st.probing = false })
		return nil, context.Cause(ctx)
	}
	s.updatePlugin(p.path, func(st *pluginState) { st.probing, st.probe = false, pr })
	s.probedProtocol(p.path, p.facts, pr.result)
	s.logProbe(p.name, pr)
	s.logs.refresh(p.path)
	return pr, nil
}

// probedProtocol hands what the module said of its protocol to the checks, where the bytes alone
// don't tell.
func (s *Server) probedProtocol(manifestPath string, facts *moduleFacts, r call.Result) {
	if r.Protocol == nil || !r.ProtocolDeclared || facts.Summary == nil || facts.Summary.Protocol != nil {
		return
	}
	s.update(func(next *Snapshot) change {
		f := next.facts.of.Get(manifestPath)
		if f == nil || f.state != facts.state {
			return change{}
		}
		probed := *f
		probed.ProbedProtocol = r.Protocol
		next.facts = next.facts.with(&probed)
		return change{docs: []uri.URI{fileURI(manifestPath)}, facts: []*moduleFacts{&probed}}
	})
}

func (s *Server) logProbe(name string, pr *probe) {
	text := name + ": " + runlog.Health(pr.result)
	if pr.result.Outcome.Word == call.OK {
		s.log.Info(text)
	} else {
		s.log.Warn(text)
	}
}
