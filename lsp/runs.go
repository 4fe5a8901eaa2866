package lsp

import (
	"maps"
	"slices"
	"time"

	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// keptRuns is how many finished runs of one export are remembered.
const keptRuns = 20

// pluginState is what the snapshot knows of one plugin's runs, by the path of its manifest. It is
// immutable; a change makes a new one.
type pluginState struct {
	probe   *probe
	probing bool
	exports map[string]exportRuns
	// agreed is when the user last agreed to what the manifest asks for.
	agreed time.Time
}

// exportRuns are the runs of one export, newest first; running is nil when none is going on.
type exportRuns struct {
	running *runRecord
	// replaced says that the last run was ended by a newer one that has not begun yet: until it
	// has, what an older one showed is not what there is to see.
	replaced bool
	done     []*runRecord
}

// going says whether a run goes on, or is about to take the place of one that did.
func (e exportRuns) going() bool { return e.running != nil || e.replaced }

// probe is what a check of protocol and health showed, of the module's bytes as they were then.
type probe struct {
	module  fileState
	budgets manifestcheck.Budgets
	result  call.Result
	started time.Time
	log     *runlog.Log
}

// runRecord is one run of one export. A finished run is a new record with the result in it; both
// share the log.
type runRecord struct {
	plugin  string // path of the manifest
	name    string // the plugin's
	export  string
	event   string // "" when run by hand
	started time.Time
	log     *runlog.Log
	done    bool
	result  call.Result
	module  fileState
	budgets manifestcheck.Budgets
}

// runsOf returns the state of the plugin of a manifest; the zero state if it never ran.
func (snap *Snapshot) runsOf(manifest string) *pluginState {
	if st := snap.plugins.Get(manifest); st != nil {
		return st
	}
	return &pluginState{}
}

// last returns the newest finished run of an export, nil if there is none.
func (st *pluginState) last(export string) *runRecord {
	if done := st.exports[export].done; len(done) > 0 {
		return done[0]
	}
	return nil
}

// updatePlugin changes the state of one plugin, and shows it. edit gets a copy whose maps it may
// write to.
func (s *Server) updatePlugin(manifest string, edit func(st *pluginState)) {
	s.editPlugin(manifest, change{docs: []uri.URI{fileURI(manifest)}}, edit)
}

// beginPlugin is updatePlugin for work that begins. Most is over before anybody could read that it goes
// on, so that is shown by [Server.showProgress], once it has taken a while.
func (s *Server) beginPlugin(manifest string, edit func(st *pluginState)) {
	s.editPlugin(manifest, change{}, edit)
}

func (s *Server) editPlugin(manifest string, c change, edit func(st *pluginState)) {
	s.update(func(next *Snapshot) change {
		st := *next.runsOf(manifest)
		st.exports = maps.Clone(st.exports)
		if st.exports == nil {
			st.exports = make(map[string]exportRuns)
		}
		edit(&st)
		next.plugins = next.plugins.With(manifest, &st)
		return c
	})
}

// runBegan notes a run that goes on.
func (s *Server) runBegan(r *runRecord) {
	s.beginPlugin(r.plugin, func(st *pluginState) {
		e := st.exports[r.export]
		e.running, e.replaced = r, false
		st.exports[r.export] = e
	})
}

// runEnded keeps a run's result, or, if keep is false, leaves its place to the run that replaces it.
func (s *Server) runEnded(r *runRecord, result call.Result, keep bool) *runRecord {
	done := *r
	done.done, done.result = true, result
	s.updatePlugin(r.plugin, func(st *pluginState) {
		e := st.exports[r.export]
		if e.running == r {
			e.running, e.replaced = nil, !keep
		}
		if keep {
			e.done = slices.Insert(slices.Clone(e.done), 0, &done)
			e.done = e.done[:min(len(e.done), keptRuns)]
		}
		st.exports[r.export] = e
	})
	return &done
}

// runsSettled is told that nothing goes on or waits for a plugin: a run that was to be replaced and
// was not (the hook is gone, the runs were cancelled) leaves what was known before.
func (s *Server) runsSettled(manifest string) {
	s.update(func(next *Snapshot) change {
		st := next.plugins.Get(manifest)
		if st == nil {
			return change{}
		}
		settled := *st
		settled.exports = maps.Clone(st.exports)
		any := false
		for name, e := range settled.exports {
			if e.replaced {
				e.replaced, any = false, true
				settled.exports[name] = e
			}
		}
		if !any {
			return change{}
		}
		next.plugins = next.plugins.With(manifest, &settled)
		return change{docs: []uri.URI{fileURI(manifest)}}
	})
}

// forgetPlugin ends all work on a plugin that is gone and drops everything known of it. It waits for
// that work, so it must be called neither on the read loop nor by a job.
func (s *Server) forgetPlugin(manifest string) {
	s.scheduler.clear(manifest)
	s.saves.forget(manifest)
	s.setFindings(manifest, nil)
	s.update(func(next *Snapshot) change {
		if next.plugins.Get(manifest) == nil {
			return change{}
		}
		next.plugins = next.plugins.Without(manifest)
		return change{docs: []uri.URI{fileURI(manifest)}}
	})
}
