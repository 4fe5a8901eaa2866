package wasmhost_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// A plugin is checked, installed and run.
func ExamplePlugin() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	text := `name = "demo"
version = "1.0.0"
kind = "wasm"
[capabilities]
[wasm]
module = "plugin.wasm"
exports = ["health"]
`
	for name, body := range map[string][]byte{
		manifest.FileName:       []byte(text),
		wasmhost.ModuleFileName: wasmhost.BuildFixtureWasm(0, 1),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			log.Fatal(err)
		}
	}
	m, err := manifest.Decode(text)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	rt, err := wasmhost.NewRuntime(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close(ctx)

	p := wasmhost.New(*m, filepath.Join(dir, "project"), dir, rt, nil)
	fmt.Println(p.Check(ctx).Message)
	done, err := p.Install(ctx, wasmhost.InstallOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range done.Mutations {
		fmt.Println(change.Action, filepath.Base(change.Path))
	}
	results, err := p.Run(ctx, "health")
	fmt.Println(results, err)
	// Output:
	// ok, protocol 1
	// create plugin.wasm
	// create samuel-plugin.toml
	// [0] <nil>
}

// Execute tells everything there is to know of one call.
func ExampleRuntime_Execute() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	module := filepath.Join(dir, wasmhost.ModuleFileName)
	if err := os.WriteFile(module, wasmhost.BuildFixtureWasm(1, 1), 0o644); err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	rt, err := wasmhost.NewRuntime(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close(ctx)

	res := rt.Execute(ctx, call.Request{Kind: call.Probe, Plugin: "demo", Module: module}, func(e call.Event) {
		if e.Log != nil {
			fmt.Println(e.Log.Level, e.Log.Text)
		}
	})
	fmt.Println(res.Outcome)
	// Output:
	// info health returned 1: 0 is healthy, every other value is a failure
	// failed: health returned 1
}

// The gate decides what a plugin may do: what the manifest declares must be granted too, but for
// reading the project.
func ExampleHostState_Authorize() {
	state := wasmhost.HostState{
		Caps: &wasmhost.Capabilities{Filesystem: []wasmhost.FilesystemMount{
			{HostPath: "/workspace", ReadOnly: true},
			{HostPath: "/workspace/docs"},
		}},
	}
	fmt.Println(state.Authorize(wasmhost.FilesystemRead, "/workspace/main.go"))
	fmt.Println(state.Authorize(wasmhost.FilesystemWrite, "/workspace/docs/a.md"))
	state.Grants = []wasmhost.Grant{{Kind: wasmhost.FilesystemWrite}}
	fmt.Println(state.Authorize(wasmhost.FilesystemWrite, "/workspace/docs/a.md"))
	fmt.Println(state.Authorize(wasmhost.FilesystemWrite, "/workspace/docs/../main.go"))
	// Output:
	// <nil>
	// filesystem.write /workspace/docs/a.md is declared but not granted, grant it to this plugin to allow it
	// <nil>
	// filesystem.write /workspace/main.go is not declared, add "/workspace/main.go" to write under [capabilities.filesystem] to the manifest
}

func ExampleCapabilities_AllowsHost() {
	c := wasmhost.Capabilities{NetworkHost: []string{"api.example.com", "*.cdn.example.com"}}
	for _, host := range []string{"api.example.com", "a.cdn.example.com", "cdn.example.com", "api.example.com.evil.net"} {
		fmt.Println(host, c.AllowsHost(host))
	}
	// Output:
	// api.example.com true
	// a.cdn.example.com true
	// cdn.example.com false
	// api.example.com.evil.net false
}

func ExampleCapabilities_Validate() {
	c := wasmhost.Capabilities{Filesystem: []wasmhost.FilesystemMount{
		{HostPath: "/workspace/src", ReadOnly: true},
		{HostPath: "/workspace/out"},
	}}
	fmt.Println(c.Validate())
	// Output:
	// filesystem mount "/workspace/out" may be written but not read, declare it under read too
}

func ExampleCacheKey() {
	fmt.Println(wasmhost.CacheKey("demo", "1.0.0", []byte("module")))
	// Output:
	// demo@1.0.0-120970d81283
}

// InstantiateWithBudgets gives the bare instance to those who know its exports.
func ExampleRuntime_InstantiateWithBudgets() {
	ctx := context.Background()
	rt, err := wasmhost.NewRuntime(ctx, "")
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close(ctx)
	m, callCtx, cancel, err := rt.InstantiateWithBudgets(ctx, wasmhost.BuildFixtureWasm(0, 1), "demo", wasmhost.Capabilities{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer cancel()
	results, err := m.ExportedFunction("samuel_protocol_version").Call(callCtx)
	fmt.Println(results, err)
	fmt.Printf("%+v\n", rt.CacheStats())
	// Output:
	// [1] <nil>
	// {Hits:0 Misses:1 HitRate:0 Modules:1 BudgetBytes:268435456 UsedBytes:71}
}
