package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// good is a module whose hook works, and what the run says.
const good, goodResult = "result-ok", "ok"

func TestChildIsKilledDuringARun(t *testing.T) {
	p := newPlace(t, "loop-in-export")
	c := p.start()
	p.beginRun(c)
	for _, k := range descendants(c.cmd.Process.Pid) {
		_ = syscall.Kill(k.pid, syscall.SIGKILL)
	}
	if err := c.settle(); err != nil { // the run is answered, whatever it ended with
		t.Fatal(err)
	}
	p.build(good)
	c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(p.path("plugin.wasm")), "type": 2}}})
	p.wantRun(c, goodResult)
	p.end(c)
}

// end ends a session well.
func (p *place) end(c *client) {
	p.t.Helper()
	kin := descendants(c.cmd.Process.Pid)
	if err := c.bye(); err != nil {
		p.t.Error(err)
	}
	p.wantNothingLeft(kin)
}

// asNobody makes servers run as a user whom modes bind, where tests run as one whom they don't.
func (p *place) asNobody() {
	p.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	top := filepath.Dir(p.home)
	if err := os.Chmod(top, 0o755); err != nil {
		p.t.Fatal(err)
	}
	err := filepath.WalkDir(top, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// chmodAll changes the mode of a folder and of all that is below it.
func (p *place) chmodAll(dir string, folder, file fs.FileMode) {
	p.t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		info, err := os.Stat(all[i])
		if err != nil {
			p.t.Fatal(err)
		}
		mode := file
		if info.IsDir() {
			mode = folder
		}
		if err := os.Chmod(all[i], mode); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestReadOnlyHomeAndWorkspace(t *testing.T) {
	p := newPlace(t, good)
	p.asNobody()
	p.chmodAll(p.home, 0o500, 0o400)
	p.chmodAll(p.root, 0o500, 0o400)
	c := p.start()
	p.wantRun(c, goodResult)
	p.end(c)
}

func TestPermissionsAreRevoked(t *testing.T) {
	p := newPlace(t, good)
	p.asNobody()
	c := p.start()
	p.wantRun(c, goodResult)
	p.chmodAll(p.home, 0, 0)
	p.chmodAll(p.root, 0, 0)
	for _, name := range []string{"plugin.wasm", "samuel-plugin.toml"} {
		c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(p.path(name)), "type": 2}}})
	}
	_, _ = c.call("workspace/executeCommand", map[string]any{"command": "samuel.runHook", "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}}) // an error is as good
	if _, err := c.call("textDocument/documentSymbol", map[string]any{"textDocument": map[string]string{"uri": p.uri}}); err != nil {
		t.Errorf("the server no longer answers: %v", err)
	}
	p.giveBack(0o700, 0o600)
	c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{
		map[string]any{"uri": fileURI(p.path("plugin.wasm")), "type": 2}, map[string]any{"uri": p.uri, "type": 2},
	}})
	p.wantRun(c, goodResult)
	p.end(c)
}

// giveBack gives back what chmodAll took away, from the top down.
func (p *place) giveBack(folder, file fs.FileMode) {
	p.t.Helper()
	var restore func(path string)
	restore = func(path string) {
		info, err := os.Lstat(path)
		if err != nil {
			p.t.Fatal(err)
		}
		if !info.IsDir() {
			_ = os.Chmod(path, file)
			return
		}
		if err := os.Chmod(path, folder); err != nil {
			p.t.Fatal(err)
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, entry := range entries {
			restore(filepath.Join(path, entry.Name()))
		}
	}
	restore(p.home)
	restore(p.root)
}

// fullDisk puts the home on a disk without room. Where nobody may mount one, a home that cannot be
// written to takes its place.
func (p *place) fullDisk() {
	p.t.Helper()
	wrap := []string{
		"unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
		`mount -t tmpfs -o size=16k tmpfs "$HOME" && mkdir "$HOME/tmp" && { cat /dev/zero >"$HOME/fill" 2>/dev/null; exec "$@"; }`, "sh",
	}
	try := exec.Command(wrap[0], append(wrap[1:], "true")...)
	try.Env = homely(p.home)
	if try.Run() == nil {
		p.wrap = wrap
		return
	}
	p.asNobody()
	p.chmodAll(p.home, 0o500, 0o400)
}

func TestFullDisk(t *testing.T) {
	p := newPlace(t, good)
	p.fullDisk()
	c := p.start()
	p.wantRun(c, goodResult)
	for _, command := range []string{"samuel.showLog", "samuel.checkHealth", "samuel.showStats"} {
		// None may take the server down; what cannot be done is said.
		_, _ = c.call("workspace/executeCommand", map[string]any{"command": command, "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}})
	}
	p.wantRun(c, goodResult)
	p.end(c)
}

func TestDamagedCacheEntriesDoNoHarm(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(body []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"truncated", func(body []byte) []byte { return body[:len(body)/2] }},
		{"a bit flipped", func(body []byte) []byte { body[len(body)/2] ^= 4; return body }},
		{"another version's", func(body []byte) []byte { return append([]byte("WAZEVO\x0511.0.0"), body[min(14, len(body)):]...) }},
		{"zeros", func(body []byte) []byte { return make([]byte, len(body)) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPlace(t, good)
			c := p.start()
			p.wantRun(c, goodResult)
			p.end(c)
			damaged := 0
			err := filepath.WalkDir(filepath.Join(p.home, ".samuel"), func(path string, d fs.DirEntry, err error) error {
				if err != nil || !d.Type().IsRegular() {
					return err
				}
				body, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				damaged++
				return os.WriteFile(path, tc.damage(body), 0o600)
			})
			if err != nil || damaged == 0 {
				t.Fatalf("%d cache files damaged: %v", damaged, err)
			}
			c = p.start()
			p.wantRun(c, goodResult)
			p.end(c)
		})
	}
}

func TestTwoServersShareWorkspaceAndCache(t *testing.T) {
	p := newPlace(t, good)
	one, two := p.start(), p.start()
	for range 20 {
		for _, c := range []*client{one, two} {
			c.notify("textDocument/didSave", map[string]any{"textDocument": map[string]string{"uri": p.uri}})
			c.request("workspace/executeCommand", map[string]any{"command": "samuel.runHook", "arguments": []any{map[string]string{"uri": p.uri, "export": "run"}}})
		}
	}
	for _, c := range []*client{one, two} {
		if err := c.settle(); err != nil {
			t.Fatal(err)
		}
		p.wantRun(c, goodResult)
	}
	_ = one.cmd.Process.Kill() // in the midst of things: its locks must not outlive it
	if err := one.ended(); err != nil {
		t.Fatal(err)
	}
	p.wantRun(two, goodResult)
	p.end(two)
}

func TestFewOpenFiles(t *testing.T) {
	p := newPlace(t, good)
	for i := range 300 {
		p.write("many/p"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+"/samuel-plugin.toml", manifest)
	}
	p.wrap = []string{"sh", "-c", `ulimit -n 40; exec "$@"`, "sh"}
	c := p.start()
	_ = p.run(c) // it may fail for want of files, and must be answered
	if _, err := c.call("textDocument/documentSymbol", map[string]any{"textDocument": map[string]string{"uri": p.uri}}); err != nil {
		t.Error(err)
	}
	p.end(c)
}
