package manifestcheck

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// parseFacts reads the facts of a marker case, one a line:
//
//	folder NAME                            the manifest's folder
//	installed                              it lies in .samuel/plugins
//	module missing | outside | unknown     the module's state
//	beside NAME                            a wasm file lies where a missing module should
//	error KIND MESSAGE                     it cannot be inspected: notwasm, component, malformed, toolarge or io
//	func NAME (i32 i32) -> i64             it exports a function
//	export memory|table|global|tag NAME    it exports something else
//	import MODULE NAME (i32 i32) -> i32    it imports a function
//	import MODULE NAME memory              it imports something else
//	memory MIN [MAX]                       pages
//	protocol N, probed N                   read from the bytes, seen at a run
//	size N
//
// Any line about what the module holds makes it inspected.
func parseFacts(text string) (Facts, error) {
	var f Facts
	s := &inspect.Summary{Functions: 1}
	inspected := false
	for line := range strings.Lines(text) {
		w := strings.Fields(strings.Map(func(r rune) rune {
			if r == '(' || r == ')' || r == ',' {
				return ' '
			}
			return r
		}, line))
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		w = append(w, "", "", "")
		inspected = true
		switch w[0] {
		case "folder":
			f.Folder, inspected = w[1], inspectedBefore(s)
		case "installed":
			f.Installed, inspected = true, inspectedBefore(s)
		case "module":
			f.Module = map[string]ModuleState{"missing": ModuleMissing, "outside": ModuleOutside, "inspected": ModuleInspected}[w[1]]
			inspected = f.Module == ModuleInspected
		case "beside":
			f.Beside, inspected = append(f.Beside, w[1]), inspectedBefore(s)
		case "error":
			f.Module, inspected = ModuleUnreadable, false
			_, msg, _ := strings.Cut(strings.TrimSpace(line), w[1]+" ")
			kind := map[string]inspect.ErrorKind{"notwasm": inspect.NotWasm, "component": inspect.Component, "malformed": inspect.Malformed, "toolarge": inspect.TooLarge}[w[1]]
			if f.Err = errors.New(msg); kind != 0 {
				f.Err = &inspect.Error{Kind: kind, Offset: 8, Msg: msg}
			}
		case "func":
			s.Exports = append(s.Exports, inspect.Export{Name: w[1], Kind: inspect.Func, Type: markedType(w[2:])})
		case "export":
			s.Exports = append(s.Exports, inspect.Export{Name: w[2], Kind: externKind(w[1])})
		case "import":
			if k := externKind(w[3]); k != inspect.Func {
				s.Imports = append(s.Imports, inspect.Import{Module: w[1], Name: w[2], Kind: k})
			} else {
				s.Imports = append(s.Imports, inspect.Import{Module: w[1], Name: w[2], Kind: inspect.Func, Type: markedType(w[3:])})
			}
		case "memory":
			s.Memory = &inspect.MemoryLimits{Min: number(w[1]), Max: number(w[2]), HasMax: w[2] != ""}
		case "protocol":
			v := int32(number(w[1]))
			s.Protocol = &v
		case "probed":
			v := int32(number(w[1]))
			f.ProbedProtocol = &v
		case "size":
			s.Size = int64(number(w[1]))
		default:
			return f, fmt.Errorf("unknown fact %q", w[0])
		}
		if inspected && f.Module == ModuleUnknown {
			f.Module = ModuleInspected
		}
	}
	if f.Module == ModuleInspected {
		f.Summary = s
	}
	return f, nil
}

func inspectedBefore(s *inspect.Summary) bool { return len(s.Exports)+len(s.Imports) > 0 }

func number(s string) uint64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return uint64(n)
}

func externKind(s string) inspect.ExternKind {
	return map[string]inspect.ExternKind{"memory": inspect.Memory, "table": inspect.Table, "global": inspect.Global, "tag": inspect.Tag}[s]
}

func markedType(words []string) *inspect.FuncType {
	t := &inspect.FuncType{}
	out := &t.Params
	for _, w := range words {
		switch w {
		case "->":
			out = &t.Results
		case "i32":
			*out = append(*out, inspect.I32)
		case "i64":
			*out = append(*out, inspect.I64)
		case "f32":
			*out = append(*out, inspect.F32)
		case "f64":
			*out = append(*out, inspect.F64)
		}
	}
	return t
}

// parseConfig reads how a marker case is checked, one setting a line:
//
//	rule NAME SEVERITY     the severity of a rule or group
//	framework VERSION
//	crlf | bom | unended   lines end in CRLF, the file begins with a mark, its last line has no end
func parseConfig(text, src string) (Config, string, error) {
	c := Config{Rules: map[string]Severity{}}
	for line := range strings.Lines(text) {
		w := append(strings.Fields(line), "", "", "")
		switch w[0] {
		case "":
		case "rule":
			s, ok := ParseSeverity(w[2])
			if !ok || !KnownRule(w[1]) {
				return c, src, fmt.Errorf("no such rule or severity: %s", line)
			}
			c.Rules[w[1]] = s
		case "framework":
			c.FrameworkVersion = w[1]
		case "crlf":
			src = strings.ReplaceAll(src, "\n", "\r\n")
		case "bom":
			src = "\ufeff" + src
		case "unended":
			src = strings.TrimRight(src, "\r\n")
		default:
			return c, src, fmt.Errorf("unknown setting %q", w[0])
		}
	}
	return c, src, nil
}
