package manifestcheck

import (
	"fmt"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// checkSchema compares what is there with the schema table.
func checkSchema(p *pass) {
	w := &walker{p}
	for i := range p.entries {
		e := &p.entries[i]
		switch {
		case p.claimed != nil && p.isClaimed(e.path()):
		case e.field == nil && p.full():
			p.report(Diagnostic{Code: "schema/unknown-key", Span: e.item.KeySpan()})
		case e.field == nil:
			w.unknown(e)
		default:
			w.entry(e)
		}
	}
	w.missing()
	p.checkDigestAgrees()
	p.checkFolder()
}

type walker struct{ *pass }

// removing is the fix that removes an item of a list.
func (w *walker) removing(title string, list tomlsyntax.Value, i int, safe, preferred bool) []Fix {
	if !w.affordable() {
		return nil
	}
	return []Fix{{Title: title, Edits: []tomlsyntax.Edit{w.removeElement(list, i)}, Safe: safe, Preferred: preferred}}
}

// entry checks one key. The keys of a table are entries of their own.
func (w *walker) entry(e *entry) {
	f := e.field
	w.forKind(e)
	switch f.Type {
	case TypeAny, TypeTable:
		if _, ok := w.table(f.Path); !ok || e.item.IsArrayOfTables() {
			w.wrongType(e)
		}
	case TypeMap:
		t, ok := w.table(f.Path)
		if ok {
			w.mapTable(t, f)
		}
		if !ok || e.item.IsArrayOfTables() {
			w.wrongType(e)
		}
	default:
		if e.item.IsValue() {
			w.value(e)
		} else {
			w.wrongType(e)
		}
	}
}

// mapTable checks a table whose keys the author chooses. The entries of [requires] are names of
// plugins; those of the hook tables are events, which have a rule of their own.
func (w *walker) mapTable(t tomlsyntax.Table, f *Field) {
	value := f.Child("")
	names := f.Enum == nil
	anyString := value.Rule != "" && !value.NonEmpty
	w.eachOf(t, f.Path, func(it tomlsyntax.Item) {
		name, v := it.Name(), it.Value()
		ok := !names || validName(name)
		if ok && anyString && v.Kind() == tomlsyntax.String {
			return // what nearly all entries of a long table are
		}
		e := &entry{it, v, name, value, f}
		if w.isClaimed(e.path()) {
			return
		}
		if !ok {
			b := checkName(w.checker, name)
			d := Diagnostic{Code: "schema/invalid-value", Span: it.KeySpan(), Message: b.message}
			if b.use != "" && it.IsValue() {
				d.Fixes = w.fix("rename to "+b.use, false, replace(it.KeySpan(), b.use))
			}
			w.report(d)
		}
		w.entry(e)
	})
}

// value checks a key that holds no table.
func (w *walker) value(e *entry) {
	f, v := e.field, e.value
	ok := true
	switch v.Kind() {
	case tomlsyntax.InvalidValue:
		return // a syntax error, said already
	case tomlsyntax.String:
		ok = f.Type == TypeString
	case tomlsyntax.Integer:
		ok = f.Type == TypeInteger
	case tomlsyntax.Bool:
		ok = f.Type == TypeBool
	case tomlsyntax.Array:
		ok = f.Type == TypeStrings
	default:
		ok = false
	}
	if !ok {
		w.wrongType(e)
		return
	}
	switch f.Type {
	case TypeString:
		s, _ := v.Text()
		w.text(s, v.Span(), f)
	case TypeStrings:
		if len(v.Raw()) < worthKnowing {
			w.items(v, f)
		} else if x, ok := e.item.Expr(); ok {
			w.onceOf(x, f, func() { w.items(v, f) })
		}
	}
	if w.model.Kind.OK && f.DeprecatedFor(w.model.Kind.Text) {
		w.deprecated(e)
	}
}

// text checks one string: of a key or of a list's item.
func (w *walker) text(s string, at tomlsyntax.Span, f *Field) {
	var b *badValue
	switch {
	case f.NonEmpty && strings.TrimSpace(s) == "":
		b = &badValue{message: fmt.Sprintf("%s is empty: %s", what(f), f.wanted())}
	case f.Rule != "":
		return // a rule of its own looks at it
	case f.Enum != nil:
		b = enumProblem(s, f)
	case f.check != nil:
		b = f.check(w.checker, s)
	}
	if b == nil {
		return
	}
	d := Diagnostic{Code: "schema/invalid-value", Span: at, Message: b.message}
	if b.use != "" {
		d.Fixes = []Fix{{Title: "write " + quote(b.use), Edits: []tomlsyntax.Edit{replace(at, quote(b.use))}, Safe: b.safe, Preferred: true}}
	}
	w.report(d)
}

// what names a key in a message, or the items of a list.
func what(f *Field) string {
	if f.Type == TypeStrings {
		return "an item of " + f.Path
	}
	return f.Path
}

// wanted says what to write, in a message.
func (f *Field) wanted() string {
	switch {
	case f.Example != "":
		return "write for example " + f.Example
	case f.Constraint != "":
		return "it must be " + f.Constraint
	}
	return "write a value, or leave it out"
}

func enumProblem(s string, f *Field) *badValue {
	names := f.values
	if contains(names, s) {
		return nil
	}
	b := &badValue{message: fmt.Sprintf("%q is no %s: write one of %s", s, f.Name(), strings.Join(quoted(names), ", "))}
	if near := nearest(s, names); near != "" {
		b.message = fmt.Sprintf("%q is no %s: did you mean %q? It is one of %s", s, f.Name(), near, strings.Join(quoted(names), ", "))
		b.use = near
	}
	return b
}

func choiceNames(cs []Choice) []string {
	names := make([]string, len(cs))
	for i, c := range cs {
		names[i] = c.Value
	}
	return names
}

func quoted(names []string) []string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = `"` + n + `"`
	}
	return q
}

