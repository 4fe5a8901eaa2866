package wasmhost

import (
	"context"
	"sync"
	"time"
)

// deadlineContext ends when its parent does or at a time, like one of [context.WithDeadlineCause], but
// has a timer only once somebody waits for its end. Nearly all calls end long before, waiting for
// nothing, and a timer costs a tenth of a small plugin's call: setting it, and waking the thread that
// waits for the one which was due next.
type deadlineContext struct {
	parent context.Context
	at     time.Time
	cause  error

	mu    sync.Mutex
	real  context.Context    // the one with a timer; nil until somebody waits
	stop  context.CancelFunc // of real
	freed bool
}

// withDeadline returns a context that ends at a time, with a cause, and what frees it. Its end must be
// asked of [context.Context.Err] before [context.Cause] knows it.
func withDeadline(parent context.Context, at time.Time, cause error) (context.Context, context.CancelFunc) {
	c := &deadlineContext{parent: parent, at: at, cause: cause}
	return c, c.free
}

// make returns the context with a timer, which has ended if this one was freed in time; the caller holds
// the mutex.
func (c *deadlineContext) make() context.Context {
	switch {
	case c.real != nil:
	case c.freed:
		c.real, c.stop = context.WithCancel(c.parent)
		c.stop()
	default:
		c.real, c.stop = context.WithDeadlineCause(c.parent, c.at, c.cause)
	}
	return c.real
}

func (c *deadlineContext) free() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil && !time.Now().Before(c.at) {
		c.make() // it ended before
	}
	if c.freed = true; c.stop != nil {
		c.stop()
	}
}

func (c *deadlineContext) Deadline() (time.Time, bool) {
	if at, ok := c.parent.Deadline(); ok && at.Before(c.at) {
		return at, true
	}
	return c.at, true
}

func (c *deadlineContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.make().Done()
}

func (c *deadlineContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real == nil && !c.freed && time.Now().Before(c.at) {
		return c.parent.Err()
	}
	return c.make().Err()
}

func (c *deadlineContext) Value(key any) any {
	c.mu.Lock()
	ctx := c.real
	c.mu.Unlock()
	if ctx == nil {
		ctx = c.parent
	}
	return ctx.Value(key)
}
