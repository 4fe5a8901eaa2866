package lsp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// prober checks the protocol and the health of modules that are new or changed, in the background
// and with no capability at all.
type prober struct{ s *Server }

// observe implements [observer].
func (p prober) observe(old, next *Snapshot, c change) {
	for manifest := range next.plugins {
		if next.Document(fileURI(manifest)) == nil {
			p.s.spawn(func(context.Context) { p.s.forgetPlugin(manifest) })
		}
	}
	if !p.s.probes(next) {
		return
	}
	if c.settings && !p.s.probes(old) {
		p.s.spawn(func(context.Context) { p.s.probeAll() })
		return
	}
	if next.factsSeq == old.factsSeq {
		return
	}
	for k, f := range next.facts {
		before := old.facts[k]
		if f.Module != manifestcheck.ModuleInspected || before == f ||
			before != nil && before.state == f.state && before.Module == f.Module {
			continue
		}
		p.s.spawn(func(context.Context) { p.s.probeIfStale(k.manifest) })
	}
}

// probes says whether modules are checked without being asked for: not where nothing may run.
func (s *Server) probes(snap *Snapshot) bool {
	set := snap.Settings
	return s.host.available() && set.RunOnSave && (set.Trusted == nil || *set.Trusted)
}

// probeAll checks every module that was not checked yet.
func (s *Server) probeAll() {
	for k := range s.Snapshot().facts {
		s.probeIfStale(k.manifest)
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
	s.scheduler.submit(manifestPath, probeJob, func(ctx context.Context) { _, _ = s.probe(ctx, manifestPath) })
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

// probe checks one module. It returns an error when the check could not be made.
func (s *Server) probe(ctx context.Context, manifestPath string) (*probe, error) {
	snap := s.Snapshot()
	doc := snap.Manifest(fileURI(manifestPath))
	if doc == nil {
		return nil, fmt.Errorf("no manifest %s in this workspace", manifestPath)
	}
	facts := snap.factsAt(manifestPath)
	if facts == nil || facts.Module != manifestcheck.ModuleInspected {
		return nil, errors.New("the module is not built, or cannot be read")
	}
	m := snap.Check(doc).Model
	if !m.Kind.OK || m.Kind.Text != manifest.KindWasm {
		return nil, fmt.Errorf("only wasm plugins have a health; the kind is %q", m.Kind.Text)
	}
	root := s.rootOf(snap, manifestPath)
	if !s.trusted(ctx, root) {
		return nil, errors.New("the workspace is not trusted; nothing runs in it")
	}
	if err := s.scheduler.probes.acquire(ctx); err != nil {
		return nil, err
	}
	defer s.scheduler.probes.release()

	req := call.Request{
		Kind: call.Probe, Plugin: m.Name.Text, Version: m.Version.Text, Module: facts.Path, ProjectRoot: root,
		Capabilities: call.Capabilities{
			MaxMemoryMiB: uint32(m.Budgets.MaxMemoryMiB), SoftTimeout: m.Budgets.Timeout, HardTimeout: m.Budgets.HardTimeout,
		},
	}
	pr := &probe{module: facts.state, started: time.Now(), log: &runlog.Log{}}
	s.updatePlugin(manifestPath, func(st *pluginState) { st.probing = true })
	show := s.showProgress(ctx, fmt.Sprintf("%s: checking health", snap.pluginName(manifestPath)), func() { s.scheduler.cancel(manifestPath) })
	pr.result = s.host.do(ctx, req, func(e call.Event) {
		if e.Log != nil {
			pr.log.Add(*e.Log)
		}
	})
	show.end()
	if ctx.Err() != nil {
		s.updatePlugin(manifestPath, func(st *pluginState) { st.probing = false })
		return nil, context.Cause(ctx)
	}
	s.updatePlugin(manifestPath, func(st *pluginState) { st.probing, st.probe = false, pr })
	s.probedProtocol(manifestPath, facts, pr.result)
	s.logProbe(snap, manifestPath, pr)
	s.logs.refresh(manifestPath)
	return pr, nil
}

// probedProtocol hands what the module said of its protocol to the checks, where the bytes alone
// don't tell.
func (s *Server) probedProtocol(manifestPath string, facts *moduleFacts, r call.Result) {
	if r.Protocol == nil || !r.ProtocolDeclared || facts.Summary == nil || facts.Summary.Protocol != nil {
		return
	}
	s.update(func(next *Snapshot) change {
		for k, f := range next.facts {
			if k.manifest != manifestPath || f.state != facts.state {
				continue
			}
			probed := *f
			probed.ProbedProtocol = r.Protocol
			next.setFacts(map[factsKey]*moduleFacts{k: &probed})
			return change{docs: []uri.URI{fileURI(manifestPath)}}
		}
		return change{}
	})
}

func (s *Server) logProbe(snap *Snapshot, manifestPath string, pr *probe) {
	text := snap.pluginName(manifestPath) + ": " + runlog.Health(pr.result)
	if pr.result.Outcome.Word == call.OK {
		s.log.Info(text)
	} else {
		s.log.Warn(text)
	}
}

// dirOf is the folder of a file.
func dirOf(file string) string { return filepath.Dir(file) }
