package lsp

import (
	"context"
	"sync"
	"time"
)

// detached are the requests that are answered off the read loop. The connection sends no answer once
// it knows that nothing more can be read, so it is told of that when these are answered.
type detached struct {
	mu    sync.Mutex
	all   []context.Context // of requests, each over when its answer was handed on
	prune int               // the number of them at which those that are over are dropped
}

// minPrune keeps what is dropped at once from being too little.
const minPrune = 32

// add notes a request by the context that its handler was given.
func (d *detached) add(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.all) >= max(d.prune, minPrune) {
		live := d.all[:0]
		for _, c := range d.all {
			if c.Err() == nil {
				live = append(live, c)
			}
		}
		clear(d.all[len(live):])
		d.all, d.prune = live, 2*len(live)
	}
	d.all = append(d.all, ctx)
}

// wait returns when all are answered, or after a while.
func (d *detached) wait(most time.Duration) {
	d.mu.Lock()
	all := d.all
	d.all = nil
	d.mu.Unlock()
	limit := time.NewTimer(most)
	defer limit.Stop()
	for _, ctx := range all {
		select {
		case <-ctx.Done():
		case <-limit.C:
			return
		}
	}
}
