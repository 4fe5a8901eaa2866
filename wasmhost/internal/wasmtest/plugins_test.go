package wasmtest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// finding is what every sample plugin reports.
type finding struct {
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Severity  string `json:"severity"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
}

// host is the least of a host that a sample plugin runs in: enough to tell that the plugins, each
// in its language, agree with the interface and with each other.
type host struct {
	findings []finding
	progress int
	log      strings.Builder
	root     string
	config   map[string]string
}

// hostKey is where a call's context holds its *host.
type hostKey struct{}

func hostOf(ctx context.Context) *host { return ctx.Value(hostKey{}).(*host) }

// newPlugin compiles a plugin in a runtime that has the host's functions.
func newPlugin(t *testing.T, module []byte) (wazero.Runtime, wazero.CompiledModule) {
	t.Helper()
	ctx := context.Background()
	r := newRuntime(t)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	_, err := r.NewHostModuleBuilder("samuel").
		NewFunctionBuilder().WithFunc(func(ctx context.Context, m api.Module, level, levelLen, msg, msgLen uint32) {
		hostOf(ctx).log.WriteString(text(t, m, level, levelLen) + " " + text(t, m, msg, msgLen) + "\n")
	}).Export("log").
		NewFunctionBuilder().WithFunc(func(ctx context.Context, m api.Module, path, pathLen uint32) uint64 {
		name, below := strings.CutPrefix(text(t, m, path, pathLen), "/workspace/")
		content, err := os.ReadFile(filepath.Join(hostOf(ctx).root, name))
		if err != nil || !below {
			return 0
		}
		return place(ctx, t, m, content)
	}).Export("fs_read").
		NewFunctionBuilder().WithFunc(func(ctx context.Context, m api.Module, name, nameLen, body, bodyLen uint32) uint32 {
		switch h := hostOf(ctx); text(t, m, name, nameLen) {
		case "diagnostics":
			if err := json.Unmarshal([]byte(text(t, m, body, bodyLen)), &h.findings); err != nil {
				t.Errorf("findings: %v", err)
			}
		case "progress":
			h.progress++
		}
		return 0
	}).Export("callback").
		NewFunctionBuilder().WithFunc(func(ctx context.Context, m api.Module, key, keyLen uint32) uint64 {
		value, ok := hostOf(ctx).config[text(t, m, key, keyLen)]
		if !ok {
			return 0
		}
		return place(ctx, t, m, []byte(value))
	}).Export("config_get").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := r.CompileModule(ctx, module)
	if err != nil {
		t.Fatal(err)
	}
	return r, compiled
}

// call runs the plugin's lint in an instance of its own.
func (h *host) call(t *testing.T, r wazero.Runtime, compiled wazero.CompiledModule, payload string) (reply string) {
	t.Helper()
	ctx := context.WithValue(context.Background(), hostKey{}, h)
	m, err := r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").
		WithStartFunctions("_initialize").WithStdout(&h.log).WithStderr(&h.log).
		WithFSConfig(wazero.NewFSConfig().WithReadOnlyDirMount(h.root, "/workspace")))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close(ctx)
	for name, want := range map[string]uint64{"samuel_protocol_version": 1, "health": 0} {
		if got, err := m.ExportedFunction(name).Call(ctx); err != nil || got[0] != want {
			t.Fatalf("%s: %v, %v", name, got, err)
		}
	}
	in := place(ctx, t, m, []byte(payload))
	out, err := m.ExportedFunction("lint").Call(ctx, in>>32, in&0xffffffff)
	if err != nil {
		t.Fatal(err)
	}
	return text(t, m, uint32(out[0]>>32), uint32(out[0]))
}

// text copies what a guest points at.
func text(t *testing.T, m api.Module, ptr, size uint32) string {
	t.Helper()
	b, ok := m.Memory().Read(ptr, size)
	if !ok {
		t.Fatalf("the plugin handed over %d bytes at %d", size, ptr)
	}
	return string(b)
}

// place copies bytes into the guest through its allocator.
func place(ctx context.Context, t *testing.T, m api.Module, b []byte) uint64 {
	t.Helper()
	got, err := m.ExportedFunction("samuel_alloc").Call(ctx, uint64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if !m.Memory().Write(uint32(got[0]), b) {
		t.Fatalf("samuel_alloc(%d) gave %d", len(b), got[0])
	}
	return got[0]<<32 | uint64(len(b))
}

func TestSamplePluginsAgree(t *testing.T) {
	plugins := map[string][]byte{"go-lint": GoPlugin(t)}
	for _, name := range []string{"c-lint", "c-wasi", "rust-lint", "as-lint"} {
		module, err := os.ReadFile(filepath.Join(PluginsDir(), name, "plugin.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		plugins[name] = module
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"main.go":  "package main\n\n// TODO one\nfunc main() {} // naïve 𝄞 FIXME TODO two\n\nTODO",
		"empty":    "",
		"a b.md":   "nothing\r\nto do\r\n\r\nTODO\r\n",
		"é<&>.md":  "TODO\n",
		"long.txt": strings.Repeat("a line of no interest\n", 300) + "FIXME\n",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := func(path string, line, column int, marker string) finding {
		return finding{
			Path: "/workspace/" + path, Line: line, Column: column, EndColumn: column + len(marker),
			Severity: "warning", Rule: "unfinished", Message: marker + " is left in this line",
		}
	}
	saved := func(path string) string {
		b, err := json.Marshal(map[string]any{
			"event": "quality.check", "project_root": "/workspace",
			"path": "/workspace/" + path, "files": []string{"/workspace/" + path}, "commands": []string{},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	tests := []struct {
		name     string
		payload  string
		reply    string
		findings []finding
		log      string
	}{
		{
			"three findings", saved("main.go"), `{"ok":true,"findings":3}`,
			[]finding{at("main.go", 3, 4, "TODO"), at("main.go", 4, 27, "FIXME"), at("main.go", 6, 1, "TODO")},
			"/workspace/main.go: 3 unfinished",
		},
		{"an empty file", saved("empty"), `{"ok":true,"findings":0}`, []finding{}, "/workspace/empty: 0 unfinished"},
		{"a path with a space", saved("a b.md"), `{"ok":true,"findings":1}`, []finding{at("a b.md", 4, 1, "TODO")}, "/workspace/a b.md: 1 unfinished"},
		{"an escaped path", saved("é<&>.md"), `{"ok":true,"findings":1}`, []finding{at("é<&>.md", 1, 1, "TODO")}, "/workspace/é<&>.md: 1 unfinished"},
		{"a longer file", saved("long.txt"), `{"ok":true,"findings":1}`, []finding{at("long.txt", 301, 1, "FIXME")}, "/workspace/long.txt: 1 unfinished"},
		{"a file that is not there", saved("gone"), `{"ok":false,"reason":"cannot read /workspace/gone"}`, nil, ""},
		{"no file", `{"event":"quality.check"}`, `{"ok":true,"findings":0}`, nil, "nothing to check"},
	}
	for name, module := range plugins {
		t.Run(name, func(t *testing.T) {
			r, compiled := newPlugin(t, module)
			for _, tt := range tests {
				t.Run(tt.name, func(t *testing.T) {
					h := &host{root: root}
					reply := h.call(t, r, compiled, tt.payload)
					var got, want map[string]any
					if err := json.Unmarshal([]byte(reply), &got); err != nil {
						t.Fatalf("reply %q: %v", reply, err)
					}
					if err := json.Unmarshal([]byte(tt.reply), &want); err != nil {
						t.Fatal(err)
					}
					if want["ok"] == false {
						delete(got, "findings")
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("reply (-want +got):\n%s", diff)
					}
					if diff := cmp.Diff(tt.findings, h.findings); diff != "" {
						t.Errorf("findings (-want +got):\n%s", diff)
					}
					if read := tt.findings != nil; read && h.progress == 0 {
						t.Error("no progress was reported")
					}
					if !strings.Contains(h.log.String(), tt.log) {
						t.Errorf("log %q, want %q in it", h.log.String(), tt.log)
					}
				})
			}
		})
	}
}
