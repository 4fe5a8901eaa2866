package manifestcheck

import (
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// checkLegacy recognises the shapes of old documents as wholes. It runs before the schema pass and
// claims what it spoke of, so that one shape is one diagnostic.
func checkLegacy(p *pass) {
	p.legacyPlugin()
	if _, ok := p.table("capabilities"); ok {
		p.legacyFilesystem()
		p.legacyExec()
		p.legacyNetwork()
		p.legacyRequired()
	}
	p.legacyWasm()
	p.legacyWasmRuntime()
	p.legacyRuntimeArgs()
	p.legacyRequires()
}

// claim takes a key from the schema pass: neither unknown, nor of a wrong type, nor missing.
func (p *pass) claim(path ...string) {
	if p.claimed == nil {
		p.claimed = map[string]bool{}
	}
	p.claimed[strings.Join(path, "\x00")] = true
}

func (p *pass) isClaimed(path []string) bool {
	return p.claimed != nil && p.claimed[strings.Join(path, "\x00")]
}

// legacy reports a shape. Its fixes keep the comments of what they rewrite.
func (p *pass) legacy(at tomlsyntax.Span, message string, fixes []Fix, related ...Related) {
	fixes = p.keepingComments(fixes)
	p.report(Diagnostic{Code: "schema/legacy-shape", Span: at, Message: message, Fixes: fixes, Related: related})
}

// steps of a rewrite

// differs says whether a key is there already and holds another value than one that is written for
// it, so that moving the value there loses it.
func (p *pass) differs(value string, path ...string) bool {
	it, ok := p.root.Lookup(path...)
	if !ok {
		return false
	}
	was, isText := it.Value().Text()
	if !isText {
		return it.Value().Raw() != value
	}
	now, _ := tomlsyntax.Parse("x = " + value).Root().Get("x")
	text, ok := now.Value().Text()
	return !ok || text != was
}

func (p *pass) ifMissing(value string, path ...string) func(*pass) []tomlsyntax.Edit {
	return func(q *pass) []tomlsyntax.Edit {
		if q.has(path...) {
			return nil
		}
		return q.set(value, path...)
	}
}

func removingKey(path ...string) func(*pass) []tomlsyntax.Edit {
	return func(q *pass) []tomlsyntax.Edit { return q.remove(path...) }
}

// rawStrings returns the raw text of a string, or of the strings of an array.
func rawStrings(v tomlsyntax.Value) ([]string, bool) {
	if v.Kind() == tomlsyntax.String {
		return []string{v.Raw()}, true
	}
	if v.Kind() != tomlsyntax.Array {
		return nil, false
	}
	var raw []string
	for e := range v.Elements() {
		if e.Kind() != tomlsyntax.String {
			return nil, false
		}
		raw = append(raw, e.Raw())
	}
	return raw, true
}

// legacyFilesystem: capabilities.filesystem = [ { read = ".." }, { write = ".." } ].
func (p *pass) legacyFilesystem() {
	it, ok := p.knownKey("capabilities.filesystem")
	if _, isTable := p.table("capabilities.filesystem"); !ok || isTable {
		return
	}
	var tables []tomlsyntax.Table
	lists := map[string][]string{}
	clear := true
	switch {
	case it.IsArrayOfTables():
		tables = it.Tables()
	case it.IsValue() && it.Value().Kind() == tomlsyntax.Array:
		for e := range it.Value().Elements() {
			t, isTable := e.Table()
			switch {
			case isTable:
				tables = append(tables, t)
			case e.Kind() == tomlsyntax.String:
				lists["read"] = append(lists["read"], e.Raw())
			default:
				clear = false
			}
		}
	default:
		return
	}
	for _, t := range tables {
		for x := range t.Items() {
			raw, ok := []string(nil), false
			if x.IsValue() {
				raw, ok = rawStrings(x.Value())
			}
			clear = clear && ok && (x.Name() == "read" || x.Name() == "write")
			lists[x.Name()] = append(lists[x.Name()], raw...)
		}
	}
	p.claim("capabilities", "filesystem")
	var fixes []Fix
	if clear {
		text := "{ read = [" + strings.Join(lists["read"], ", ") + "], write = [" + strings.Join(lists["write"], ", ") + "] }"
		if it.IsValue() {
			fixes = p.fix("write a table of read and write lists", true, replace(it.Value().Span(), text))
		} else {
			fixes = p.rewrite("write a table of read and write lists", true, removingKey("capabilities", "filesystem"),
				p.ifMissing("["+strings.Join(lists["read"], ", ")+"]", "capabilities", "filesystem", "read"),
				p.ifMissing("["+strings.Join(lists["write"], ", ")+"]", "capabilities", "filesystem", "write"))
		}
	}
	p.legacy(it.KeySpan(), "a list of file permissions is the shape of an old document: write filesystem = { read = [..], write = [..] }", fixes)
}

// legacyExec: capabilities.exec = ["cmd"]. Which programs may run is no longer declared.
func (p *pass) legacyExec() {
	it, ok := p.knownKey("capabilities.exec")
	if !ok || !it.IsValue() || it.Value().Kind() != tomlsyntax.Array {
		return
	}
	p.claim("capabilities", "exec")
	use := "true"
	if it.Value().Len() == 0 {
		use = "false"
	}
	p.legacy(it.KeySpan(), "a list of commands is the shape of an old document: exec is true or false, write exec = "+use,
		p.fix("write exec = "+use, true, replace(it.Value().Span(), use)))
}

// legacyNetwork: capabilities.network = ["host"].
func (p *pass) legacyNetwork() {
	it, ok := p.knownKey("capabilities.network")
	if !ok || !it.IsValue() || it.Value().Kind() != tomlsyntax.Array {
		return
	}
	p.claim("capabilities", "network")
	key := p.hostsKey()
	p.legacy(it.KeySpan(), "a list of hosts is the shape of an old document: write network = { "+key+" = [..] }",
		p.fix("write network = { "+key+" = [..] }", true, replace(it.Value().Span(), "{ "+key+" = "+it.Value().Raw()+" }")))
}

// hostsKey is the key of [capabilities.network] for the plugin's kind.
func (p *pass) hostsKey() string {
	if p.isKind(manifest.KindOCI) {
		return "allowed_hosts"
	}
	return "hosts"
}

// impliedBy is what a name of capabilities.required asks for: keys with values. Where exact is not
// set, the value is a guess of what the capability reaches.
func (p *pass) impliedBy(name string) (keys [][]string, value string, exact bool) {
	read := []string{"capabilities", "filesystem", "read"}
	switch name {
	case "filesystem", "filesystem.read":
		return [][]string{read}, `["/workspace"]`, false
	case "filesystem.write":
		return [][]string{read, {"capabilities", "filesystem", "write"}}, `["/workspace"]`, false
	case "exec":
		return [][]string{{"capabilities", "exec"}}, "true", true
	case "env":
		return [][]string{{"capabilities", "env"}}, "[]", false
	case "network", "network.outbound", "network.hosts":
		return [][]string{{"capabilities", "network", p.hostsKey()}}, "[]", false
	case "samuel.api":
		return [][]string{{"capabilities", "samuel", "api"}}, "true", true
	case "assistant.invoke":
		return [][]string{{"capabilities", "assistant", "invoke"}}, "true", true
	}
	return nil, "", false
}

// legacyRequired: capabilities.required = ["filesystem.read"]. Where the fix has to choose what a
// capability reaches, it is not safe.
func (p *pass) legacyRequired() {
	it, ok := p.unknownKey("capabilities", "required")
	if !ok {
		return
	}
	p.claim("capabilities", "required")
	steps := []func(*pass) []tomlsyntax.Edit{removingKey("capabilities", "required")}
	clear, guessed := it.IsValue() && it.Value().Kind() == tomlsyntax.Array, false
	if clear {
		for e := range it.Value().Elements() {
			name, _ := e.Text()
			keys, value, exact := p.impliedBy(name)
			clear = clear && keys != nil
			for _, path := range keys {
				guessed = guessed || !exact && !p.has(path...) || exact && p.differs(value, path...)
				steps = append(steps, p.ifMissing(value, path...))
			}
		}
	}
	var fixes []Fix
	if clear {
		fixes = p.rewrite("declare each capability by its own key", !guessed, steps...)
	}
	p.legacy(it.KeySpan(), "a list of required capabilities is the shape of an old document: declare each by its own key, such as filesystem = { read = [\"/workspace\"] }", fixes)
}
