package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// served is an editor that speaks to this program's server in a process of its own, over pipes.
type served struct {
	*lsptest.Editor
	t      *testing.T
	server *os.Process
}

// pipes is a process's standard input and output.
type pipes struct {
	io.Reader
	io.WriteCloser
}

// serving opens an editor on a workspace. It trusts the plugins, agrees to whatever they ask for,
// and leaves watching files to the server.
func serving(t *testing.T, archive string, settings map[string]any) *served {
	t.Helper()
	s := &served{t: t}
	home := t.TempDir()
	yes := true
	answer := func(jsontext.Value) (any, error) { return map[string]string{"title": "Always allow"}, nil }
	cfg := lsptest.Config{
		Options: map[string]any{"trusted": true, "settings": settings},
		Capabilities: func(c *protocol.ClientCapabilities) {
			c.Workspace.CodeLens = &protocol.CodeLensWorkspaceClientCapabilities{RefreshSupport: &yes}
			c.Workspace.Configuration, c.Workspace.DidChangeWatchedFiles = nil, nil
			c.Window = &protocol.WindowClientCapabilities{WorkDoneProgress: &yes}
		},
		Answers: lsptest.Answers{protocol.MethodWindowShowMessageRequest: answer},
		Dial: func() (io.ReadWriteCloser, func() int) {
			cmd := exec.Command("samuel-lsp", "serve", "--stdio")
			cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_CACHE_HOME="+home+"/.cache")
			cmd.Stderr = os.Stderr
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			s.server = cmd.Process
			return pipes{out, in}, func() int {
				state, err := cmd.Process.Wait()
				if err != nil {
					t.Error(err)
				}
				return state.ExitCode()
			}
		},
	}
	s.Editor = lsptest.Start(t, archive, cfg)
	return s
}

// misbehaving is the manifest of a plugin whose only export is run.
func misbehaving(name, more string) string {
	return fmt.Sprintf(`name = %q
version = "1.0.0"
kind = "wasm"
[wasm]
module = "plugin.wasm"
exports = ["run"]
[hooks]
"quality.check" = "run"
[runtime]
timeout = "200ms"
hard_timeout = "60s"
%s`, name, more)
}

// module reads a module of testdata/modules.
func module(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../testdata/modules", name+".wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

const plugin = "p/samuel-plugin.toml"

// servingOne is an editor with one plugin under development, opened.
func servingOne(t *testing.T, manifest, wasm string) *served {
	t.Helper()
	s := serving(t, "-- samuel.toml --\n-- main.go --\npackage main\n-- "+plugin+" --\n"+manifest, nil)
	s.Write("p/plugin.wasm", wasm)
	s.Initialize()
	s.Open(plugin)
	return s
}

func (s *served) titles(name string) []string {
	s.t.Helper()
	var lenses []protocol.CodeLens
	if err := s.Request(protocol.MethodTextDocumentCodeLens, &protocol.CodeLensParams{TextDocument: s.Doc(name)}, &lenses); err != nil {
		s.t.Fatal(err)
	}
	all := make([]string, len(lenses))
	for i, l := range lenses {
		all[i] = l.Command.Title
	}
	return all
}

// awaitTitle waits for a lens that begins with one of some texts, and returns it.
func (s *served) awaitTitle(name string, begins ...string) string {
	s.t.Helper()
	var found string
	var last []string
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the lenses of %s are %q", name, last)
		}
	}()
	s.Await(fmt.Sprintf("a lens %q of %s", begins, name), func() bool {
		last = s.titles(name)
		for _, title := range last {
			for _, b := range begins {
				if strings.HasPrefix(title, b) {
					found = title
					return true
				}
			}
		}
		return false
	})
	return found
}

// awaitCode waits for a diagnostic of that code, and returns its message.
func (s *served) awaitCode(name, want string) string {
	s.t.Helper()
	diags := s.AwaitDiagnostics(name, func(d []protocol.Diagnostic) bool { return slices.Contains(lsptest.Codes(d), want) })
	return string(diags[slices.Index(lsptest.Codes(diags), want)].Message.(protocol.String))
}