// items checks a list: every item's type and value, and that no item is there twice.
func (w *walker) items(list tomlsyntax.Value, f *Field) {
	var few [16]seenItem
	seen := few[:0]
	var many map[string]tomlsyntax.Span
	i := -1
	for e := range list.Elements() {
		i++
		s, ok := e.Text()
		if !ok {
			w.wrongItem(list, e, i, f)
			continue
		}
		w.text(s, e.Span(), f)
		if !f.Unique {
			continue
		}
		first, twice := tomlsyntax.Span{}, false
		if many != nil {
			first, twice = many[s]
		} else {
			for _, x := range seen {
				if x.text == s {
					first, twice = x.at, true
					break
				}
			}
		}
		switch {
		case twice:
			w.report(Diagnostic{
				Code: "schema/duplicate-item", Span: e.Span(), Tags: []Tag{Unnecessary},
				Message: fmt.Sprintf("%q is in the list already: remove it, or write the one that was meant", s),
				Related: []Related{{first, "the first one"}},
				Fixes:   w.removing("remove the second "+quote(s), list, i, true, true),
			})
		case many != nil:
			many[s] = e.Span()
		case len(seen) < len(few):
			seen = append(seen, seenItem{s, e.Span()})
		default:
			many = make(map[string]tomlsyntax.Span, 4*len(seen))
			for _, x := range seen {
				many[x.text] = x.at
			}
			many[s] = e.Span()
		}
	}
}

type seenItem struct {
	text string
	at   tomlsyntax.Span
}

// forKind reports a key that the plugin's kind does not use.
func (w *walker) forKind(e *entry) {
	k, f, it := &w.model.Kind, e.field, &e.item
	if f.Kinds == nil || !k.OK || f.AppliesTo(k.Text) {
		return
	}
	if e.value.Kind() == tomlsyntax.Array && e.value.Len() == 0 {
		return // an empty list asks for nothing
	}
	path := e.path()
	d := Diagnostic{
		Code: "schema/not-for-kind", Span: it.KeySpan(), Tags: []Tag{Unnecessary},
		Message: fmt.Sprintf("%s is not used by plugins of kind %q, only by %s: remove it, or mend the kind", f.label(), k.Text, kindList(f.Kinds)),
		Related: []Related{{k.Span, "the kind"}},
	}
	if to := twinKey(f, k.Text); to != "" {
		if parent := path[:len(path)-1]; !w.has(append(parent[:len(parent):len(parent)], to)...) {
			d.Message = fmt.Sprintf("%s is not used by plugins of kind %q: write %s", f.label(), k.Text, to)
			d.Fixes = w.fix("rename to "+to, false, replace(it.KeySpan(), to))
		}
	} else if w.affordable() {
		d.Fixes = w.fix("remove "+f.label(), false, w.remove(path...)...)
	}
	w.report(d)
}

// twinKey is the key that says for another kind what f says.
func twinKey(f *Field, kind string) string {
	switch {
	case f.Path == "capabilities.network.hosts" && kind == manifest.KindOCI:
		return "allowed_hosts"
	case f.Path == "capabilities.network.allowed_hosts" && kind == manifest.KindWasm:
		return "hosts"
	}
	return ""
}

func (p *pass) has(path ...string) bool {
	_, ok := p.root.Lookup(path...)
	return ok
}

// label is the key as people write it: a table with its brackets.
func (f *Field) label() string {
	if f.Type == TypeTable || f.Type == TypeMap || f.Type == TypeAny {
		return "[" + f.Path + "]"
	}
	return f.Path
}

func kindList(kinds []string) string { return strings.Join(quoted(kinds), ", ") }

// deprecated reports a key that another one replaces for this kind.
func (w *walker) deprecated(e *entry) {
	it, f, path := &e.item, e.field, e.path()
	d := Diagnostic{
		Code: "schema/deprecated-key", Span: it.KeySpan(), Tags: []Tag{Deprecated},
		Message: fmt.Sprintf("%s is deprecated for plugins of kind %q: write %s", f.Path, w.model.Kind.Text, f.Use),
	}
	parent := path[:len(path)-1]
	use := append(parent[:len(parent):len(parent)], f.Use)
	other, there := w.root.Lookup(use...)
	switch {
	case !there:
		d.Fixes = w.fix("rename to "+f.Use, true, replace(it.KeySpan(), f.Use))
	case other.IsValue() && other.Value().Kind() == tomlsyntax.Array:
		d.Related = []Related{{other.KeySpan(), f.Use + " is here"}}
		d.Fixes = w.keepingComments(w.moveItems(it.Value(), path, use))
	}
	w.report(d)
}

// moveItems moves the strings of one list that the other lacks there, and removes the first list.
func (w *walker) moveItems(from tomlsyntax.Value, path, to []string) []Fix {
	if from.Len() > maxSteps {
		return nil
	}
	var steps []func(*pass) []tomlsyntax.Edit
	for e := range from.Elements() {
		s, ok := e.Text()
		if !ok {
			return nil
		}
		steps = append(steps, func(q *pass) []tomlsyntax.Edit {
			it, _ := q.root.Lookup(to...)
			for x := range it.Value().Elements() {
				if t, ok := x.Text(); ok && t == s {
					return nil
				}
			}
			return []tomlsyntax.Edit{q.appendElement(it.Value(), quote(s))}
		})
	}
	steps = append(steps, func(q *pass) []tomlsyntax.Edit { return q.remove(path...) })
	return w.rewrite("move the items to "+to[len(to)-1], true, steps...)
}
