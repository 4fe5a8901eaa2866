package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var server string // the built binary

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		panic(err)
	}
	server = filepath.Join(dir, "samuel-lsp")
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", server, "../../cmd/samuel-lsp").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("building the server: %v\n%s", err, out))
	}
	if err := os.Chmod(dir, 0o755); err != nil { // servers may run as somebody else
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// place is a home and a workspace with one plugin.
type place struct {
	t          testing.TB
	home, root string
	uri        string
	wrap       []string // the command that starts the server, before the server's own
	attr       *syscall.SysProcAttr
}

// newPlace lays out a workspace whose plugin is built from one of the catalogue's modules.
func newPlace(t testing.TB, module string) *place {
	t.Helper()
	dir, err := os.MkdirTemp("", "fault")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
			if d != nil && d.IsDir() {
				_ = os.Chmod(path, 0o700)
			}
			return nil
		})
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	p := &place{t: t, home: filepath.Join(dir, "home"), root: filepath.Join(dir, "work")}
	for _, sub := range []string{"tmp", "cache", "config"} {
		if err := os.MkdirAll(filepath.Join(p.home, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	p.uri = fileURI(p.path("samuel-plugin.toml"))
	p.write("samuel.toml", "")
	p.write("samuel-plugin.toml", strings.Replace(manifest, "tidy", "work", 1))
	p.build(module)
	return p
}

func (p *place) path(name string) string { return filepath.Join(p.root, name) }

func (p *place) write(name, content string) {
	p.t.Helper()
	if err := write(p.path(name), content); err != nil {
		p.t.Fatal(err)
	}
}

// build makes the plugin's module one of the catalogue's.
func (p *place) build(module string) {
	p.t.Helper()
	body, err := os.ReadFile("../../testdata/modules/" + module + ".wasm")
	if err != nil {
		p.t.Fatal(err)
	}
	p.write("plugin.wasm", string(body))
}

// start starts a server in which the manifest is open.
func (p *place) start() *client {
	p.t.Helper()
	c := p.launch()
	if err := c.hello([]string{p.root}, "utf-16", false); err != nil {
		p.t.Fatal(err)
	}
	text, _ := os.ReadFile(p.path("samuel-plugin.toml")) // an editor keeps what it read before
	c.notify("textDocument/didOpen", (&doc{uri: p.uri, version: 1, text: string(text)}).opened())
	return c
}

// launch starts a server and says nothing to it.
func (p *place) launch() *client {
	p.t.Helper()
	c, err := dialAs(append(append([]string(nil), p.wrap...), server, "serve"), p.home, p.attr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if c.cmd.ProcessState == nil {
			_ = c.cmd.Process.Kill()
			_ = c.ended()
		}
	})
	return c
}

// run runs the plugin's hook and returns the result's word.
func (p *place) run(c *client) string {
	p.t.Helper()
	raw, err := c.call("workspace/executeCommand", map[string]any{"command": "samuel.runHook", "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}})
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}

func (p *place) wantRun(c *client, want string) {
	p.t.Helper()
	if got := p.run(c); !strings.Contains(got, `"outcome":"`+want) {
		p.t.Errorf("the run ended with %s, want %q", got, want)
	}
}

// beginRun starts a run that does not end by itself and returns, when a child has it, the request's id.
func (p *place) beginRun(c *client) string {
	p.t.Helper()
	before := busiest(c)
	id := c.request("workspace/executeCommand", map[string]any{"command": "samuel.runHook", "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}})
	p.until("a child to work", func() bool { return busiest(c) > before+5 })
	return id
}

// busiest is the processor time, in ticks, of the child that used most of it.
func busiest(c *client) (most int) {
	for _, k := range descendants(c.cmd.Process.Pid) {
		most = max(most, ticks(k.pid))
	}
	return most
}

// ticks is the processor time that a process has used.
func ticks(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	var user, system int
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	return user + system
}

// until looks at what only the system can tell, until it holds.
func (p *place) until(what string, ok func() bool) {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-limit:
			p.t.Fatalf("waited for %s, and it did not come", what)
		}
	}
}

// wantNothingLeft checks that neither processes nor temporary files outlive a server.
func (p *place) wantNothingLeft(kin []process) {
	p.t.Helper()
	if err := gone(kin); err != nil {
		p.t.Error(err)
	}
	left, err := os.ReadDir(filepath.Join(p.home, "tmp"))
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		p.t.Error(err)
	}
	for _, entry := range left {
		p.t.Errorf("a temporary entry is left: %s", entry.Name())
	}
}
