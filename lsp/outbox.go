package lsp

import (
	"context"
	"sync"
)

// outbox sends what must neither wait nor get out of order: each piece off its sender's
// goroutine, one after another.
type outbox struct {
	s     *Server
	mu    sync.Mutex
	queue []func(context.Context)
	busy  bool
}

// maxOutbox bounds the pieces that wait for a client that doesn't read; later ones are dropped. They
// are messages to the user and the log, which a log file has as well.
const maxOutbox = 10_000

func (o *outbox) push(send func(context.Context)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= maxOutbox {
		return
	}
	o.queue = append(o.queue, send)
	if !o.busy {
		o.busy = true
		o.s.spawn(o.run)
	}
}

func (o *outbox) run(ctx context.Context) {
	for {
		o.mu.Lock()
		queue := o.queue
		o.queue = nil
		if len(queue) == 0 || ctx.Err() != nil {
			o.busy = false
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		for _, send := range queue {
			send(ctx)
		}
	}
}
