package manifestcheck

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// legacyWasm: [wasm] entry and protocol_version.
func (p *pass) legacyWasm() {
	entry, hasEntry := p.unknownKey("wasm", "entry")
	proto, hasProto := p.unknownKey("wasm", "protocol_version")
	if !hasEntry && !hasProto {
		return
	}
	var at tomlsyntax.Span
	var related []Related
	var says []string
	var steps []func(*pass) []tomlsyntax.Edit
	clear, lost := true, false
	if hasEntry {
		p.claim("wasm", "entry")
		p.claim("wasm", "module")
		at = entry.KeySpan()
		says = append(says, "entry is now module")
		if p.has("wasm", "module") {
			steps = append(steps, removingKey("wasm", "entry"))
			lost = p.differs(entry.Value().Raw(), "wasm", "module")
		} else {
			steps = append(steps, func(q *pass) []tomlsyntax.Edit { return q.rename([]string{"wasm", "entry"}, "module") })
		}
	}
	if hasProto {
		p.claim("wasm", "protocol_version")
		if hasEntry {
			related = append(related, Related{proto.KeySpan(), "protocol_version is of the same shape"})
		} else {
			at = proto.KeySpan()
		}
		says = append(says, "protocol_version is now protocol below [samuel], a range")
		value, ok := protocolRange(proto)
		clear = ok
		lost = lost || ok && p.differs(value, "samuel", "protocol")
		steps = append(steps, removingKey("wasm", "protocol_version"), p.ifMissing(value, "samuel", "protocol"))
	}
	var fixes []Fix
	if clear {
		fixes = p.rewrite("write it as framework 2.3 reads it", !lost, steps...)
	}
	p.legacy(at, "the shape of an old document: "+strings.Join(says, ", and "), fixes, related...)
}

// protocolRange is the range that admits the protocol an old manifest named.
func protocolRange(it tomlsyntax.Item) (string, bool) {
	if !it.IsValue() {
		return "", false
	}
	if n, ok := it.Value().Int(); ok && n >= 0 {
		return quote("^" + strconv.FormatInt(n, 10)), true
	}
	s, ok := it.Value().Text()
	if ok && s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "^" + s
	}
	return quote(s), ok && s != ""
}

const pagesPerMiB = 16

// legacyWasmRuntime: [wasm] runtime = { fuel = .., memory_pages = .. }.
func (p *pass) legacyWasmRuntime() {
	it, ok := p.unknownKey("wasm", "runtime")
	if !ok {
		return
	}
	p.claim("wasm", "runtime")
	steps := []func(*pass) []tomlsyntax.Edit{removingKey("wasm", "runtime")}
	t, isTable := it.Table()
	lost := !isTable
	for x := range t.Items() {
		key, value, ok := runtimeKey(x)
		if key == "" {
			lost = lost || !ok
			continue
		}
		lost = lost || p.differs(value, "runtime", key)
		steps = append(steps, p.ifMissing(value, "runtime", key))
	}
	p.legacy(it.KeySpan(), "a runtime table in [wasm] is the shape of an old document: write [runtime] with max_memory in MiB (16 pages each); there is no fuel, the limit is timeout",
		p.rewrite("write [runtime]", !lost, steps...))
}

// runtimeKey is what a key of the old runtime table is in [runtime]. Fuel has no successor, and
// nothing is lost with it (ok, without a key).
func runtimeKey(x tomlsyntax.Item) (key, value string, ok bool) {
	if !x.IsValue() {
		return "", "", false
	}
	switch x.Name() {
	case "fuel":
		return "", "", true
	case "memory_pages":
		n, isInt := x.Value().Int()
		if !isInt || n <= 0 || n > 65536 {
			return "", "", false
		}
		return "max_memory", strconv.FormatInt((n+pagesPerMiB-1)/pagesPerMiB, 10), true
	case "max_memory", "timeout", "hard_timeout", "exports":
		return x.Name(), x.Value().Raw(), true
	}
	return "", "", false
}

// legacyRuntimeArgs: [oci] runtime_args. Arguments that have a key of their own go there.
func (p *pass) legacyRuntimeArgs() {
	it, ok := p.unknownKey("oci", "runtime_args")
	if !ok {
		return
	}
	p.claim("oci", "runtime_args")
	steps := []func(*pass) []tomlsyntax.Edit{removingKey("oci", "runtime_args")}
	lost := !it.IsValue()
	if it.IsValue() {
		line, isText := it.Value().Text()
		args := strings.Fields(line)
		for e := range it.Value().Elements() {
			s, _ := e.Text()
			args = append(args, s)
		}
		keys, all := argKeys(args)
		lost = !all || !isText && it.Value().Kind() != tomlsyntax.Array
		for _, k := range keys {
			lost = lost || p.differs(k[1], "oci", k[0])
			steps = append(steps, p.ifMissing(k[1], "oci", k[0]))
		}
	}
	p.legacy(it.KeySpan(), "runtime_args is the shape of an old document: write workdir, cpu_quota, memory_limit and entrypoint; other arguments cannot be given any more",
		p.rewrite("write the keys that replace it", !lost, steps...))
}

// argKeys translates container arguments to keys; all says whether none was left over.
func argKeys(args []string) (keys [][2]string, all bool) {
	names := map[string]string{
		"--memory": "memory_limit", "-m": "memory_limit", "--cpus": "cpu_quota", "--workdir": "workdir", "-w": "workdir", "--entrypoint": "entrypoint",
	}
	all = true
	for i := 0; i < len(args); i++ {
		flag, value, joined := strings.Cut(args[i], "=")
		key := names[flag]
		if !joined && key != "" && i+1 < len(args) {
			i++
			value = args[i]
		}
		switch {
		case key == "" || value == "":
			all = false
		case key == "entrypoint":
			keys = append(keys, [2]string{key, quoteList([]string{value})})
		default:
			keys = append(keys, [2]string{key, quote(value)})
		}
	}
	return keys, all
}

// legacyRequires: [requires] plugins = ["name", "name@range"].
func (p *pass) legacyRequires() {
	requires, ok := p.table("requires")
	if !ok {
		return
	}
	it, ok := requires.Get("plugins")
	if !ok || !it.IsValue() || it.Value().Kind() != tomlsyntax.Array {
		return
	}
	p.claim("requires", "plugins")
	steps := []func(*pass) []tomlsyntax.Edit{removingKey("requires", "plugins")}
	clear, lost := true, false
	for e := range it.Value().Elements() {
		s, ok := e.Text()
		name, rng, versioned := strings.Cut(s, "@")
		name, rng = strings.TrimSpace(name), strings.TrimSpace(rng)
		if !versioned {
			rng = "*" // what a name alone asked for
		}
		lost = lost || versioned && p.differs(quote(rng), "requires", name)
		clear = clear && ok && validName(name)
		steps = append(steps, p.ifMissing(quote(rng), "requires", name))
	}
	var fixes []Fix
	if clear {
		fixes = p.rewrite("write a key for each plugin", !lost, steps...)
	}
	p.legacy(it.KeySpan(), fmt.Sprintf("a list of plugins is the shape of an old document: write each as name = %s below [requires]", `"range"`), fixes)
}
