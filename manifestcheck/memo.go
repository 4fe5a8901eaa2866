package manifestcheck

import (
	"strings"
	"sync"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
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

// known says whether k was put there.
func (m *memo[K, V]) known(k K) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.now[k]; ok {
		return true
	}
	v, ok := m.old[k]
	if ok {
		m.put(k, v)
	}
	return ok
}

func (m *memo[K, V]) add(k K, v V) {
	m.mu.Lock()
	m.put(k, v)
	m.mu.Unlock()
}

// cleanPart is a part of a file that a rule had nothing to say of. An edit elsewhere leaves the
// part's identity as it is, so that the rule need not look again.
type cleanPart struct {
	node    *tomlsyntax.Node
	section tomlsyntax.SectionNode
	rule    any // what looked: comparable
}

// once runs f, which must depend on the part and the configuration alone, unless it had nothing to
// report of the same part before.
func (p *pass) once(part cleanPart, f func()) {
	if p.checker.memo.clean.known(part) {
		return
	}
	before := p.reported
	f()
	if p.reported == before {
		p.checker.memo.clean.add(part, struct{}{})
	}
}

// eachOf runs f over the items of a table, by way of once where the table is a section of its own.
func (p *pass) eachOf(t tomlsyntax.Table, rule string, f func(tomlsyntax.Item)) {
	all := func() {
		for it := range t.Items() {
			f(it)
		}
	}
	if s, ok := t.Section(); ok && s.Span().End-s.Span().Start >= worthKnowing {
		p.once(cleanPart{section: s.ID(), rule: rule}, all)
		return
	}
	all()
}

// cleanText is a text that a rule had nothing to say of.
type cleanText struct{ rule, text string }

// onceFor runs f, which must depend on the text and the configuration alone, unless it had nothing
// to report of the same text before.
func (p *pass) onceFor(rule, text string, f func()) {
	if len(text) > worthKnowing {
		f()
		return
	}
	texts := p.checker.memo.texts
	if texts.known(cleanText{rule, text}) {
		return
	}
	before := p.reported
	f()
	if p.reported == before {
		texts.add(cleanText{rule, strings.Clone(text)}, struct{}{})
	}
}

// worthKnowing is the size in bytes from which remembering a part pays.
const worthKnowing = 1 << 10

// memos is what a Checker remembers. What is keyed by a part of a tree keeps that part alive, so
// those tables are small, or their keys are.
type memos struct {
	clean    *memo[cleanPart, struct{}]
	texts    *memo[cleanText, struct{}]
	licenses *memo[string, *badValue]
	paths    *memo[string, *pathReport]          // of the entries of filesystem.read and write together
	ranges   *memo[*tomlsyntax.Node, bool]       // whether a line of [requires] has something to report
	dubious  *memo[tomlsyntax.SectionNode, bool] // and whether any line of a section has
}

func newMemos() memos {
	return memos{
		clean:    newMemo[cleanPart, struct{}](8),
		texts:    newMemo[cleanText, struct{}](512),
		licenses: newMemo[string, *badValue](256),
		paths:    newMemo[string, *pathReport](64),
		ranges:   newMemo[*tomlsyntax.Node, bool](1 << 14),
		dubious:  newMemo[tomlsyntax.SectionNode, bool](8),
	}
}
