package manifestcheck

import (
	"strings"
	"sync"
)

// memo remembers what a pure function said of a key. It holds at most two generations of limit
// entries: a full generation becomes the old one, and what is asked again moves to the new.
type memo[K comparable, V any] struct {
	mu       sync.Mutex
	limit    int
	now, old map[K]V
}

func newMemo[K comparable, V any](limit int) *memo[K, V] {
	return &memo[K, V]{limit: limit, now: make(map[K]V)}
}

// get returns f(k), computing it at most now and then. f runs outside the lock and must be pure.
func (m *memo[K, V]) get(k K, f func(K) V) V {
	m.mu.Lock()
	v, ok := m.now[k]
	if !ok {
		if v, ok = m.old[k]; ok {
			m.put(k, v)
		}
	}
	m.mu.Unlock()
	if ok {
		return v
	}
	if s, isString := any(k).(string); isString {
		k = any(strings.Clone(s)).(K) // the part of a file must not keep the file
	}
	v = f(k)
	m.mu.Lock()
	m.put(k, v)
	m.mu.Unlock()
	return v
}

func (m *memo[K, V]) put(k K, v V) {
	if len(m.now) >= m.limit {
		m.old, m.now = m.now, make(map[K]V)
	}
	m.now[k] = v
}

// memos is what a Checker remembers.
type memos struct {
	licenses *memo[string, *badValue]
	paths    *memo[string, *pathReport] // of the entries of filesystem.read and write together
}

func newMemos() memos {
	return memos{
		licenses: newMemo[string, *badValue](256),
		paths:    newMemo[string, *pathReport](64),
	}
}
