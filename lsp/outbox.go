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

func (o *outbox) push(send func(context.Context)) {
	o.mu.Lock()
	defer o.mu.Unlock()
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
