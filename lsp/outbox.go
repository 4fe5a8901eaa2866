package lsp

import (
	"context"
	"sync"
)

// outbox sends what must neither wait nor get out of order: one piece after another, off its sender's
// goroutine unless it is certain not to wait.
type outbox struct {
	s *Server
	// lost says how many pieces were dropped, in their place.
	lost func(ctx context.Context, n int)

	mu      sync.Mutex
	queue   []func(context.Context)
	waiting int // pieces that are not sent yet, the queue's included
	dropped int // pieces since the queue was last taken
	busy    bool
}

// maxOutbox bounds the pieces that wait for a client that doesn't read; later ones are dropped. They
// are messages to the user and the log, which a log file has as well.
const maxOutbox = 10_000

func (o *outbox) push(send func(context.Context)) {
	o.pushUnless(func() bool { return false }, send)
}

// pushUnless is push for a piece that sent may send instead, on the caller's goroutine, where nothing
// waits before it. It must not wait.
func (o *outbox) pushUnless(sent func() bool, send func(context.Context)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.busy && sent() {
		return
	}
	if o.waiting >= maxOutbox {
		o.dropped++
		return
	}
	o.waiting++
	o.queue = append(o.queue, send)
	if !o.busy {
		o.busy = true
		o.s.spawn(o.run)
	}
}

func (o *outbox) run(ctx context.Context) {
	for {
		queue, dropped := o.take(ctx)
		if len(queue)+dropped == 0 {
			return
		}
		for _, send := range queue {
			send(ctx)
			o.mu.Lock()
			o.waiting--
			o.mu.Unlock()
		}
		if dropped > 0 {
			o.lost(ctx, dropped)
		}
	}
}

// take empties the queue; nothing is left to do when it is empty or ctx has ended.
func (o *outbox) take(ctx context.Context) (queue []func(context.Context), dropped int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ctx.Err() == nil {
		queue, dropped = o.queue, o.dropped
	}
	o.queue, o.dropped = nil, 0
	o.busy = len(queue)+dropped > 0
	return queue, dropped
}
