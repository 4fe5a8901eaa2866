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
	manualJob                // what the user asked for
)

var (
	// errSuperseded ends a job whose result is of no interest any more.
	errSuperseded = errors.New("superseded by a newer run")
	// errCancelled ends a job because the user said so.
	errCancelled = errors.New("cancelled")
)

// superseded says whether nothing is to be kept of what was done under ctx.
func superseded(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errSuperseded) }

// job is work on one plugin.
type job struct {
	kind jobKind
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
// replaced; a probe makes way for everything, and is made afterwards.
type scheduler struct {
	s *Server
	// runs and probes bound how many calls are made at once, for the user and in the background.
	// They are bounded apart, so that probes of many modules never delay a save.
	runs, probes slots

	mu    sync.Mutex
	lanes map[string]*lane // by the path of the manifest
}

// lane is the work on one plugin.
type lane struct {
	current *job
	queue   []*job // probes last
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

func (c *scheduler) newJob(kind jobKind, work func(ctx context.Context)) *job {
	j := &job{kind: kind, work: work, done: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancelCause(c.s.ctx)
	return j
}

// submit takes a job on one plugin on. It never waits.
func (c *scheduler) submit(plugin string, kind jobKind, work func(ctx context.Context)) *job {
	j := c.newJob(kind, work)
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[plugin]
	if l == nil {
		l = &lane{}
		c.lanes[plugin] = l
	}
	if kind != manualJob {
		l.drop(kind, errSuperseded)
	}
	l.insert(j)
	if now := l.current; now != nil && now.kind != manualJob && (now.kind == probeJob || kind == saveJob) {
		if now.kind == probeJob && kind != probeJob {
			l.drop(probeJob, errSuperseded)
			l.insert(c.newJob(probeJob, now.work))
		}
		now.cancel(errSuperseded)
	}
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
			j.over(why)
		} else {
			kept = append(kept, j)
		}
	}
	clear(l.queue[len(kept):])
	l.queue = kept
}

func (j *job) over(why error) {
	j.cancel(why)
	close(j.done)
}

// advance starts the next job of a lane if none goes on; the caller holds the mutex.
func (c *scheduler) advance(plugin string, l *lane) {
	for l.current == nil && len(l.queue) > 0 {
		j := l.queue[0]
		l.queue = append(l.queue[:0], l.queue[1:]...)
		started := c.s.spawn(func(context.Context) {
			defer c.finish(plugin, l, j)
			if j.ctx.Err() == nil {
				j.work(j.ctx)
			}
		})
		if started {
			l.current = j
		} else { // the session is over
			j.over(errCancelled)
		}
	}
	if l.current == nil {
		delete(c.lanes, plugin)
	}
}

func (c *scheduler) finish(plugin string, l *lane, j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	j.over(nil)
	l.current = nil
	c.advance(plugin, l)
	if l.current == nil {
		c.s.runsSettled(plugin) // under the mutex, so that no run can begin meanwhile
	}
}

// cancel ends what goes on and what waits for one plugin, or for all if plugin is "". It returns
// how many jobs that were.
func (c *scheduler) cancel(plugin string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for p, l := range c.lanes {
		if plugin == "" || p == plugin {
			n += l.end(errCancelled)
		}
	}
	return n
}

// end cancels everything of a lane and returns how many jobs that were.
func (l *lane) end(why error) int {
	n := len(l.queue)
	for _, j := range l.queue {
		j.over(why)
	}
	l.queue = nil
	if l.current != nil {
		l.current.cancel(why)
		n++
	}
	return n
}

// clear ends all work on a plugin that is gone, without a trace, and returns when it has ended. It
// must not be called by a job.
func (c *scheduler) clear(plugin string) {
	c.mu.Lock()
	var going *job
	if l := c.lanes[plugin]; l != nil {
		l.end(errSuperseded)
		going = l.current
	}
	c.mu.Unlock()
	if going != nil {
		<-going.done
	}
}
