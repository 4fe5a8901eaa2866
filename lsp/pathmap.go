package lsp

import (
	"iter"

	"github.com/benbjohnson/immutable"
)

// pathMap is an immutable map from paths. One made of another shares with it all but a few small nodes, so that a
// change costs the same however many paths there are. The zero pathMap is empty.
type pathMap[V any] struct{ of *immutable.Map[string, V] }

// Get returns the value of a path, the zero value if there is none.
func (m pathMap[V]) Get(path string) (value V) {
	if m.of != nil {
		value, _ = m.of.Get(path)
	}
	return value
}

// With returns the map in which path has value.
func (m pathMap[V]) With(path string, value V) pathMap[V] {
	if m.of == nil {
		m.of = immutable.NewMap[string, V](nil)
	}
	return pathMap[V]{m.of.Set(path, value)}
}

// Without returns the map in which path is not.
func (m pathMap[V]) Without(path string) pathMap[V] {
	if m.of == nil {
		return m
	}
	return pathMap[V]{m.of.Delete(path)}
}

// All returns all paths and values, in no order.
func (m pathMap[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if m.of == nil {
			return
		}
		for it := m.of.Iterator(); !it.Done(); {
			if path, value, _ := it.Next(); !yield(path, value) {
				return
			}
		}
	}
}
