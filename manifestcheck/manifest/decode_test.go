package manifest_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

const whole = `
name = "lint"
version = "0.1.0"
kind = "wasm"
authors = ["Ada"]
samuel.protocol = "^1"
requires = { other = "^1.0", Upper = "*" }

[capabilities]
exec = true
filesystem = { read = ["/workspace"], write = [] }
assistant.invoke = true
network = { hosts = ["a.example.com"], outbound = ["b.example.com"] }

[wasm]
module = "plugin.wasm"
exports = ["lint", "health"]
hook_handlers = { "sync.after" = "lint" }

[hooks]
"quality.check" = "lint"
"before:loop" = "Check"

[runtime]
max_memory = 128
timeout = "500ms"
exports = ["lint", "extra"]

[metadata]
Anything = { goes = [1, "two"] }
`

func TestDecode(t *testing.T) {
	m, err := manifest.Decode(whole)
	if err != nil {
		t.Fatal(err)
	}
	if !m.Capabilities.Exec || !m.Capabilities.Assistant.Invoke || m.Requires["other"] != "^1.0" || m.Wasm.Module != "plugin.wasm" {
		t.Errorf("decoded %+v", m)
	}
	if got, want := m.Exports(), []string{"lint", "health", "extra"}; !slices.Equal(got, want) {
		t.Errorf("exports: got %q, want %q", got, want)
	}
	if got, want := m.Hosts(), []string{"a.example.com", "b.example.com"}; !slices.Equal(got, want) {
		t.Errorf("hosts: got %q, want %q", got, want)
	}
	bindings, err := m.Bindings()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"quality.check": "lint", "sync.after": "lint", "before:loop": "Check"}
	if diff := cmp.Diff(want, bindings); diff != "" {
		t.Errorf("bindings (-want +got):\n%s", diff)
	}
	budgets, err := m.Budgets()
	if want := (manifest.Budgets{MaxMemoryMiB: 128, Timeout: 500 * time.Millisecond, HardTimeout: 30 * time.Second}); err != nil || budgets != want {
		t.Errorf("budgets: got %v, %v, want %v", budgets, err, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ src, says string }{
		"a syntax error":        {"name = ", "expected value"},
		"a wrong type":          {"name = 1", "incompatible types"},
		"an unknown key":        {"sumary = \"x\"", "unknown keys sumary"},
		"an unknown nested key": {"[capabilities.network]\nhost = []", "capabilities.network.host"},
		"another case":          {"Name = \"x\"", "unknown keys Name"},
		"another case inside":   {"[wasm]\nModule = \"x\"", "wasm.Module"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := manifest.Decode(tt.src)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got error %v, want one that says %q", err, tt.says)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), manifest.FileName)
	if _, err := manifest.Load(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: got %v", err)
	}
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := manifest.Load(path); err != nil || m.Name != "lint" {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestBudgets(t *testing.T) {
	tests := map[string]struct {
		runtime manifest.Runtime
		want    manifest.Budgets
		fails   string
	}{
		"defaults":              {manifest.Runtime{}, manifest.Budgets{MaxMemoryMiB: 64, Timeout: 5 * time.Second, HardTimeout: 30 * time.Second}, ""},
		"a short hard limit":    {manifest.Runtime{HardTimeout: "2s"}, manifest.Budgets{MaxMemoryMiB: 64, Timeout: 2 * time.Second, HardTimeout: 2 * time.Second}, ""},
		"a soft limit too long": {manifest.Runtime{Timeout: "40s"}, manifest.Budgets{}, "beyond hard_timeout"},
		"no duration":           {manifest.Runtime{Timeout: "5"}, manifest.Budgets{}, "runtime.timeout"},
		"a negative duration":   {manifest.Runtime{HardTimeout: "-1s"}, manifest.Budgets{}, "runtime.hard_timeout"},
		"too much memory":       {manifest.Runtime{MaxMemory: 5000}, manifest.Budgets{}, "runtime.max_memory"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := manifest.Manifest{Runtime: tt.runtime}
			got, err := m.Budgets()
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("got error %v, want one that says %q", err, tt.fails)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestBindings(t *testing.T) {
	m := manifest.Manifest{
		Kind: manifest.KindWasm, Hooks: map[string]string{"quality.check": "a"},
		Wasm: &manifest.Wasm{HookHandlers: map[string]string{"quality.check": "b"}},
	}
	if _, err := m.Bindings(); err == nil || !strings.Contains(err.Error(), "keep one") {
		t.Errorf("two bindings that differ: got %v", err)
	}
	m.Wasm.HookHandlers["quality.check"] = "a"
	if got, err := m.Bindings(); err != nil || got["quality.check"] != "a" {
		t.Errorf("two equal bindings: got %v, %v", got, err)
	}
}
