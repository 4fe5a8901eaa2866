package project_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

func TestFindModule(t *testing.T) {
	for _, tt := range []struct {
		name   string
		folder string
		files  []string
		module string
		want   string
		state  manifestcheck.ModuleState
	}{
		{"none named", "p", nil, "", "", manifestcheck.ModuleUnknown},
		{"there", "p", []string{"lint.wasm"}, "lint.wasm", "lint.wasm", manifestcheck.ModuleUnknown},
		{"not built", "p", nil, "lint.wasm", "lint.wasm", manifestcheck.ModuleMissing},
		{"another module beside it does not count", "p", []string{"plugin.wasm"}, "lint.wasm", "lint.wasm", manifestcheck.ModuleMissing},
		{"outside", "p", nil, "../lint.wasm", "../lint.wasm", manifestcheck.ModuleOutside},
		{"installed under its own name", ".samuel/plugins/p", []string{"lint.wasm", "plugin.wasm"}, "lint.wasm", "lint.wasm", manifestcheck.ModuleUnknown},
		{"installed under the name of all", ".samuel/plugins/p", []string{"plugin.wasm"}, "build/lint.wasm", "plugin.wasm", manifestcheck.ModuleUnknown},
		{"installed, and gone", ".samuel/plugins/p", nil, "lint.wasm", "lint.wasm", manifestcheck.ModuleMissing},
		{"installed, and named outside", ".samuel/plugins/p", []string{"plugin.wasm"}, "../lint.wasm", "../lint.wasm", manifestcheck.ModuleOutside},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), filepath.FromSlash(tt.folder))
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, f := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			m := project.FindModule(filepath.Join(dir, project.ManifestName), tt.module)
			if m.State != tt.state {
				t.Errorf("state %d, want %d", m.State, tt.state)
			}
			want := tt.want
			if want != "" {
				want = filepath.Join(dir, filepath.FromSlash(want))
			}
			if m.Path != want {
				t.Errorf("path %s, want %s", m.Path, want)
			}
		})
	}
}

// The modules beside one that is missing are what it may have been meant to be.
func TestFindModuleBeside(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"b.wasm", "a.wasm", "notes.txt", "c.wasm.bak"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.wasm"), 0o755); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, project.ManifestName)
	if got, want := project.FindModule(manifest, "plugin.wasm").Beside, []string{"a.wasm", "b.wasm"}; !slices.Equal(got, want) {
		t.Errorf("beside a missing module lie %v, want %v", got, want)
	}
	if got := project.FindModule(manifest, "a.wasm").Beside; got != nil {
		t.Errorf("beside a module that is there lie %v, want nothing", got)
	}
	if got := project.FindModule(manifest, "no/plugin.wasm").Beside; got != nil {
		t.Errorf("in a folder that is not there lie %v, want nothing", got)
	}
}

func TestPayload(t *testing.T) {
	const manifest = "/ws/p/samuel-plugin.toml"
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"a file", []string{"/ws/a.go"}, `{"event":"quality.check","project_root":"/workspace","path":"/workspace/a.go","files":["/workspace/a.go"],"commands":[]}`},
		{"several, the last one is the path", []string{"/ws/a.go", "/ws/b c.go"}, `{"event":"quality.check","project_root":"/workspace","path":"/workspace/b c.go","files":["/workspace/a.go","/workspace/b c.go"],"commands":[]}`},
		{"none", nil, `{"event":"quality.check","project_root":"/workspace","path":"/workspace/p/samuel-plugin.toml","files":[],"commands":[]}`},
		{"an empty name", []string{""}, `{"event":"quality.check","project_root":"/workspace","path":"/workspace/p/samuel-plugin.toml","files":[],"commands":[]}`},
		{"outside", []string{"/elsewhere/a.go"}, `{"event":"quality.check","project_root":"/workspace","path":"/workspace/p/samuel-plugin.toml","files":[],"commands":[]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(project.Payload("/ws", manifest, "quality.check", tt.files...)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestGuestAndHostPath(t *testing.T) {
	for _, tt := range []struct {
		name, guest, host string
		ok                bool
	}{
		{"the root", "/workspace", "/ws", true},
		{"below", "/workspace/a/b.go", "/ws/a/b.go", true},
		{"relative", "a/b.go", "/ws/a/b.go", true},
		{"another root", "/workspaces/a", "", false},
		{"absolute", "/etc/passwd", "", false},
		{"upwards", "/workspace/../etc/passwd", "", false},
		{"relative upwards", "../etc/passwd", "", false},
		{"upwards and back", "/workspace/a/../b.go", "/ws/b.go", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := project.HostPath("/ws", tt.guest)
			if ok != tt.ok || ok && got != tt.host {
				t.Errorf("got %q, %t; want %q, %t", got, ok, tt.host, tt.ok)
			}
			if !ok {
				return
			}
			if back, ok := project.GuestPath("/ws", got); !ok || !filepath.IsAbs(back) {
				t.Errorf("%s is %q to the guest", got, back)
			}
		})
	}
}