// log is the captured output of an export's runs.
func (s *served) log(name, export string) string {
	s.t.Helper()
	params := &protocol.ExecuteCommandParams{Command: "samuel.showLog"}
	for _, a := range []string{string(s.URI(name)), export} {
		params.Arguments = append(params.Arguments, protocol.LSPAny(fmt.Sprintf("%q", a)))
	}
	var result struct {
		URI string `json:"uri"`
	}
	if err := s.Request(protocol.MethodWorkspaceExecuteCommand, params, &result); err != nil {
		s.t.Fatal(err)
	}
	content, err := os.ReadFile(strings.TrimPrefix(result.URI, "file://"))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

// bearable is how long an answer may take while plugins do their worst, by how long it takes when
// they are idle: they compete for the processors, and for nothing else.
func bearable(idle time.Duration) time.Duration { return max(100*time.Millisecond, 20*idle) }

// hover asks some times and returns the median of how long the answers took.
func (s *served) hover(name string) time.Duration {
	s.t.Helper()
	took := make([]time.Duration, 21)
	params := &protocol.HoverParams{TextDocumentPositionParams: protocol.TextDocumentPositionParams{TextDocument: s.Doc(name), Position: s.Find(name, "kind", 1)}}
	for i := range took {
		started := time.Now()
		if err := s.Request(protocol.MethodTextDocumentHover, params, nil); err != nil {
			s.t.Fatal(err)
		}
		took[i] = time.Since(started)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// Every sample plugin, as its toolchain builds it, marks a saved file; mended and saved again, the
// marks are gone.
func TestServeRealPlugins(t *testing.T) {
	names := []string{"as-lint", "c-lint", "c-wasi", "go-lint", "rust-lint"}
	archive := "-- samuel.toml --\n-- src/main.go --\npackage main\n\n// TODO: nothing\n"
	for _, n := range names {
		manifest, err := os.ReadFile(filepath.Join("../../testdata/plugins", n, "samuel-plugin.toml"))
		if err != nil {
			t.Fatal(err)
		}
		archive += "-- .samuel/plugins/" + n + "/samuel-plugin.toml --\n" + string(manifest)
	}
	s := serving(t, archive, nil)
	for _, n := range names {
		s.Write(".samuel/plugins/"+n+"/plugin.wasm", sample(t, n))
	}
	s.Initialize()
	s.Open("src/main.go")
	for _, n := range names {
		name := ".samuel/plugins/" + n + "/samuel-plugin.toml"
		s.Open(name)
		s.awaitTitle(name, "health ok · protocol 1 · ")
	}
	sources := func(d []protocol.Diagnostic) []string {
		var all []string
		for _, f := range d {
			source, _ := f.Source.Get()
			if f.Range.Start.Line == 2 {
				all = append(all, source)
			}
		}
		slices.Sort(all)
		return all
	}
	s.Save("src/main.go")
	s.AwaitDiagnostics("src/main.go", func(d []protocol.Diagnostic) bool { return slices.Equal(sources(d), names) })
	for _, n := range names {
		s.awaitTitle(".samuel/plugins/"+n+"/samuel-plugin.toml", "ok · ")
	}
	s.Change("src/main.go", "package main\n")
	s.Save("src/main.go")
	s.AwaitDiagnostics("src/main.go", func(d []protocol.Diagnostic) bool { return len(d) == 0 })
}

// sample is the module of a sample plugin; Go's is not kept in the repository.
func sample(t *testing.T, name string) string {
	t.Helper()
	file := filepath.Join("../../testdata/plugins", name, "plugin.wasm")
	if name == "go-lint" {
		file = filepath.Join(t.TempDir(), "plugin.wasm")
		build := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", file, ".")
		build.Dir = filepath.Join("../../testdata/plugins", name)
		build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOWORK=off", "GOFLAGS=")
		if text, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", name, err, text)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A hook that never ends is killed at its hard timeout, and nobody waits for it.
func TestServeAHangingHook(t *testing.T) {
	s := servingOne(t, strings.Replace(misbehaving("hangs", ""), `"60s"`, `"1500ms"`, 1), module(t, "loop-in-export"))
	s.awaitTitle(plugin, "health ok")
	idle := s.hover(plugin)
	s.Save(plugin)
	s.awaitTitle(plugin, "running")
	if took := s.hover(plugin); took > bearable(idle) {
		t.Errorf("while a hook hangs, hover takes %s; when idle, %s", took, idle)
	}
	s.awaitTitle(plugin, "timed out after 1.5s")
	s.awaitCode(plugin, "run/timeout")
	s.Write("p/plugin.wasm", module(t, "result-ok"))
	s.Save(plugin)
	s.awaitTitle(plugin, "ok · ")
	s.AwaitDiagnostics(plugin, func(d []protocol.Diagnostic) bool { return !slices.Contains(lsptest.Codes(d), "run/timeout") })
}

// The module is built anew beside the editor, in every way that tools write files.
func TestServeARebuiltModule(t *testing.T) {
	good := module(t, "result-ok")
	s := servingOne(t, misbehaving("built", ""), good)
	s.awaitTitle(plugin, "health ok")
	path := filepath.Join(s.Dir, "p", "plugin.wasm")
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(os.WriteFile(path+".new", []byte(module(t, "health-one")), 0o644))
	check(os.Rename(path+".new", path))
	s.awaitTitle(plugin, "health failed (1)")
	s.awaitCode(plugin, "run/health")

	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	check(err)
	defer f.Close()
	_, err = f.WriteString(good[:len(good)/2])
	check(err)
	s.awaitTitle(plugin, "module cannot be read")
	_, err = f.WriteString(good[len(good)/2:])
	check(err)
	s.awaitTitle(plugin, "health ok")
	check(os.Remove(path))
	s.awaitTitle(plugin, "not built")
	check(os.WriteFile(path, []byte(good), 0o644))
	s.awaitTitle(plugin, "health ok")
}

// Lens, log and diagnostic say the same of a write that the manifest does not declare.
func TestServeADeniedWrite(t *testing.T) {
	s := servingOne(t, misbehaving("writes", "[capabilities.filesystem]\nread = [\"/workspace/**\"]\n"), module(t, "denied-write"))
	s.Save(plugin)
	s.awaitTitle(plugin, "denied: filesystem.write /workspace/main.go")
	const text = `filesystem.write /workspace/main.go was denied: the manifest does not declare it; add [capabilities.filesystem] write = ["/workspace/main.go"]`
	if got := s.awaitCode(plugin, "run/denied"); !strings.HasSuffix(got, text) {
		t.Errorf("the finding is %q", got)
	}
	if log := s.log(plugin, "run"); !strings.Contains(log, text) || !strings.Contains(log, "denied: filesystem.write /workspace/main.go · ") {
		t.Errorf("the log is\n%s", log)
	}
}

// Fifty saves in a burst end with the result of the last, in processes that end with the server.
func TestServeFiftySaves(t *testing.T) {
	s := servingOne(t, misbehaving("busy", ""), module(t, "result-ok"))
	for range 50 {
		s.Save(plugin)
	}
	s.awaitTitle(plugin, "ok · ")
	log := s.log(plugin, "run")
	if strings.Contains(log, "cancelled") || strings.Contains(log, "running") || !strings.Contains(log, "quality.check · ok · ") {
		t.Errorf("the log is\n%s", log)
	}
}

// A plugin that logs without end costs its own log's end and nothing else.
func TestServeALogFlood(t *testing.T) {
	s := servingOne(t, misbehaving("floods", ""), module(t, "flood-log-bounded"))
	s.Save(plugin)
	s.awaitTitle(plugin, "ok · ")
	if log := s.log(plugin, "run"); !strings.Contains(log, "lines dropped") || len(log) > 2<<20 {
		t.Errorf("the log has %d bytes, and ends with\n%s", len(log), log[max(0, len(log)-300):])
	}
}

// nasty are modules of the catalogue that try to take the server down with them.
var nasty = []string{
	"loop-in-start", "loop-in-alloc", "recursion-without-loop", "bulk-fill-stall", "sleep-forever", "memory-grow-bomb",
	"memory-initial-4gib", "table-grow-bomb", "stack-recursion", "pointer-log", "alloc-outside", "result-huge", "trap-in-initialize",
	"exit-three", "name-samuel", "flood-log", "flood-callback", "flood-stdout", "stdin-read", "exec-flood",
}

// Whatever plugins do, the server answers, and says of each what became of it.
func TestServeHostilePlugins(t *testing.T) {
	var catalogue struct {
		Case []struct {
			Name    string
			Exec    bool
			Outcome []string
		}
	}
	if _, err := toml.DecodeFile("../../testdata/modules/catalogue.toml", &catalogue); err != nil {
		t.Fatal(err)
	}
	archive := "-- samuel.toml --\n"
	outcomes := make(map[string][]string)
	for _, c := range catalogue.Case {
		if !slices.Contains(nasty, c.Name) {
			continue
		}
		more := ""
		if c.Exec {
			more = "[capabilities]\nexec = true\n"
		}
		manifest := misbehaving(c.Name, more)
		if slices.Equal(c.Outcome, []string{"timed out"}) {
			manifest = strings.Replace(manifest, `"60s"`, `"500ms"`, 1)
		}
		archive += "-- " + c.Name + "/samuel-plugin.toml --\n" + manifest
		outcomes[c.Name] = c.Outcome
	}
	if len(outcomes) != len(nasty) {
		t.Fatalf("the catalogue has %d of %d", len(outcomes), len(nasty))
	}
	s := serving(t, archive, nil)
	for _, n := range nasty {
		s.Write(n+"/plugin.wasm", module(t, n))
	}
	s.Initialize()
	first := nasty[0] + "/samuel-plugin.toml"
	s.Open(first)
	idle := s.hover(first)
	for _, n := range nasty {
		if n != nasty[0] {
			s.Open(n + "/samuel-plugin.toml")
		}
		s.Notify(protocol.MethodTextDocumentDidSave, &protocol.DidSaveTextDocumentParams{TextDocument: s.Doc(n + "/samuel-plugin.toml")})
	}
	slowest := s.hover(first)
	for _, n := range nasty {
		s.awaitTitle(n+"/samuel-plugin.toml", outcomes[n]...)
		slowest = max(slowest, s.hover(first))
	}
	if slowest > bearable(idle) {
		t.Errorf("hover took %s, and %s before plugins ran", slowest, idle)
	}
}

// run executes one of the server's commands.
func (s *served) run(command string, args map[string]string) error {
	s.t.Helper()
	raw, err := protocol.Marshal(args)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.Request(protocol.MethodWorkspaceExecuteCommand, &protocol.ExecuteCommandParams{Command: command, Arguments: []protocol.LSPAny{raw}}, nil)
}

// A plugin that is installed from the editor marks files, and takes its marks with it. One that
// cannot be installed leaves nothing behind.
func TestServeInstallAndUninstall(t *testing.T) {
	s := serving(t, "-- samuel.toml --\n-- main.go --\n// TODO: nothing\n-- bad/samuel-plugin.toml --\n"+misbehaving("bad", ""), nil)
	s.Write("bad/plugin.wasm", module(t, "protocol-two"))
	s.Initialize()
	s.Open("main.go")
	source, err := filepath.Abs("../../testdata/plugins/c-lint")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.run("samuel.installPlugin", map[string]string{"path": filepath.Join(s.Dir, "bad")}); err == nil || !strings.Contains(err.Error(), "protocol") {
		t.Errorf("installing a plugin of another protocol: %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Join(s.Dir, ".samuel", "plugins")); len(entries) > 0 {
		t.Errorf("a failed installation left %v", entries)
	}
	if err := s.run("samuel.installPlugin", map[string]string{"path": source}); err != nil {
		t.Fatal(err)
	}
	s.Save("main.go")
	s.AwaitDiagnostics("main.go", func(d []protocol.Diagnostic) bool { return len(d) == 1 })
	if err := s.run("samuel.uninstallPlugin", map[string]string{"name": "c-lint"}); err != nil {
		t.Fatal(err)
	}
	s.AwaitDiagnostics("main.go", func(d []protocol.Diagnostic) bool { return len(d) == 0 })
	if err := s.run("samuel.uninstallPlugin", map[string]string{"name": "c-lint"}); err == nil || !strings.Contains(err.Error(), "no plugin") {
		t.Errorf("uninstalling it again: %v", err)
	}
	for _, command := range []string{"samuel.clearCache", "samuel.showStats"} {
		if err := s.run(command, map[string]string{}); err != nil {
			t.Errorf("%s: %v", command, err)
		}
	}
}
