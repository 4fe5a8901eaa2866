package wasmhost

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// TestOwnHostState calls a guest with a HostState of the embedder's own, as its policy hooks need.
func TestOwnHostState(t *testing.T) {
	project := t.TempDir()
	writeFile(t, filepath.Join(project, "a"), []byte("content"))
	ctx := WithProjectRoot(t.Context(), project)
	rt := newTestRuntime(t, "")
	m, ctx, cancel, err := rt.InstantiateWithBudgets(ctx, driverModule(hostChoice{}), "demo", Capabilities{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	text := func(at uint32, s string) []uint64 {
		m.Memory().WriteString(at, s)
		return []uint64{uint64(at), uint64(len(s))}
	}
	read := func(state *HostState) string {
		t.Helper()
		res, err := m.ExportedFunction("call_fs_read").Call(WithHostState(ctx, state), text(0, "/workspace/a")...)
		if err != nil {
			t.Fatal(err)
		}
		ptr, n := unpack(res[0])
		view, _ := m.Memory().Read(ptr, n)
		return string(view)
	}
	caps := &Capabilities{Filesystem: []FilesystemMount{{HostPath: "/workspace", ReadOnly: true}}}
	if got := read(&HostState{Caps: caps}); got != "content" {
		t.Errorf("declared: %q", got)
	}
	if got := read(&HostState{Caps: &Capabilities{}}); got != "" {
		t.Errorf("not declared: %q", got)
	}
	if got := read(&HostState{Grants: []Grant{{Kind: FilesystemRead, Targets: []string{"/workspace"}}}}); got != "content" {
		t.Errorf("granted: %q", got)
	}

	state := &HostState{Grants: []Grant{{Kind: Exec}}, ExecOK: func(string) bool { return false }}
	own := WithHostState(ctx, state)
	if res, err := m.ExportedFunction("call_exec").Call(own, text(0, "true")...); err != nil || int32(res[0]) != execPolicy {
		t.Errorf("exec: %v, %v", res, err)
	}
	if _, err := m.ExportedFunction("call_log").Call(own, slices.Concat(text(0, "warn"), text(100, "two\nlines"))...); err != nil {
		t.Fatal(err)
	}
	if want := []string{"[warn] two", "[warn] lines"}; !slices.Equal(state.LogBuf, want) {
		t.Errorf("log: %q, want %q", state.LogBuf, want)
	}
}

// TestCallWithoutHostState is a call with a context that is not the instance's: nothing is allowed.
func TestCallWithoutHostState(t *testing.T) {
	rt := newTestRuntime(t, "")
	caps := Capabilities{Filesystem: []FilesystemMount{{HostPath: "/workspace", ReadOnly: true}}}
	m, _, cancel, err := rt.InstantiateWithBudgets(WithProjectRoot(t.Context(), t.TempDir()), driverModule(hostChoice{}), "demo", caps, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	m.Memory().WriteString(0, "/workspace/a")
	if res, err := m.ExportedFunction("call_fs_read").Call(t.Context(), 0, 12); err != nil || res[0] != 0 {
		t.Errorf("got %v, %v", res, err)
	}
}

// TestLinkedPluginsFolder has a repository whose plugins folder is a symbolic link to elsewhere.
func TestLinkedPluginsFolder(t *testing.T) {
	p := newDemo(t, BuildFixtureWasm(0, 1))
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(p.ProjectDir, ".samuel")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(outside, "plugins", "demo"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Install(t.Context(), InstallOptions{}); err == nil {
		t.Error("installed elsewhere")
	}
	if _, err := p.Uninstall(t.Context(), UninstallOptions{}); err == nil {
		t.Error("removed elsewhere")
	}
	if got := names(t, filepath.Join(outside, "plugins", "demo")); len(got) != 0 {
		t.Errorf("made %q", got)
	}
}

// TestMemoryRefusalIsExplained runs a guest that traps when it gets no more memory.
func TestMemoryRefusalIsExplained(t *testing.T) {
	rt := newTestRuntime(t, "")
	m := newGrower()
	var log recorder
	res := rt.Execute(t.Context(), call.Request{Kind: call.Run, Module: saved(t, m), Export: "run"}, log.sink)
	if res.Outcome.String() != "memory limit" || !strings.Contains(log.text(), "more memory than 64 MiB was refused") {
		t.Errorf("got %s\n%s", res.Outcome, log.text())
	}
}
