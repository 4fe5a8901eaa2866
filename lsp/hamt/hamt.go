// Package hamt is a map that is never written to: what is added to it makes another one, which shares
// almost all with the first. It is a hash array mapped trie, so that a change costs a few small nodes
// however much the map holds.
package hamt

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"
)

// Map is an immutable map. The zero Map is empty.
type Map[K comparable, V any] struct {
	root *node[K, V]
	seed maphash.Seed // of the root's hashes
	len  int
}

// width is how many bits of a hash choose among the entries of a node.
const width = 5

// hashBits is after how many bits two hashes are equal.
const hashBits = 64

// node has an entry for each of the numbers that are set in used, in their order. Below hashBits, where
// hashes tell nothing apart any more, used is zero and the entries are leaves in no order.
type node[K comparable, V any] struct {
	used    uint32
	entries []entry[K, V]
}

// entry is a leaf, or the way to a node.
type entry[K comparable, V any] struct {
	below *node[K, V] // nil for a leaf
	hash  uint64
	key   K
	value V
}

// Len returns the number of keys.
func (m Map[K, V]) Len() int { return m.len }

// Get returns the value of key, the zero value if there is none.
func (m Map[K, V]) Get(key K) (value V) {
	if m.root == nil {
		return value
	}
	n, hash := m.root, maphash.Comparable(m.seed, key)
	for shift := 0; ; shift += width {
		i, ok := n.find(shift, hash, key)
		if !ok {
			return value
		}
		e := &n.entries[i]
		switch {
		case e.below != nil:
			n = e.below
		case e.key == key:
			return e.value
		default:
			return value
		}
	}
}

// All returns all keys and values, in no order.
func (m Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.root != nil {
			m.root.all(yield)
		}
	}
}

func (n *node[K, V]) all(yield func(K, V) bool) bool {
	for i := range n.entries {
		e := &n.entries[i]
		if e.below != nil && !e.below.all(yield) || e.below == nil && !yield(e.key, e.value) {
			return false
		}
	}
	return true
}

// With returns the map in which key has value.
func (m Map[K, V]) With(key K, value V) Map[K, V] {
	if m.root == nil {
		m.root, m.seed = &node[K, V]{}, maphash.MakeSeed()
	}
	root, added := m.root.with(0, entry[K, V]{hash: maphash.Comparable(m.seed, key), key: key, value: value})
	m.root = root
	if added {
		m.len++
	}
	return m
}

// Without returns the map in which key is not.
func (m Map[K, V]) Without(key K) Map[K, V] {
	if m.root == nil {
		return m
	}
	root := m.root.without(0, maphash.Comparable(m.seed, key), key)
	if root == m.root {
		return m
	}
	m.root = root
	m.len--
	return m
}

// find returns where the entry for a hash and key is or would be, and whether there is one.
func (n *node[K, V]) find(shift int, hash uint64, key K) (int, bool) {
	if shift >= hashBits {
		i := slices.IndexFunc(n.entries, func(e entry[K, V]) bool { return e.key == key })
		return max(i, 0), i >= 0
	}
	bit := bitOf(shift, hash)
	return bits.OnesCount32(n.used & (bit - 1)), n.used&bit != 0
}

func bitOf(shift int, hash uint64) uint32 {
	if shift >= hashBits {
		return 0
	}
	return 1 << (hash >> shift & (1<<width - 1))
}

func (n *node[K, V]) with(shift int, leaf entry[K, V]) (next *node[K, V], added bool) {
	i, ok := n.find(shift, leaf.hash, leaf.key)
	if !ok {
		entries := make([]entry[K, V], 0, len(n.entries)+1)
		entries = append(append(append(entries, n.entries[:i]...), leaf), n.entries[i:]...)
		return &node[K, V]{n.used | bitOf(shift, leaf.hash), entries}, true
	}
	next = &node[K, V]{n.used, slices.Clone(n.entries)}
	switch e := &next.entries[i]; {
	case e.below != nil:
		e.below, added = e.below.with(shift+width, leaf)
	case e.key == leaf.key:
		e.value = leaf.value
	default: // two leaves meet, and part further below
		below, _ := (&node[K, V]{}).with(shift+width, *e)
		below, added = below.with(shift+width, leaf)
		*e = entry[K, V]{below: below}
	}
	return next, added
}

// without returns the node itself if key is not below it.
func (n *node[K, V]) without(shift int, hash uint64, key K) *node[K, V] {
	i, ok := n.find(shift, hash, key)
	if !ok {
		return n
	}
	e := n.entries[i]
	if e.below == nil && e.key != key {
		return n
	}
	if e.below != nil {
		below := e.below.without(shift+width, hash, key)
		if below == e.below {
			return n
		}
		if len(below.entries) > 0 {
			next := &node[K, V]{n.used, slices.Clone(n.entries)}
			next.entries[i] = entry[K, V]{below: below}
			return next
		}
	}
	return &node[K, V]{n.used &^ bitOf(shift, hash), slices.Concat(n.entries[:i], n.entries[i+1:])}
}
