package lsp

import (
	"context"
	"errors"
	"sync"
)

// jobKind says why a plugin is run, and with that what may replace it.
type jobKind uint8

const (
	probeJob  jobKind = iota // protocol and health, in the background
	saveJob                  // hooks, because a file was saved
	manualJob                // an export, because the user asked
)

var (
	// errSuperseded ends a job that a newer one replaces: its result is of no interest.
	errSuperseded = errors.New("superseded by a newer run")
	// errCancelled ends a job because the user said so.
	errCancelled = errors.New("cancelled")
)

// job is work on one plugin.
type job struct {
	plugin string // path of the manifest
	kind   jobKind
	// work does it; it returns soon after ctx ends, whose cause says why.
	work func(ctx context.Context)

	ctx    context.Context
	cancel context.CancelCauseFunc
	// done is closed when the job is over, whether it ran or not.
	done chan struct{}
}

// scheduler decides what runs when. Of each plugin at most one job goes on at a time. A save
// replaces the saves of that plugin which wait, and ends the one that goes on, because only the
// newest content is of interest; what the user asked for by hand waits its turn and is not
// replaced; a probe makes way for everything.
type scheduler struct {
	s *Server
	// runs and probes bound how many calls are made at once. They are bounded apart, so that
	// probes of many modules never delay a save.
	runs, probes slots

	mu    sync.Mutex
	lanes map[string]*lane
}

// lane is the work on one plugin.
type lane struct {
	current *job
	queue   []*job
}

// maxProbes bounds the probes that go on at once: one, so that the pool's other children stay free.
const maxProbes = 1

func newScheduler(s *Server) *scheduler {
	return &scheduler{
		s:      s,
		runs:   slots{limit: func() int { return s.Snapshot().Settings.MaxParallel }},
		probes: slots{limit: func() int { return maxProbes }},
		lanes:  make(map[string]*lane),
	}
}

// submit takes a job on. It never waits.
func (c *scheduler) submit(plugin string, kind jobKind, work func(ctx context.Context)) *job {
	j := &job{plugin: plugin, kind: kind, work: work, done: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancelCause(c.s.ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[plugin]
	if l == nil {
		l = &lane{}
		c.lanes[plugin] = l
	}
	switch kind {
	case saveJob:
		l.drop(saveJob, errSuperseded)
		if l.current != nil && l.current.kind != manualJob {
			l.current.cancel(errSuperseded)
		}
	case manualJob:
		if l.current != nil && l.current.kind == probeJob {
			l.current.cancel(errSuperseded)
		}
	case probeJob:
		l.drop(probeJob, errSuperseded)
		if l.current != nil && l.current.kind == probeJob {
			l.current.cancel(errSuperseded)
		}
	}
	l.insert(j)
	c.advance(plugin, l)
	return j
}

// insert queues a job; probes wait behind everything else.
func (l *lane) insert(j *job) {
	at := len(l.queue)
	for j.kind != probeJob && at > 0 && l.queue[at-1].kind == probeJob {
		at--
	}
	l.queue = append(l.queue[:at], append([]*job{j}, l.queue[at:]...)...)
}

// drop takes the waiting jobs of a kind out.
func (l *lane) drop(kind jobKind, why error) {
	kept := l.queue[:0]
	for _, j := range l.queue {
		if j.kind == kind {
			j.cancel(why)
			close(j.done)
		} else {
			kept = append(kept, j)
		}
	}
	clear(l.queue[len(kept):])
	l.queue = kept
}

// advance starts the next job of a lane if none goes on; the caller holds the mutex.
func (c *scheduler) advance(plugin string, l *lane) {
	if l.current != nil {
		return
	}
	if len(l.queue) == 0 {
		delete(c.lanes, plugin)
		return
	}
	j := l.queue[0]
	l.queue = append(l.queue[:0], l.queue[1:]...)
	l.current = j
	started := c.s.spawn(func(context.Context) {
		defer c.finish(plugin, l, j)
		if j.ctx.Err() == nil {
			j.work(j.ctx)
		}
	})
	if !started { // the session is over
		l.current = nil
		j.cancel(errCancelled)
		close(j.done)
	}
}

func (c *scheduler) finish(plugin string, l *lane, j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j.cancel(nil)
	close(j.done)
	l.current = nil
	c.advance(plugin, l)
}

// cancel ends what goes on and what waits for one plugin, or for all if plugin is "". It returns
// how many jobs that were.
func (c *scheduler) cancel(plugin string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for p, l := range c.lanes {
		if plugin != "" && p != plugin {
			continue
		}
		n += len(l.queue)
		for _, kind := range []jobKind{probeJob, saveJob, manualJob} {
			l.drop(kind, errCancelled)
		}
		if l.current != nil {
			l.current.cancel(errCancelled)
			n++
		}
	}
	return n
}
