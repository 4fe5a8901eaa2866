package wasmtest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// described is what both inspect and wazero know of a module.
type described struct {
	Exports, Imports []string
	MinPages         uint64
	Customs          []string
}

func byInspect(sum *inspect.Summary) (d described) {
	for _, e := range sum.Exports {
		if e.Kind == inspect.Func {
			d.Exports = append(d.Exports, e.Name+e.Type.String())
		}
	}
	for _, i := range sum.Imports {
		if i.Kind == inspect.Func {
			d.Imports = append(d.Imports, i.Module+"."+i.Name+i.Type.String())
		}
	}
	if sum.Memory != nil {
		d.MinPages = sum.Memory.Min
	}
	for _, c := range sum.Customs {
		if c.Name != "name" {
			d.Customs = append(d.Customs, fmt.Sprintf("%s %d", c.Name, c.Size))
		}
	}
	slices.Sort(d.Exports)
	return d
}

func byWazero(m wazero.CompiledModule) (d described) {
	signature := func(f api.FunctionDefinition) string {
		types := func(in []api.ValueType) []inspect.ValueType {
			out := make([]inspect.ValueType, len(in))
			for i, t := range in {
				out[i] = inspect.ValueType(t)
			}
			return out
		}
		return (&inspect.FuncType{Params: types(f.ParamTypes()), Results: types(f.ResultTypes())}).String()
	}
	for name, f := range m.ExportedFunctions() {
		d.Exports = append(d.Exports, name+signature(f))
	}
	for _, f := range m.ImportedFunctions() {
		module, name, _ := f.Import()
		d.Imports = append(d.Imports, module+"."+name+signature(f))
	}
	for _, mem := range m.ImportedMemories() {
		d.MinPages = uint64(mem.Min())
	}
	for _, mem := range m.ExportedMemories() {
		d.MinPages = uint64(mem.Min())
	}
	for _, c := range m.CustomSections() {
		d.Customs = append(d.Customs, fmt.Sprintf("%s %d", c.Name(), len(c.Data())))
	}
	slices.Sort(d.Exports)
	return d
}

func newRuntime(tb testing.TB) wazero.Runtime {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCustomSections(true))
	tb.Cleanup(func() { r.Close(ctx) })
	return r
}

func TestInspectAgreesWithWazero(t *testing.T) {
	modules := map[string][]byte{"go-lint": GoPlugin(t)}
	for _, pattern := range []string{filepath.Join(PluginsDir(), "*"), filepath.Join(workspaceDir(), "*")} {
		files, err := filepath.Glob(filepath.Join(pattern, "plugin.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			module, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			modules[filepath.Base(filepath.Dir(file))] = module
		}
	}
	for _, c := range Catalogue(t) {
		if c.Inspect == "" && !c.Counts && c.Name != "broken-body" {
			modules[c.Name] = c.Module
		}
	}
	r := newRuntime(t)
	for name, module := range modules {
		t.Run(name, func(t *testing.T) {
			sum, err := inspect.Read(bytes.NewReader(module), int64(len(module)))
			if err != nil {
				t.Fatal(err)
			}
			compiled, err := r.CompileModule(context.Background(), module)
			if err != nil {
				t.Fatal(err)
			}
			want, got := byWazero(compiled), byInspect(sum)
			if _, exported := compiled.ExportedMemories()["memory"]; !exported && len(compiled.ImportedMemories()) == 0 {
				got.MinPages = 0 // a memory that wazero does not show
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-wazero +inspect):\n%s", diff)
			}
		})
	}
}

// FuzzCompileIsBounded: what passes inspection can be given to wazero without its taking memory
// for what is not there.
func FuzzCompileIsBounded(f *testing.F) {
	for _, c := range Catalogue(f) {
		if len(c.Module) < 4096 {
			f.Add(c.Module)
		}
	}
	r := newRuntime(f)
	f.Fuzz(func(t *testing.T, module []byte) {
		_, err := inspect.Read(bytes.NewReader(module), int64(len(module)))
		if err != nil {
			return
		}
		if err := inspect.CheckCounts(module); err != nil {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		compiled, err := r.CompileModule(context.Background(), module)
		runtime.ReadMemStats(&after)
		if err == nil {
			defer compiled.Close(context.Background())
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(4<<20+2000*len(module)); got > most {
			t.Errorf("%d bytes allocated to compile a module of %d", got, len(module))
		}
	})
}
