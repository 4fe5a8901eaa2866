package lsp

import (
	"context"
	"sync"
)

// slots bounds how much goes on at once. Whoever waits is let in first come, first served. The
// bound is asked for each time, because it is a setting.
type slots struct {
	limit func() int

	mu      sync.Mutex
	used    int
	waiting []chan struct{}
}

// acquire waits for a slot, until ctx ends.
func (l *slots) acquire(ctx context.Context) error {
	l.mu.Lock()
	if l.used < l.limit() && len(l.waiting) == 0 {
		l.used++
		l.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, w := range l.waiting {
		if w == mine {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return ctx.Err()
		}
	}
	l.used-- // the slot came together with the end of ctx
	l.admit()
	return ctx.Err()
}

// release gives a slot back.
func (l *slots) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.used--
	l.admit()
}

// observe lets those in who wait, where the bound was raised. It implements [observer].
func (l *slots) observe(_, _ *Snapshot, c change) {
	if c.settings {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.admit()
	}
}

// admit lets in whom the bound allows; the caller holds the mutex.
func (l *slots) admit() {
	for l.used < l.limit() && len(l.waiting) > 0 {
		l.used++
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
	}
}
