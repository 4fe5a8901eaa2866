package lsp

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/lsp/project"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// keys proposes the keys that a table lacks, and at the start of a line the tables that the file
// lacks.
func (c *completer) keys() {
	path, field := c.place.path, manifestcheck.Schema().Lookup(c.place.path...)
	for i := 0; i < len(path) && !c.place.inline; i++ {
		if f := manifestcheck.Schema().Lookup(path[:i]...); f != nil && f.Type == manifestcheck.TypeMap {
			path, field = path[:i], f // "quality.check" typed without its quotes looks like a dotted key
		}
	}
	switch {
	case field != nil && field.Type == manifestcheck.TypeMap:
		c.mapKeys(path, field)
	case c.place.garbled:
		return
	case field != nil && field.Type == manifestcheck.TypeTable:
		c.tableKeys(path, field)
	}
	if w := c.place.word; !c.place.inline && !c.place.dotted && !c.place.assigned && quotesOf(c.tree.Source()[w.Start:w.End]) == "" {
		c.headers(false)
		if len(path) == 0 {
			c.wholeManifest()
		}
	}
}

// tableKeys proposes the keys of a table with a fixed set of them, required ones first.
func (c *completer) tableKeys(path []string, table *manifestcheck.Field) {
	have := c.has(path)
	var required, others, deprecated []candidate
	for _, f := range table.Children() {
		switch {
		case have(f.Name()), c.kind != "" && !f.AppliesTo(c.kind):
			continue
		case f.Type >= manifestcheck.TypeTable && !c.place.inline && !c.place.dotted && !c.place.assigned:
			continue // proposed as a header
		}
		x := c.key(f)
		switch {
		case c.kind != "" && f.DeprecatedFor(c.kind):
			x.deprecated = true
			deprecated = append(deprecated, x)
		case c.kind != "" && f.RequiredFor(c.kind) || c.kind == "" && len(f.RequiredBy) == 4:
			x.detail += ", required"
			required = append(required, x)
		default:
			others = append(others, x)
		}
	}
	c.add(c.separated(slices.Concat(required, others, deprecated))...)
	if c.place.assigned {
		c.commit = []string{"=", "."}
	}
}

// key is a key with the beginning of its value.
func (c *completer) key(f *manifestcheck.Field) candidate {
	x := candidate{label: f.Name(), text: f.Name(), detail: f.Type.String(), kind: protocol.CompletionItemKindProperty, about: about{Field: f.Path}}
	isTable := f.Type >= manifestcheck.TypeTable
	if isTable {
		x.kind = protocol.CompletionItemKindModule
	}
	switch {
	case c.place.assigned:
	case isTable && !c.place.inline:
		x.text += "."
	default:
		x.text += " = "
		x.snippet = x.text + valueSnippet(f)
	}
	return x
}

// valueSnippet is the beginning of a value, with the places to fill in.
func valueSnippet(f *manifestcheck.Field) string {
	hint := f.Default
	if hint == "" && f.Path == "wasm.module" || f.Path == "version" {
		hint = f.Example
	}
	hint = strings.Trim(hint, `"`)
	switch f.Type {
	case manifestcheck.TypeString:
		if len(f.Enum) > 0 {
			return `"${1|` + choices(f.Enum) + `|}"`
		}
		if hint != "" {
			return `"${1:` + snippetText(hint) + `}"`
		}
		return `"$1"`
	case manifestcheck.TypeInteger:
		return "${1:" + snippetText(hint) + "}"
	case manifestcheck.TypeBool:
		return "${1|true,false|}"
	case manifestcheck.TypeStrings:
		return `["$1"]`
	}
	return "{ $1 }"
}

func choices(all []manifestcheck.Choice) string {
	names := make([]string, len(all))
	for i, x := range all {
		names[i] = x.Value
	}
	return strings.Join(names, ",")
}

