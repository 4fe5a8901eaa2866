package lsp

import (
	"context"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/lsp/project"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// quoting is how the string at a place is written.
type quoting struct {
	mark   string // its opening quotes; "" for no string
	closed bool
}

// quotingOf returns how the string at w is written, and what of it is text to be replaced: all
// between its quotes, or, where the closing ones are missing, the word around off.
func quotingOf(src string, w tomlsyntax.Span, off int) (quoting, tomlsyntax.Span) {
	raw := src[w.Start:w.End]
	q := quoting{mark: quotesOf(raw), closed: closedString(raw)}
	if q.mark == "" {
		return q, w
	}
	w.Start += len(q.mark)
	if q.closed {
		w.End -= len(q.mark)
		return q, w
	}
	end := max(off, w.Start)
	for end < w.End && !strings.ContainsRune(" \t,]}#=\r\n", rune(src[end])) {
		end++
	}
	w.End = end
	return q, w
}

// wrap writes s as it must be at the place: within the quotes that are there, or with its own.
func (q quoting) wrap(s string) string {
	switch {
	case q.mark == "":
		return tomlsyntax.Quote(s)
	case q.mark[0] == '"':
		s = tomlsyntax.Quote(s)
		s = s[1 : len(s)-1]
	}
	if !q.closed {
		s += q.mark
	}
	return s
}

// values proposes what the key at the place may hold.
func (c *completer) values(ctx context.Context) {
	path := c.place.path
	f := manifestcheck.Schema().Lookup(path...)
	if f == nil || f.Type == manifestcheck.TypeStrings && !c.place.item {
		if f != nil && !c.place.value.Present() {
			c.add(candidate{label: "[]", text: c.space() + "[]", snippet: c.space() + `["$1"]`, detail: f.Type.String(), kind: protocol.CompletionItemKindValue, about: about{Field: f.Path}})
		}
		return
	}
	c.quote, c.word = quotingOf(c.tree.Source(), c.place.word, c.place.off)
	if c.quote.closed {
		c.commit = []string{c.quote.mark[:1]}
	}
	switch f.Type {
	case manifestcheck.TypeBool:
		c.literals(f, "true", "false")
		return
	case manifestcheck.TypeInteger:
		c.literals(f, "16", "32", "64", "128", "256", "512", "1024")
		return
	case manifestcheck.TypeTable, manifestcheck.TypeMap:
		if !c.place.value.Present() {
			c.add(candidate{label: "{}", text: c.space() + "{}", snippet: c.space() + "{ $1 }", detail: "inline table", kind: protocol.CompletionItemKindValue, about: about{Field: f.Path}})
		}
		return
	case manifestcheck.TypeAny:
		return
	}
	c.strings(ctx, f)
	if c.quote.mark == "" {
		for i := range c.all {
			c.all[i].text = c.space() + c.all[i].text
		}
	}
	if c.place.before && !c.quote.closed {
		for i := range c.all {
			c.all[i].text += ","
		}
	}
}

// space is what separates a value from a = or comma that stands right before it.
func (c *completer) space() string {
	if at := c.word.Start; at == c.word.End && at > 0 && strings.IndexByte("=,", c.tree.Source()[at-1]) >= 0 {
		return " "
	}
	return ""
}

// literals proposes values that are no strings.
func (c *completer) literals(f *manifestcheck.Field, all ...string) {
	if c.quote.mark != "" {
		return
	}
	for _, l := range all {
		x := candidate{label: l, text: c.space() + l, kind: protocol.CompletionItemKindValue, about: about{Field: f.Path}}
		if l == f.Default {
			x.detail = "default"
		}
		c.add(x)
	}
}

// text proposes one string.
func (c *completer) text(f *manifestcheck.Field, value, detail string, kind protocol.CompletionItemKind) {
	if value == "" {
		return // an empty string of the manifest is a place to write at, not a name
	}
	c.add(candidate{label: value, text: c.quote.wrap(value), detail: detail, kind: kind, about: about{Field: f.Path}})
}

// strings proposes strings by what the key means.
func (c *completer) strings(ctx context.Context, f *manifestcheck.Field) {
	have := c.listed()
	if len(f.Enum) > 0 {
		kind := protocol.CompletionItemKindEnumMember
		if f.Type == manifestcheck.TypeStrings {
			kind = protocol.CompletionItemKindEvent
		}
		for _, x := range f.Enum {
			if !slices.Contains(have, x.Value) {
				c.add(candidate{label: x.Value, text: c.quote.wrap(x.Value), kind: kind, about: about{Field: f.Path, Choice: x.Value}})
			}
		}
		return
	}
	switch f.Path {
	case "name":
		if folder := c.snap.Facts(c.doc).Folder; folder != "" {
			c.text(f, folder, "the folder's name", protocol.CompletionItemKindValue)
		}
	case "version":
		c.text(f, "0.1.0", "", protocol.CompletionItemKindValue)
		c.text(f, "1.0.0", "", protocol.CompletionItemKindValue)
	case "homepage":
		c.text(f, "https://", "", protocol.CompletionItemKindValue)
	case "license":
		c.licenses(f)
	case "samuel.framework", "samuel.protocol", "requires.*":
		c.ranges(f)
	case "wasm.exports", "runtime.exports":
		c.exports(ctx, f, have)
	case "hooks.*", "wasm.hook_handlers.*", "oci.hook_handlers.*":
		c.handlers(f)
	case "wasm.module":
		c.modules(ctx, f)
	case "capabilities.filesystem.read", "capabilities.filesystem.write":
		c.paths(ctx, f, have)
	case "capabilities.network.hosts", "capabilities.network.allowed_hosts", "capabilities.network.outbound":
		c.hosts(f, have)
	case "capabilities.env":
		c.environment(f, have)
	case "runtime.timeout", "runtime.hard_timeout":
		for _, d := range []string{"500ms", "1s", "5s", "10s", "30s", "1m"} {
			detail := ""
			if tomlsyntax.Quote(d) == f.Default {
				detail = "default"
			}
			c.text(f, d, detail, protocol.CompletionItemKindValue)
		}
	case "oci.digest":
		if image, ok := textAt(c.tree, "oci", "image"); ok {
			if _, digest, ok := strings.Cut(image, "@"); ok {
				c.text(f, digest, "the image's own", protocol.CompletionItemKindValue)
			}
		}
	case "oci.memory_limit", "oci.cpu_quota", "oci.workdir":
		c.text(f, strings.Trim(f.Example, `"`), "", protocol.CompletionItemKindValue)
	}
}

// listed are the other items of the list at the place.
func (c *completer) listed() []string {
	if !c.place.item {
		return nil
	}
	var all []string
	for e := range c.place.list.Elements() {
		if touches(e.Span(), c.place.off) {
			continue
		}
		if s, ok := e.Text(); ok {
			all = append(all, s)
		}
		if len(all) == listLimit {
			break
		}
	}
	return all
}

// typed is the text before the cursor in the string at the place.
func (c *completer) typed() string {
	return c.tree.Source()[c.word.Start:max(c.word.Start, min(c.place.off, c.word.End))]
}

// exports proposes the functions of the module, or of the sources while there is none, then names
// that the manifest uses elsewhere.
func (c *completer) exports(ctx context.Context, f *manifestcheck.Field, have []string) {
	offered := make(map[string]bool, len(have))
	for _, name := range have {
		offered[name] = true
	}
	facts := c.snap.Facts(c.doc)
	for _, e := range moduleExports(facts.Summary) {
		if !offered[e.Name] {
			offered[e.Name] = true
			c.add(c.export(e.Name, signatureOf(e)))
		}
	}
	if facts.Module == manifestcheck.ModuleMissing {
		for _, name := range sourceExportNames(ctx, c.doc.Path) {
			if !offered[name] && (!project.LifecycleExport(name) || name == "health") {
				offered[name] = true
				c.text(f, name, "in the source, not built", protocol.CompletionItemKindFunction)
			}
		}
	}
	names := declaredExports(c.tree)
	for _, b := range boundExports(c.tree) {
		names = append(names, b.export)
	}
	for _, name := range unique(names) {
		if !offered[name] && name != c.current() {
			c.text(f, name, "used in this manifest", protocol.CompletionItemKindFunction)
		}
	}
}

func (c *completer) export(name, detail string) candidate {
	return candidate{
		label: name, text: c.quote.wrap(name), detail: detail, kind: protocol.CompletionItemKindFunction,
		about: about{URI: c.doc.Wire, Export: name},
	}
}

// current is the text of the string at the place.
func (c *completer) current() string {
	s, _ := c.place.value.Text()
	return s
}

// handlers proposes what may answer an event: the declared exports first, then the module's.
func (c *completer) handlers(f *manifestcheck.Field) {
	summary := c.snap.Facts(c.doc).Summary
	offered := make(map[string]bool)
	for _, name := range hookExports(c.tree) {
		detail := "declared"
		if summary != nil {
			if e, ok := summary.Export(name); ok {
				detail = signatureOf(e)
			}
		}
		offered[name] = true
		c.add(c.export(name, detail))
	}
	if f.Path == "oci.hook_handlers.*" {
		return
	}
	for _, e := range moduleExports(summary) {
		if !offered[e.Name] && !project.LifecycleExport(e.Name) {
			c.add(c.export(e.Name, signatureOf(e)+", not declared"))
		}
	}
}
