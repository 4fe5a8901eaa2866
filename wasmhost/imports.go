package wasmhost

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// Modules that a guest may import from.
const (
	hostModuleName = "samuel"
	wasiModuleName = "wasi_snapshot_preview1"
)

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

// signature is one shape of a host function.
type signature struct {
	params, results []api.ValueType
	call            func(*hostCall)
}

// hostFunction is one host function under one spelling. Where a function has two shapes, both are
// accepted, and a guest's import says which one it means.
type hostFunction struct {
	name   string
	shapes []signature
}

// hostFunctions is the samuel module. The order is fixed, as hostChoice speaks of positions.
var hostFunctions = buildHostFunctions()

func buildHostFunctions() []hostFunction {
	sig := func(call func(*hostCall), results []api.ValueType, params ...api.ValueType) signature {
		return signature{params: params, results: results, call: call}
	}
	one32, one64 := []api.ValueType{i32}, []api.ValueType{i64}
	logs := []signature{
		sig(hostLog, nil, i32, i32, i32, i32),
		sig(hostLogNumbered, nil, i32, i32, i32),
	}
	read := []signature{sig(hostFSRead, one64, i32, i32)}
	write := []signature{sig(hostFSWrite, one32, i32, i32, i32, i32)}
	exec := []signature{sig(hostExec, one32, i32, i32)}
	outbound := []signature{
		sig(hostOutbound, one32, i32, i32, i32, i32),
		sig(hostRequest, one64, i32, i32),
	}
	config := []signature{sig(hostConfigGet, one64, i32, i32)}
	callback := []signature{sig(hostCallback, one32, i32, i32, i32, i32)}
	return []hostFunction{
		{"log", logs},
		{"fs_read", read},
		{"fs.read", read},
		{"fs_write", write},
		{"fs.write", write},
		{"exec", exec},
		{"net_outbound", outbound},
		{"net.outbound", outbound},
		{"config_get", config},
		{"config.get", config},
		{"callback", callback},
	}
}

// hostChoice says which shape of each host function a guest imports, by position in hostFunctions.
type hostChoice [11]uint8

// importError names an import that the host cannot satisfy.
type importError struct {
	module, name, reason string
}

func (e *importError) Error() string {
	return fmt.Sprintf("import %s.%s %s", shown(e.module), shown(e.name), e.reason)
}

// shown quotes a name that would not be seen as it is: one that is empty, or that holds what breaks
// or reorders a line.
func shown(name string) string {
	odd := func(r rune) bool { return r == ' ' || r == '"' || r == utf8.RuneError || !strconv.IsPrint(r) }
	if name == "" || strings.ContainsFunc(name, odd) {
		return strconv.Quote(name)
	}
	return name
}

// checkImports finds the shapes that a module's imports ask for, or the first import that the host
// lacks.
func (r *Runtime) checkImports(summary *inspect.Summary) (hostChoice, error) {
	var choice hostChoice
	seen := make(map[string]bool)
	for i := range summary.Imports {
		imp := &summary.Imports[i]
		fail := func(format string, args ...any) (hostChoice, error) {
			return choice, &importError{imp.Module, imp.Name, fmt.Sprintf(format, args...)}
		}
		if imp.Module != hostModuleName && imp.Module != wasiModuleName {
			return fail("is not provided, the host has modules %s and %s only", hostModuleName, wasiModuleName)
		}
		if imp.Kind != inspect.Func {
			return fail("is a %s, the host provides functions only", imp.Kind)
		}
		if imp.Module == wasiModuleName {
			def, ok := r.main.wasi.types[imp.Name]
			if !ok {
				return fail("is not provided, there is no such function in WASI preview 1")
			}
			if !sameTypes(imp.Type, def.ParamTypes(), def.ResultTypes()) {
				return fail("has signature %s, want %s", imp.Type, signatureText(def.ParamTypes(), def.ResultTypes()))
			}
			continue
		}
		at := slices.IndexFunc(hostFunctions, func(f hostFunction) bool { return f.name == imp.Name })
		if at < 0 {
			return fail("is not provided, the host functions are %s", strings.Join(hostFunctionNames(), ", "))
		}
		shape := slices.IndexFunc(hostFunctions[at].shapes, func(s signature) bool {
			return sameTypes(imp.Type, s.params, s.results)
		})
		if shape < 0 {
			var want []string
			for _, s := range hostFunctions[at].shapes {
				want = append(want, signatureText(s.params, s.results))
			}
			return fail("has signature %s, want %s", imp.Type, strings.Join(want, " or "))
		}
		if seen[imp.Name] && choice[at] != uint8(shape) {
			return fail("is imported with two signatures, use one of them")
		}
		seen[imp.Name] = true
		choice[at] = uint8(shape)
	}
	return choice, nil
}

// hostFunctionNames lists the plain spellings.
func hostFunctionNames() []string {
	names := make(map[string]bool)
	for _, f := range hostFunctions {
		if !strings.Contains(f.name, ".") {
			names[f.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func sameTypes(t *inspect.FuncType, params, results []api.ValueType) bool {
	return t != nil && t.Is(valueTypes(params), valueTypes(results))
}

func signatureText(params, results []api.ValueType) string {
	return (&inspect.FuncType{Params: valueTypes(params), Results: valueTypes(results)}).String()
}

// valueTypes converts between two names of the same bytes.
func valueTypes(in []api.ValueType) []inspect.ValueType {
	out := make([]inspect.ValueType, len(in))
	for i, t := range in {
		out[i] = inspect.ValueType(t)
	}
	return out
}