// snippetText escapes what has a meaning in a snippet.
func snippetText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`).Replace(s)
}

// has returns whether a table has a key already, the one at the place left out.
func (c *completer) has(path []string) func(name string) bool {
	table := c.tree.Root()
	if len(path) > 0 {
		it, ok := table.Lookup(path...)
		if ok {
			table, ok = it.Table()
		}
		if !ok {
			return func(string) bool { return false }
		}
	}
	return func(name string) bool {
		it, ok := table.Get(name)
		return ok && !touches(it.KeySpan(), c.place.off)
	}
}

// mapKeys proposes keys of a table whose keys are the author's: events of hooks, names of plugins.
func (c *completer) mapKeys(path []string, table *manifestcheck.Field) {
	if !c.mapWord() {
		return
	}
	have := c.has(path)
	value := `"$1"`
	var all []candidate
	switch {
	case len(table.Enum) > 0:
		if exports := hookExports(c.tree); len(exports) > 0 {
			value = `"${1|` + snippetChoices(exports) + `|}"`
		}
		provided := listAt(c.tree, "provides", "hooks")
		for _, e := range table.Enum {
			if have(e.Value) {
				continue
			}
			x := candidate{label: e.Value, kind: protocol.CompletionItemKindEvent, detail: "hook event", about: about{Field: table.Path, Choice: e.Value}}
			if slices.Contains(provided, e.Value) {
				x.detail = "hook event, provided"
				all = slices.Insert(all, 0, x)
				continue
			}
			all = append(all, x)
		}
	case table.Path == "requires":
		value = `"${1:^1.0}"`
		own, _ := textAt(c.tree, "name")
		for _, p := range c.neighbours() {
			if p.name != own && !have(p.name) {
				x := candidate{label: p.name, kind: protocol.CompletionItemKindModule, detail: p.version}
				if v, err := semrange.ParseSemver(p.version); err == nil {
					x.value = fmt.Sprintf(`"${1:^%d.%d}"`, v.Major(), v.Minor())
				}
				all = append(all, x)
			}
		}
	}
	for i := range all {
		x := &all[i]
		x.text = tomlsyntax.QuoteKey(x.label)
		if c.quote.mark != "" {
			x.text = c.quote.wrap(x.label)
		}
		if c.quote.closed && !c.place.assigned {
			x.text = c.quote.mark + x.text + c.quote.mark
			x.filter = x.text // the word has the quotes too
		}
		if !c.place.assigned {
			x.text += " = "
			x.snippet = snippetText(x.text) + cmp.Or(x.value, value)
		}
	}
	c.add(c.separated(all)...)
}

// separated adds, within an inline table, the comma that a new key needs before the next one.
func (c *completer) separated(all []candidate) []candidate {
	if !c.place.before {
		return all
	}
	comma := ", "
	if rest := c.tree.Source()[c.word.End:]; strings.TrimLeft(rest, " \t\r\n") != rest {
		comma = ","
	}
	for i := range all {
		if all[i].snippet != "" {
			all[i].snippet += comma
		}
	}
	return all
}

// hookExports are the declared exports that a hook may call.
func hookExports(t *tomlsyntax.Tree) []string {
	return slices.DeleteFunc(declaredExports(t), project.LifecycleExport)
}

func snippetChoices(names []string) string {
	escaped := make([]string, len(names))
	for i, n := range names {
		escaped[i] = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`).Replace(n)
	}
	return strings.Join(escaped, ",")
}

// mapWord takes the whole of a name as the word, also where TOML sees a dotted key or nothing in it.
// It returns false beside the quotes of a name, where nothing can be written.
func (c *completer) mapWord() bool {
	src := c.tree.Source()
	w := c.place.word
	if raw := src[w.Start:w.End]; quotesOf(raw) != "" {
		c.quote, c.word = quotingOf(src, w, c.place.off)
		if !touches(c.word, c.place.off) {
			return false
		}
		if c.quote.closed && !c.place.assigned {
			c.word = w // what follows a key stands behind its closing quote
		}
		return true
	}
	name := func(b byte) bool {
		return b == '.' || b == ':' || b == '-' || b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	}
	w = emptyAt(c.place.off)
	for w.Start > 0 && name(src[w.Start-1]) {
		w.Start--
	}
	for w.End < len(src) && name(src[w.End]) {
		w.End++
	}
	c.word = w
	return true
}

