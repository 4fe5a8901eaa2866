// Package cache stores what is costly to compute under the name of its content: in memory within
// a budget of bytes, and on disk in a folder that several processes share. Both account exactly
// for what they hold.
//
// It knows neither wasm nor wazero: what a value or an entry means is its user's concern.
package cache

import (
	"container/list"
	"sync"
)

// LRU keeps values within a budget of bytes, and lets go of the least recently used ones first.
// It is safe for concurrent use.
type LRU[K comparable, V any] struct {
	mu      sync.Mutex
	budget  int64
	used    int64
	order   *list.List // of *lruItem, most recently used first
	items   map[K]*list.Element
	evicted func(K, V)
}

type lruItem[K comparable, V any] struct {
	key   K
	value V
	size  int64
}

// NewLRU returns an empty cache. Evicted, if not nil, is called once for each value that the cache
// lets go of, whatever the reason, after the cache has forgotten it and without any lock held.
func NewLRU[K comparable, V any](budget int64, evicted func(K, V)) *LRU[K, V] {
	if evicted == nil {
		evicted = func(K, V) {}
	}
	return &LRU[K, V]{budget: budget, order: list.New(), items: make(map[K]*list.Element), evicted: evicted}
}

// Get returns the value of key and makes it the most recently used one.
func (c *LRU[K, V]) Get(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		var none V
		return none, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*lruItem[K, V]).value, true
}

// Put stores value, which takes size bytes, as the most recently used one, and evicts what the
// budget no longer allows. The value just stored is never evicted by its own Put: a value larger
// than the whole budget is kept alone.
func (c *LRU[K, V]) Put(key K, value V, size int64) {
	c.mu.Lock()
	var out []*lruItem[K, V]
	if e, ok := c.items[key]; ok {
		out = append(out, c.drop(e))
	}
	c.items[key] = c.order.PushFront(&lruItem[K, V]{key, value, size})
	c.used += size
	out = c.shrink(out)
	c.mu.Unlock()
	c.report(out)
}

// Remove forgets key and reports whether it was there.
func (c *LRU[K, V]) Remove(key K) bool {
	c.mu.Lock()
	e, ok := c.items[key]
	if !ok {
		c.mu.Unlock()
		return false
	}
	item := c.drop(e)
	c.mu.Unlock()
	c.evicted(item.key, item.value)
	return true
}

// Clear forgets everything.
func (c *LRU[K, V]) Clear() {
	c.mu.Lock()
	var out []*lruItem[K, V]
	for e := c.order.Back(); e != nil; e = c.order.Back() {
		out = append(out, c.drop(e))
	}
	c.mu.Unlock()
	c.report(out)
}

// SetBudget changes the budget, in bytes, and evicts what it no longer allows; 0 or less disables
// eviction.
func (c *LRU[K, V]) SetBudget(budget int64) {
	c.mu.Lock()
	c.budget = max(budget, 0)
	out := c.shrink(nil)
	c.mu.Unlock()
	c.report(out)
}

// Usage returns the number of values, the bytes they take, and the budget.
func (c *LRU[K, V]) Usage() (values int, used, budget int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.items), c.used, c.budget
}

// shrink evicts from the back, but never the last value.
func (c *LRU[K, V]) shrink(out []*lruItem[K, V]) []*lruItem[K, V] {
	for c.budget > 0 && c.used > c.budget && c.order.Len() > 1 {
		out = append(out, c.drop(c.order.Back()))
	}
	return out
}

func (c *LRU[K, V]) drop(e *list.Element) *lruItem[K, V] {
	item := c.order.Remove(e).(*lruItem[K, V])
	delete(c.items, item.key)
	c.used -= item.size
	return item
}

func (c *LRU[K, V]) report(out []*lruItem[K, V]) {
	for _, item := range out {
		c.evicted(item.key, item.value)
	}
}
