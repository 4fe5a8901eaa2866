package manifestcheck

import (
	"iter"
	"slices"
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

// cleanNode is an expression that a rule had nothing to say of. An edit elsewhere leaves the
// expression's identity as it is, so that the rule need not look again.
type cleanNode struct {
	node *tomlsyntax.Node
	rule *Field
}

// onceOf runs f, which must depend on the expression and the configuration alone, unless it had
// nothing to report of the same expression before.
func (p *pass) onceOf(e tomlsyntax.Expr, rule *Field, f func()) {
	key := cleanNode{e.Node(), rule}
	if p.checker.memo.nodes.known(key) {
		return
	}
	before := p.reported
	f()
	if p.reported == before {
		p.checker.memo.nodes.add(key, struct{}{})
	}
}

// eachOf runs f over the items of a table. f must depend on the item and the configuration alone.
// Of a long section, only what changed since a rule found it clean is looked at.
func (p *pass) eachOf(t tomlsyntax.Table, rule string, f func(tomlsyntax.Item)) {
	s, ok := t.Section()
	if !ok || s.Span().End-s.Span().Start < worthKnowing {
		for it := range t.Items() {
			f(it)
		}
		return
	}
	before := p.reported
	if changed, ok := p.checker.memo.sections.changed(s, rule); ok {
		for e := range changed {
			if e.Kind() != tomlsyntax.KeyValue || e.Key().Len() == 0 {
				continue
			}
			// A key that another line defines too is looked at where it is first defined.
			if it, ok := t.Get(e.Key().Segment(0).Name); ok && e.Span().Start <= it.KeySpan().Start && it.KeySpan().Start < e.Span().End {
				f(it)
			}
		}
	} else {
		for it := range t.Items() {
			f(it)
		}
	}
	// With keys defined twice, a line may count for nothing now and count after an edit elsewhere.
	if p.reported == before && len(p.tree.Errors()) == 0 {
		p.checker.memo.sections.add(s, rule)
	}
}

// cleanSections remembers the last few sections that each rule found clean.
type cleanSections struct {
	mu     sync.Mutex
	byRule map[string][]tomlsyntax.SectionNode
}

// sectionsKept is for each rule; a section of an edited file keeps the file's lines alive.
const sectionsKept = 4

// changed returns what a section has that a clean one has not, if it shares anything with one.
func (m *cleanSections) changed(s tomlsyntax.Section, rule string) (best iter.Seq[tomlsyntax.Expr], ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	least := s.Len()
	for _, old := range m.byRule[rule] {
		if changed, n := s.Changed(old); n < least {
			best, least, ok = changed, n, true
		}
	}
	return best, ok
}

func (m *cleanSections) add(s tomlsyntax.Section, rule string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := slices.DeleteFunc(m.byRule[rule], func(old tomlsyntax.SectionNode) bool {
		_, n := s.Changed(old)
		return n <= s.Len()/2 // an earlier version of the same section
	})
	kept = append([]tomlsyntax.SectionNode{s.ID()}, kept...)
	m.byRule[rule] = kept[:min(len(kept), sectionsKept)]
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
	nodes    *memo[cleanNode, struct{}]
	sections *cleanSections
	texts    *memo[cleanText, struct{}]
	licenses *memo[string, *badValue]
	paths    *memo[string, *pathReport] // of the entries of filesystem.read and write together
}

func newMemos() memos {
	return memos{
		nodes:    newMemo[cleanNode, struct{}](8),
		sections: &cleanSections{byRule: map[string][]tomlsyntax.SectionNode{}},
		texts:    newMemo[cleanText, struct{}](512),
		licenses: newMemo[string, *badValue](256),
		paths:    newMemo[string, *pathReport](64),
	}
}
