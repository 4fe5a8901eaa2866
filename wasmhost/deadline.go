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
	freed bool               // before there was one
}

// withDeadline returns a context that ends at a time, with a cause, and what frees it. Its end must be
// asked of [context.Context.Err] before [context.Cause] knows it.
func withDeadline(parent context.Context, at time.Time, cause error) (context.Context, context.CancelFunc) {
	c := &deadlineContext{parent: parent, at: at, cause: cause}
	return c, c.free
}

// known returns the context with a timer, nil as long as there is none.
func (c *deadlineContext) known() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.real
}

// timed returns the context with a timer.
func (c *deadlineContext) timed() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.make()
}

// make makes the context with a timer, if there is none; the caller holds the mutex.
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

func (c *deadlineContext) Done() <-chan struct{} { return c.timed().Done() }

func (c *deadlineContext) Err() error {
	if real := c.known(); real != nil {
		return real.Err()
	}
	if err := c.parent.Err(); err != nil {
		return err
	}
	if c.open() && time.Now().Before(c.at) {
		return nil
	}
	return c.timed().Err()
}

func (c *deadlineContext) open() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.freed
}

func (c *deadlineContext) Value(key any) any {
	if real := c.known(); real != nil {
		return real.Value(key)
	}
	return c.parent.Value(key)
}
