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
	"bytes"
	"sync"

	"github.com/tetratelabs/wazero/experimental"
)

const (
	// maxMemory is what a 32-bit guest can address.
	maxMemory = 4 << 30
	// minReservation is the smallest range reserved: the default limit of a plugin, so that nearly
	// all memories share one size and any of them can take any reservation.
	minReservation = 64 << 20
	// clearByHand is the size up to which zeroing used bytes is cheaper than giving the pages back
	// and having the next instance fault them in again (measured).
	clearByHand = 16 << 20
	// keepIdle bounds the reservations kept between calls. A child runs one call at a time and
	// holds one spare, so more are never of use.
	keepIdle = 4
)

// Pool hands out linear memories and takes them back when their instance is closed. It is safe
// for concurrent use. Call NewPool to make one.
type Pool struct {
	mu     sync.Mutex
	idle   []*region // cleaned, most recently used last
	closed bool
}

// NewPool returns an empty pool; nothing is reserved before the first instance.
func NewPool() *Pool { return &Pool{} }

// Allocator returns a wazero allocator whose memories hold at most limit bytes: growing beyond it
// fails in the guest as memory.grow does, with -1. A module whose declared minimum is above limit
// must be refused before it is instantiated, because wazero panics where the first allocation fails.
func (p *Pool) Allocator(limit uint64) experimental.MemoryAllocator {
	return experimental.MemoryAllocatorFunc(func(_, declared uint64) experimental.LinearMemory {
		return p.take(min(limit, declared, maxMemory))
	})
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
}

func (p *Pool) take(limit uint64) experimental.LinearMemory {
	p.mu.Lock()
	for i := len(p.idle) - 1; i >= 0; i-- {
		if r := p.idle[i]; r.size() >= limit {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.mu.Unlock()
			return &memory{pool: p, region: r, limit: limit}
		}
	}
	p.mu.Unlock()
	return &memory{pool: p, region: reserve(reservation(limit)), limit: limit}
}

func (p *Pool) give(r *region) {
	p.mu.Lock()
	if !p.closed && len(p.idle) < keepIdle {
		p.idle = append(p.idle, r)
		r = nil
	}
	p.mu.Unlock()
	if r != nil {
		r.release()
	}
}

// zeros is a page of nothing, to compare with.
var zeros [4096]byte

// wipe makes b zero. A page that no instance ever wrote to is one that all such pages share, which is
// read in less than half the time that writing takes, and stays so.
func wipe(b []byte) {
	for len(b) > 0 {
		page := b[:min(len(b), len(zeros))]
		if !bytes.Equal(page, zeros[:len(page)]) {
			clear(page)
		}
		b = b[len(page):]
	}
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
}

// Reallocate implements experimental.LinearMemory: the same address at a new length, or nil when
// the limit is passed or the system has no memory left.
func (m *memory) Reallocate(size uint64) []byte {
	if size > m.limit || m.region == nil {
		return nil
	}
	b := m.region.bytes(size)
	if b != nil {
		m.used = max(m.used, size)
	}
	return b
}

// Free implements experimental.LinearMemory.
func (m *memory) Free() {
	r := m.region
	if r == nil {
		return
	}
	m.region = nil
	if r.clean(m.used) {
		m.pool.give(r)
		return
	}
	r.release()
}
