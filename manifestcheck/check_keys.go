package manifestcheck

import (
	"fmt"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// unknown reports a key that the schema does not have, with the key that was likely meant.
func (w *walker) unknown(e *entry) {
	name, f, path := e.name, e.parent, e.path()
	t := w.root
	if f.Path != "" {
		t, _ = w.table(f.Path)
	}
	in := "at the top of the file"
	if f.Path != "" {
		in = "in [" + f.Path + "]"
	}
	d := Diagnostic{Code: "schema/unknown-key", Span: e.item.KeySpan()}
	near := nearKey(name, f)
	switch {
	case near != nil:
		d.Message = fmt.Sprintf("unknown key %q %s: did you mean %q?", name, in, near.Name())
		if _, taken := t.Get(near.Name()); !taken {
			if w.affordable() {
				d.Fixes = w.fix("rename to "+near.Name(), false, w.rename(path, near.Name())...)
			}
		} else if other, _ := t.Get(near.Name()); other.KeySpan() != (tomlsyntax.Span{}) {
			d.Related = []Related{{other.KeySpan(), near.Name() + " is here already"}}
		}
	case elsewhere(name) != "":
		d.Message = fmt.Sprintf("unknown key %q %s: it belongs in %s", name, in, elsewhere(name))
	case len(f.Children()) == 0:
		d.Message = fmt.Sprintf("unknown key %q %s: keys of your own belong below [metadata]", name, in)
	default:
		d.Message = fmt.Sprintf("unknown key %q %s: known are %s; keys of your own belong below [metadata]", name, in, strings.Join(childNames(f), ", "))
	}
	w.report(d)
}

func childNames(f *Field) []string {
	names := make([]string, 0, len(f.Children()))
	for _, c := range f.Children() {
		names = append(names, c.Name())
	}
	return names
}

// nearKey returns the key of table f that name was likely meant to be: another word for it, or a
// near spelling.
func nearKey(name string, f *Field) *Field {
	folded := foldName(name)
	for _, c := range f.Children() {
		for _, alias := range c.Aliases {
			if foldName(alias) == folded {
				return c
			}
		}
	}
	if n := nearest(name, childNames(f)); n != "" {
		return f.Child(n)
	}
	return nil
}

// elsewhere names the tables that have a key of that name.
func elsewhere(name string) string {
	var in []string
	for _, f := range Schema().Fields {
		if f.Name() != name || name == "*" {
			continue
		}
		if table := strings.TrimSuffix(f.Path, name); table == "" {
			in = append(in, "the top of the file")
		} else {
			in = append(in, "["+strings.TrimSuffix(table, ".")+"]")
		}
	}
	return strings.Join(in, " or ")
}

// missing reports required keys that are not there.
func (w *walker) missing() {
	kind := w.model.Kind
	for _, f := range Schema().required {
		path := f.path
		always := len(f.RequiredBy) == len(allKinds())
		if !always && (!kind.OK || !f.RequiredFor(kind.Text)) || w.isClaimed(path) {
			continue
		}
		if w.seen&(1<<f.index) != 0 {
			if f.Type != TypeMap || !f.NonEmpty {
				continue
			}
			if t, ok := w.table(f.Path); ok && isEmpty(t) {
				w.reportMissing(f, w.model.RequiresHeader, fmt.Sprintf("[%s] is empty: a plugin of kind %q requires at least one other plugin", f.Path, kind.Text), path)
			}
			continue
		}
		var at tomlsyntax.Span
		if len(path) > 1 {
			if _, ok := w.table(path[0]); !ok {
				continue // said of the table itself
			}
			parent, _ := w.root.Get(path[0])
			at = headerSpan(parent)
		} else {
			at = w.firstKey()
		}
		if w.inBroken(path) {
			continue
		}
		why := "every plugin has one"
		if !always {
			why = fmt.Sprintf("a plugin of kind %q has one", kind.Text)
		}
		w.reportMissing(f, at, fmt.Sprintf("%s is missing: %s, %s", f.label(), why, w.placeholderText(f)), path)
	}
}

func isEmpty(t tomlsyntax.Table) bool {
	for range t.Items() {
		return false
	}
	return true
}

func (w *walker) placeholderText(f *Field) string {
	if f.Type == TypeTable || f.Type == TypeMap {
		return "write the table " + f.label()
	}
	if v := w.placeholder(f); v != "" {
		return "write for example " + f.Name() + " = " + v
	}
	return f.wanted()
}

func (w *walker) reportMissing(f *Field, at tomlsyntax.Span, message string, path []string) {
	d := Diagnostic{Code: "schema/missing-key", Span: at, Message: message}
	switch v := w.placeholder(f); {
	case f.Type == TypeTable && !w.has(path...):
		d.Fixes = w.fix("add "+f.label(), f.Path == "capabilities", w.newTable(path, firstLine(f))...)
	case v != "" && f.Type != TypeMap:
		d.Fixes = w.fix("add "+f.Name()+" = "+v, false, w.set(v, path...)...)
	}
	w.report(d)
}

// firstLine is the line that a new table needs at least.
func firstLine(f *Field) string {
	for _, c := range f.Children() {
		if c.RequiredBy != nil && c.Example != "" {
			return c.Name() + " = " + c.Example
		}
	}
	return ""
}

// placeholder is a value to start from, as TOML.
func (w *walker) placeholder(f *Field) string {
	switch f.Path {
	case "name":
		if validName(w.facts.Folder) {
			return quote(w.facts.Folder)
		}
	case "kind":
		switch {
		case w.has("wasm"):
			return quote(manifest.KindWasm)
		case w.has("oci"):
			return quote(manifest.KindOCI)
		}
		return quote(manifest.KindSkill)
	}
	return f.Example
}

// firstKey is where a key missing from the root is reported: the file's first key, or its start.
func (p *pass) firstKey() tomlsyntax.Span {
	for s := range p.tree.Sections() {
		for e := range s.Expressions() {
			if e.Key().Len() > 0 {
				return e.Key().Span()
			}
		}
	}
	return tomlsyntax.Span{}
}

// headerSpan is where a key missing from a table is reported: its header's key, or the key that
// names it.
func headerSpan(it tomlsyntax.Item) tomlsyntax.Span {
	if t, ok := it.Table(); ok {
		if hs := t.Headers(); len(hs) > 0 {
			return hs[0]
		}
	}
	return it.KeySpan()
}

// inBroken says whether a line that is no TOML names the key: then the key is not missing.
func (p *pass) inBroken(path []string) bool {
	if len(p.tree.Errors()) == 0 {
		return false
	}
	for s := range p.tree.Sections() {
		h, ok := headerPath(s)
		if !ok || !hasPrefix(path, h) {
			if header, _ := s.Header(); ok && header.Broken() && hasPrefix(h, path) {
				return true
			}
			continue
		}
		for e := range s.Expressions() {
			if !e.Broken() {
				continue
			}
			rest := path[len(h):]
			if names := e.Key().Names(); len(names) > 0 && hasPrefix(names, rest) {
				return true
			}
			if len(rest) > 0 && firstWord(e.Text()) == rest[0] {
				return true
			}
		}
	}
	return false
}

// firstWord is the bare key that a line begins with.
func firstWord(line string) string {
	line = strings.TrimLeft(line, " \t[\"'")
	for i := range len(line) {
		c := line[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return line[:i]
		}
	}
	return line
}

// checkDigestAgrees compares the two places that name the image's digest.
func (p *pass) checkDigestAgrees() {
	t, ok := p.table("oci")
	if !ok {
		return
	}
	digest := textAt(t, "digest")
	_, pinned, ok := strings.Cut(p.model.Image.Text, "@")
	if !digest.OK || !ok || digest.Text == pinned || checkDigest(p.checker, digest.Text) != nil || checkDigest(p.checker, pinned) != nil {
		return
	}
	p.report(Diagnostic{
		Code: "schema/invalid-value", Span: digest.Span,
		Message: "the digest is not the one that image is pinned by: write the same, or leave it out",
		Related: []Related{{p.model.Image.Span, "the image and its digest"}},
		Fixes:   p.fix("write the image's digest", false, replace(digest.Span, quote(pinned))),
	})
}

// checkFolder compares the name of an installed plugin with its folder's.
func (p *pass) checkFolder() {
	n := p.model.Name
	if !p.facts.Installed || p.facts.Folder == "" || !n.OK || n.Text == p.facts.Folder {
		return
	}
	d := Diagnostic{
		Code: "schema/name-folder-mismatch", Span: n.Span,
		Message: fmt.Sprintf("the plugin %q is installed in the folder %q: give both the same name", n.Text, p.facts.Folder),
	}
	if validName(p.facts.Folder) {
		d.Fixes = p.fix("write "+quote(p.facts.Folder), false, replace(n.Span, quote(p.facts.Folder)))
	}
	p.report(d)
}
