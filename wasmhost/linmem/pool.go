// Package linmem gives wasm instances their linear memory from a pool of reservations.
//
// A fresh Go slice for every instance costs a zeroing allocation and a share of a garbage
// collection, which is most of what a small plugin's call costs. Here each memory is a range of
// address space that is reserved once, committed as the guest grows and cleaned for the next
// instance, so that growing never moves it and a warm instance allocates nothing.
//
// The package knows nothing of plugins: it takes a limit in bytes and implements wazero's
// allocator interface.
package linmem

import (
	"slices"
	"sync"

	"github.com/tetratelabs/wazero/experimental"
)

const (
	// maxMemory is what a 32-bit guest can address.
	maxMemory = 4 << 30
	// minReservation is the smallest range reserved: the default limit of a plugin, so that nearly
	// all memories share one size and any of them can take any reservation.
	minReservation = 64 << 20
	// keepUsed is how much of a reservation may have been used for it to be kept. Up to that size, mending
	// what was written to is cheaper than giving the pages back and having the next instance fault them in
	// again (measured); and what is kept counts against the memory that later calls may use.
	keepUsed = 16 << 20
	// keepIdle bounds the reservations kept between calls. A child runs one call at a time and
	// holds one spare, so more are never of use.
	keepIdle = 4
)

// Pool hands out linear memories and takes them back when their instance is closed. It is safe
// for concurrent use. Call NewPool to make one.
type Pool struct {
	tracker *tracker

	mu     sync.Mutex
	idle   []*region // zero but for their images, most recently used last
	closed bool
}

// NewPool returns an empty pool; nothing is reserved before the first instance.
func NewPool() *Pool { return &Pool{tracker: newTracker()} }

// Allocator returns a wazero allocator whose memories hold at most limit bytes: growing beyond it
// fails in the guest as memory.grow does, with -1. A module whose declared minimum is above limit
// must be refused before it is instantiated, because wazero panics where the first allocation fails.
func (p *Pool) Allocator(limit uint64) *Allocator { return &Allocator{pool: p, limit: limit} }

// Allocator is a pool with a limit.
type Allocator struct {
	pool  *Pool
	limit uint64
}

// Allocate implements experimental.MemoryAllocator: what it returns reads as zero.
func (a *Allocator) Allocate(_, declared uint64) experimental.LinearMemory {
	return a.AllocateImage(0, declared, nil)
}

// AllocateImage is Allocate for a memory that holds image, which the module's declared minimum must
// have room for.
func (a *Allocator) AllocateImage(_, declared uint64, image *Image) experimental.LinearMemory {
	return a.pool.take(min(a.limit, declared, maxMemory), image)
}

// Trim returns the pages of idle reservations to the operating system.
func (p *Pool) Trim() {
	p.mu.Lock()
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	for _, r := range idle {
		r.release()
	}
}

// Close releases what is idle; memories still in use are released as they are freed.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Trim()
	p.tracker.close()
}

func (p *Pool) take(limit uint64, image *Image) experimental.LinearMemory {
	r := p.pick(limit, image)
	if r == nil {
		r = reserve(reservation(limit))
	}
	return &memory{pool: p, region: r, limit: limit, image: image}
}

// pick takes the most recently used reservation of those that are large enough, or of those of them
// that hold the image; nil when there is none.
func (p *Pool) pick(limit uint64, image *Image) *region {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := -1
	for i, r := range p.idle {
		if r.size() >= limit && (best < 0 || r.image == image || p.idle[best].image != image) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	r := p.idle[best]
	p.idle = slices.Delete(p.idle, best, best+1)
	return r
}

func (p *Pool) give(r *region) {
	p.mu.Lock()
	if r.size() > 0 && !p.closed && len(p.idle) < keepIdle {
		p.idle = append(p.idle, r)
		r = nil
	}
	p.mu.Unlock()
	if r != nil {
		r.release()
	}
}

// clean makes the first used bytes, which hold all of the region's image, what they were at first; false
// when the region is better given back.
func (p *Pool) clean(r *region, used uint64) bool {
	if used > keepUsed {
		return false
	}
	memory := r.held()[:used]
	p.tracker.written(memory, func(from, to uint64) { r.image.restore(memory, from, to) })
	return true
}

// reservation rounds a limit up to a size that many memories can share.
func reservation(limit uint64) uint64 {
	size := uint64(minReservation)
	for size < limit {
		size *= 2
	}
	return size
}

// memory is the linear memory of one instance: a region and how much of it this instance may use.
type memory struct {
	pool   *Pool
	region *region
	limit  uint64
	used   uint64
	image  *Image
}

// Reallocate implements experimental.LinearMemory: the same address at a new length, or nil when
// the limit is passed, the system has no memory left, or the image has no room.
func (m *memory) Reallocate(size uint64) []byte {
	if size > m.limit || m.region == nil || !m.image.fits(size) {
		return nil
	}
	b := m.region.bytes(size)
	if b == nil {
		return nil
	}
	if m.region.image != m.image && !m.region.hold(m.image) {
		return nil
	}
	m.used = max(m.used, size)
	return b
}

// Free implements experimental.LinearMemory.
func (m *memory) Free() {
	r := m.region
	if r == nil {
		return
	}
	m.region = nil
	if m.used == 0 || m.pool.clean(r, m.used) {
		m.pool.give(r)
		return
	}
	r.release()
}