// headers proposes the tables that the file lacks, required ones first: within the brackets of a
// header, or as a new header at the start of a line.
func (c *completer) headers(within bool) {
	if within && strings.HasSuffix(strings.TrimRight(c.tree.Source()[:c.word.Start], " \t"), "[[") {
		return // no table of a manifest is one of an array
	}
	var required, others []candidate
	for _, f := range manifestcheck.Schema().Fields {
		if f.Type < manifestcheck.TypeTable || strings.HasSuffix(f.Path, "*") || c.kind != "" && !f.AppliesTo(c.kind) || !c.tierOf(f) {
			continue
		}
		if c.defined(strings.Split(f.Path, ".")) {
			continue
		}
		x := candidate{label: f.Path, text: f.Path, detail: "table", kind: protocol.CompletionItemKindModule, about: about{Field: f.Path}}
		switch {
		case !within:
			x.label, x.text, x.filter = "["+f.Path+"]", "["+f.Path+"]", f.Path
		case !c.place.assigned:
			x.text += "]"
		}
		if c.kind != "" && f.RequiredFor(c.kind) {
			x.detail = "table, required"
			required = append(required, x)
			continue
		}
		others = append(others, x)
	}
	c.add(slices.Concat(required, others)...)
}

// tierOf reports whether the tables above a row are for the plugin's kind too.
func (c *completer) tierOf(f *manifestcheck.Field) bool {
	if c.kind == "" {
		return true
	}
	top := manifestcheck.Schema().Lookup(strings.SplitN(f.Path, ".", 2)[0])
	return top == nil || top.AppliesTo(c.kind)
}

// defined reports whether a header for the table would define it twice, or add to an inline table.
func (c *completer) defined(path []string) bool {
	for i := 1; i < len(path); i++ {
		if it, ok := c.tree.Root().Lookup(path[:i]...); ok && it.IsValue() && !touches(it.KeySpan(), c.place.off) {
			return true
		}
	}
	it, ok := c.tree.Root().Lookup(path...)
	if !ok || touches(it.KeySpan(), c.place.off) {
		return false
	}
	t, isTable := it.Table()
	if it.IsValue() || !isTable {
		return true
	}
	for _, h := range t.Headers() {
		if !touches(h, c.place.off) {
			return true
		}
	}
	e, ok := it.Expr()
	return ok && e.Kind() == tomlsyntax.KeyValue && !touches(e.Key().Span(), c.place.off) // dotted keys define it
}

// wholeManifest proposes a beginning for a file that has none.
func (c *completer) wholeManifest() {
	if strings.TrimSpace(strings.TrimPrefix(c.tree.Source(), "\ufeff")) != strings.TrimSpace(c.tree.Source()[c.word.Start:c.word.End]) {
		return
	}
	name := c.snap.Facts(c.doc).Folder
	if name == "" {
		name = "my-plugin"
	}
	head := "name = \"${1:" + snippetText(name) + "}\"\nversion = \"${2:0.1.0}\"\nkind = \"%\"\nsummary = \"$3\"\n"
	for _, m := range []struct{ kind, rest string }{
		{"wasm", "\n[samuel]\nprotocol = \"^1\"\n\n[capabilities.filesystem]\nread = [\"/workspace/**\"]\n\n[wasm]\nmodule = \"${4:plugin.wasm}\"\nexports = [\"${5:check}\"]\n\n[hooks]\n\"quality.check\" = \"${5:check}\"\n"},
		{"skill", "\n[provides]\nskills = [\"${4:" + snippetText(name) + "}\"]\n"},
		{"oci", "\n[capabilities]\n\n[oci]\nimage = \"$4\"\n"},
		{"meta", "\n[requires]\n${4:other-plugin} = \"${5:^1.0}\"\n"},
	} {
		body := strings.ReplaceAll(head, "%", m.kind) + m.rest
		if strings.Contains(c.tree.Source(), "\r\n") {
			body = strings.ReplaceAll(body, "\n", "\r\n")
		}
		c.add(candidate{
			label: m.kind + " plugin", filter: m.kind, kind: protocol.CompletionItemKindSnippet,
			text: unsnippet(body), snippet: body, detail: "new manifest", about: about{Field: "kind", Choice: m.kind},
		})
	}
}

// unsnippet is the text of a snippet without its places.
func unsnippet(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		switch {
		case s[0] == '\\' && len(s) > 1:
			b.WriteByte(s[1])
			s = s[2:]
		case strings.HasPrefix(s, "${"):
			end := strings.IndexByte(s, '}')
			_, hint, _ := strings.Cut(s[2:end], ":")
			b.WriteString(hint)
			s = s[end+1:]
		case s[0] == '$' && len(s) > 1:
			s = s[2:]
		default:
			b.WriteByte(s[0])
			s = s[1:]
		}
	}
	return b.String()
}
