package pool

import (
	"slices"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Stats are a pool's figures: those of its children's module caches together, as of each one's last
// call, and what became of the children.
type Stats struct {
	CacheStats
	HitRate float64 `json:"hit_rate"`
	Running int     `json:"running"` // children now
	Started uint64  `json:"started"` // children ever
	Killed  uint64  `json:"killed"`  // for passing a limit, or because the call was cancelled
}

// counters is what the pool counts itself; guarded by its mutex.
type counters struct {
	started, killed uint64
	past            CacheStats // of children that are gone
}

// Stats returns the figures up to now.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Stats{CacheStats: p.count.past, Running: len(p.workers), Started: p.count.started, Killed: p.count.killed}
	for _, w := range p.workers {
		s.Hits += w.cache.Hits
		s.Misses += w.cache.Misses
		s.Modules += w.cache.Modules
		s.BudgetBytes += w.cache.BudgetBytes
		s.UsedBytes += w.cache.UsedBytes
	}
	if all := s.Hits + s.Misses; all > 0 {
		s.HitRate = float64(s.Hits) / float64(all)
	}
	return s
}

// bury adds what a child that is gone counted; what it held is gone with it.
func (c *counters) bury(s CacheStats) {
	c.past.Hits += s.Hits
	c.past.Misses += s.Misses
}

// refuse remembers that a module does not compile in time; the list is bounded, oldest first out.
func (p *Pool) refuse(sum string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.refused, sum) {
		return
	}
	if len(p.refused) == refusedKept {
		p.refused = p.refused[1:]
	}
	p.refused = append(p.refused[:len(p.refused):len(p.refused)], sum) // readers keep what they were given
}

func (p *Pool) refusals() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

// awaited returns the compilation that a call should wait for instead of compiling the same module
// a second time: one is going on, no child holds the module, and the interpreter may not answer.
func (p *Pool) awaited(req call.Request) *job {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.compiling(req.Module)
	if i < 0 || repeatable(req) || slices.ContainsFunc(p.workers, func(w *worker) bool { return w.warm[req.Module] }) {
		return nil
	}
	return p.back.cold[i]
}
