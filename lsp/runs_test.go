package lsp_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

const tidyManifest = `name = "tidy"
version = "0.1.0"
kind = "wasm"
[samuel]
protocol = "^1"
[provides]
hooks = ["quality.check"]
[capabilities.filesystem]
read = ["/workspace/**"]
[wasm]
module = "plugin.wasm"
exports = ["lint"]
[hooks]
"quality.check" = "lint"
`

// risky asks for what needs the user's consent.
const riskyManifest = `name = "risky"
version = "0.1.0"
kind = "wasm"
[capabilities]
exec = true
[capabilities.filesystem]
read = ["/workspace/**"]
[wasm]
module = "plugin.wasm"
exports = ["lint"]
[hooks]
"quality.check" = "lint"
`

const manifestName = "tidy/samuel-plugin.toml"

func project(t *testing.T, manifest string) string {
	return "-- samuel.toml --\n-- tidy/samuel-plugin.toml --\n" + manifest + "-- tidy/a.txt --\nhello\n-- other.txt --\nhello\n"
}

// start opens the project with a built module.
func start(t *testing.T, manifest string, cfg lsptest.Config) *lsptest.Editor {
	t.Helper()
	e := lsptest.Start(t, project(t, manifest), cfg)
	e.Write("tidy/plugin.wasm", lintModule(t))
	e.Initialize()
	e.Open(manifestName)
	return e
}

func TestRunOnSave(t *testing.T) {
	h := newFakeHost()
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		sink(call.Event{Log: &call.LogLine{Time: time.Now(), Level: call.LevelInfo, Source: call.SourceLog, Text: "one"}})
		sink(call.Event{Log: &call.LogLine{Time: time.Now(), Level: call.LevelWarn, Source: call.SourceLog, Text: "two"}})
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: 1200 * time.Microsecond}
	}
	e := start(t, tidyManifest, runConfig(t, h))
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
	if got := titles(t, e, manifestName); !slices.Contains(got, "run") {
		t.Errorf("before the first run the lenses are %q", got)
	}
	e.Save(manifestName)
	awaitTitle(t, e, manifestName, "ok · 1.2 ms · 2 log lines (1 warning)")
	if got := titles(t, e, manifestName); !slices.Contains(got, "log") {
		t.Errorf("after a run with output the lenses are %q", got)
	}
	req := h.await(t, 1)[0]
	if req.Export != "lint" || req.Event != "quality.check" || req.ProjectRoot != e.Dir {
		t.Errorf("the request is %+v", req)
	}
	var payload map[string]any
	if err := json.Unmarshal(req.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	want := `{"commands":[],"event":"quality.check","files":["/workspace/tidy/samuel-plugin.toml"],"path":"/workspace/tidy/samuel-plugin.toml","project_root":"/workspace"}`
	if got, _ := json.Marshal(payload); string(got) != want {
		t.Errorf("the payload is %s", got)
	}

	result, err := execute(e, "samuel.showLog", map[string]string{"uri": string(e.URI(manifestName)), "export": "lint"})
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(result["uri"].(string), "file://")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"quality.check", "ok · 1.2 ms", "info", "warn", "one", "two"} {
		if !strings.Contains(string(content), part) {
			t.Errorf("the log lacks %q:\n%s", part, content)
		}
	}
	if len(e.Messages(protocol.MethodWindowShowDocument)) != 1 {
		t.Error("the log was not shown")
	}
}

func TestWhichSavesConcernAPlugin(t *testing.T) {
	for _, tt := range []struct {
		name  string
		saved string
		runs  bool
	}{
		{"a file in the plugin's folder", "tidy/a.txt", true},
		{"a file elsewhere", "other.txt", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			e := start(t, tidyManifest, runConfig(t, h))
			awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
			e.Open(tt.saved)
			e.Save(tt.saved)
			want := 1
			if tt.runs {
				want = 2
			}
			// The manifest's own save runs in any case, and after the other.
			e.Save(manifestName)
			awaitTitle(t, e, manifestName, "ok · 1.0 ms")
			calls := h.await(t, 1)
			if tt.runs && len(calls) > want || !tt.runs && len(calls) != want {
				t.Errorf("%d runs, want %d", len(calls), want)
			}
			if first := string(calls[0].Payload); strings.Contains(first, tt.saved) != tt.runs && len(calls) == want {
				t.Errorf("the first run was told %s", first)
			}
		})
	}
}

func TestNewerSaveSupersedes(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	for range 50 {
		e.Save(manifestName)
	}
	calls := h.await(t, 2)
	close(release)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	if got := titles(t, e, manifestName); slices.Contains(got, "cancelled") {
		t.Errorf("a superseded run is shown: %q", got)
	}
	if h.most[calls[0].Module] != 1 {
		t.Errorf("%d runs of one plugin went on at once", h.most[calls[0].Module])
	}
}

func TestMaxParallel(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	cfg := runConfig(t, h)
	cfg.Options = map[string]any{"trusted": true, "settings": map[string]any{"hooks": map[string]any{"maxParallel": 2}}}
	archive := "-- samuel.toml --\n"
	names := []string{"a", "b", "c", "d"}
	for _, n := range names {
		archive += "-- " + n + "/samuel-plugin.toml --\n" + strings.Replace(tidyManifest, "tidy", n, 1)
	}
	e := lsptest.Start(t, archive, cfg)
	for _, n := range names {
		e.Write(n+"/plugin.wasm", lintModule(t))
	}
	e.Initialize()
	for _, n := range names {
		e.Open(n + "/samuel-plugin.toml")
		e.Save(n + "/samuel-plugin.toml")
	}
	h.await(t, 2)
	close(release)
	h.await(t, 4)
	for _, n := range names {
		awaitTitle(t, e, n+"/samuel-plugin.toml", "ok · 1.0 ms")
	}
	if h.mostAll > 2 {
		t.Errorf("%d runs went on at once", h.mostAll)
	}
}

func TestCancel(t *testing.T) {
	h := newFakeHost()
	h.answer = until(nil)
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	awaitTitle(t, e, manifestName, "running, click to cancel")
	if _, err := execute(e, "samuel.cancelRun", map[string]string{"uri": string(e.URI(manifestName))}); err != nil {
		t.Fatal(err)
	}
	awaitTitle(t, e, manifestName, "cancelled")
}

func TestFindingsOfAPlugin(t *testing.T) {
	h := newFakeHost()
	found := `[{"path":"/workspace/tidy/a.txt","line":1,"column":3,"rule":"r1","severity":"error","message":"here"},
		{"path":"/workspace/../../etc/passwd","line":1,"message":"outside"},
		{"path":"/etc/passwd","line":1,"message":"outside"},
		{"path":"tidy/a.txt","line":999,"column":999,"message":"clamped"}]`
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		sink(call.Event{Callback: &call.Callback{Name: "diagnostics", Payload: []byte(found)}})
		return call.Result{Outcome: call.Outcome{Word: call.OK}}
	}
	e := start(t, tidyManifest, runConfig(t, h))
	e.Open("tidy/a.txt")
	e.Save("tidy/a.txt")
	diags := e.AwaitDiagnostics("tidy/a.txt", func(d []protocol.Diagnostic) bool { return len(d) > 0 })
	if len(diags) != 2 {
		t.Fatalf("got %+v", diags)
	}
	first := diags[0]
	source, _ := first.Source.Get()
	want := protocol.Range{Start: protocol.Position{Line: 0, Character: 2}, End: protocol.Position{Line: 0, Character: 5}}
	if source != "tidy" || first.Code != protocol.String("r1") || first.Severity != protocol.DiagnosticSeverityError || first.Range != want {
		t.Errorf("got %+v", first)
	}
	if diags[1].Range.Start.Line > 1 {
		t.Errorf("line 999 is at %+v", diags[1].Range)
	}
	h.mu.Lock()
	found = "[]"
	h.mu.Unlock()
	e.Save("tidy/a.txt")
	e.AwaitDiagnostics("tidy/a.txt", func(d []protocol.Diagnostic) bool { return len(d) == 0 })
	for _, p := range e.Messages(protocol.MethodTextDocumentPublishDiagnostics) {
		if strings.Contains(string(p.Params), "passwd") {
			t.Errorf("published outside of the workspace: %s", p.Params)
		}
	}
}

func TestRunDiagnostics(t *testing.T) {
	h := newFakeHost()
	results := []call.Result{
		{Outcome: call.Outcome{Word: call.Trap, Text: "unreachable"}, Stack: []call.Frame{{Func: "lint"}}},
		{Outcome: call.Outcome{Word: call.OK}},
		{Outcome: call.Outcome{Word: call.Denied, Text: "exec ls"}, Denials: []call.Denial{{Capability: "exec", Target: "ls"}}},
	}
	h.answer = func(context.Context, call.Request, func(call.Event)) call.Result {
		h.mu.Lock()
		defer h.mu.Unlock()
		return results[len(h.calls)-1]
	}
	e := start(t, tidyManifest, runConfig(t, h))
	has := func(code string) func([]protocol.Diagnostic) bool {
		return func(d []protocol.Diagnostic) bool { return slices.Contains(lsptest.Codes(d), code) }
	}
	e.Save(manifestName)
	e.AwaitDiagnostics(manifestName, has("run/trap"))
	e.Save(manifestName)
	e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return !has("run/trap")(d) })
	e.Save(manifestName)
	diags := e.AwaitDiagnostics(manifestName, has("run/denied"))
	i := slices.Index(lsptest.Codes(diags), "run/denied")
	if text := string(diags[i].Message.(protocol.String)); !strings.Contains(text, "[capabilities] exec = true") {
		t.Errorf("the message is %q", text)
	}
	awaitTitle(t, e, manifestName, "denied: exec ls")
	// Declaring what was denied makes the finding moot.
	e.Replace(manifestName, "[capabilities.filesystem]", "[capabilities]\nexec = true\n[capabilities.filesystem]")
	e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return !has("run/denied")(d) })
}

// What on disk was no plugin yet when its module was to be checked is checked once it is saved.
func TestAManifestThatBecomesAPluginIsChecked(t *testing.T) {
	for name, before := range map[string]string{"empty": "", "of another kind": strings.Replace(tidyManifest, "wasm", "skill", 1)} {
		t.Run(name, func(t *testing.T) {
			e := lsptest.Start(t, project(t, before), runConfig(t, newFakeHost()))
			e.Write("tidy/plugin.wasm", lintModule(t))
			e.Initialize()
			e.OpenText(manifestName, "toml", tidyManifest)
			awaitTitle(t, e, manifestName, "stale: module changed, not yet checked")
			e.Save(manifestName)
			awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
		})
	}
}

func TestARebuiltModuleIsCheckedAgain(t *testing.T) {
	e := start(t, tidyManifest, runConfig(t, newFakeHost()))
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
	if err := os.Remove(filepath.Join(e.Dir, "tidy", "plugin.wasm")); err != nil {
		t.Fatal(err)
	}
	e.FileChanged("tidy/plugin.wasm", protocol.FileChangeTypeDeleted)
	awaitTitle(t, e, manifestName, "not built")
	module := lintModule(t)
	e.Write("tidy/plugin.wasm", module[:len(module)/2])
	e.FileChanged("tidy/plugin.wasm", protocol.FileChangeTypeCreated)
	awaitTitle(t, e, manifestName, "module cannot be read")
	e.Write("tidy/plugin.wasm", module)
	e.FileChanged("tidy/plugin.wasm", protocol.FileChangeTypeChanged)
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
}

func TestCommandsCheckTheirArguments(t *testing.T) {
	e := start(t, tidyManifest, runConfig(t, newFakeHost()))
	manifest := string(e.URI(manifestName))
	for _, tt := range []struct {
		name    string
		command string
		args    []any
		want    string
	}{
		{"unknown command", "samuel.nothing", nil, "no command"},
		{"no manifest", "samuel.runHook", nil, "needs the URI"},
		{"not a manifest", "samuel.runHook", []any{map[string]string{"uri": "file:///etc/passwd", "export": "lint"}}, "is no samuel-plugin.toml"},
		{"no export", "samuel.runHook", []any{map[string]string{"uri": manifest}}, "needs the name of an export"},
		{"undeclared export", "samuel.runHook", []any{manifest, "nothing"}, "declares no export"},
		{"lifecycle export", "samuel.runHook", []any{manifest, "health"}, "is no hook"},
		{"arguments of the wrong type", "samuel.runHook", []any{42}, "must be an object"},
		{"a field of the wrong type", "samuel.cancelRun", []any{map[string]any{"uri": 5}}, "uri must be a string, not number"},
		{"more than one object", "samuel.runHook", []any{map[string]string{"uri": manifest, "export": "lint"}, "more"}, "takes one object, 2 arguments"},
		{"too many strings", "samuel.uninstallPlugin", []any{"one", "two"}, "takes 1 argument at most, 2 were given"},
		{"nothing to grant", "samuel.grantCapabilities", []any{manifest}, "asks for nothing"},
		{"no folder to install", "samuel.installPlugin", nil, "plugin host"},
		{"log of nothing", "samuel.showLog", []any{map[string]string{"uri": "nonsense"}}, "is no samuel-plugin.toml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := execute(e, tt.command, tt.args...)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
			if c := code(err); c != jsonrpc2.InvalidParams && c != -32803 {
				t.Errorf("code %d", c)
			}
		})
	}
}

func TestAPluginThatIsGoneIsForgotten(t *testing.T) {
	h := newFakeHost()
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		sink(call.Event{Callback: &call.Callback{Name: "diagnostics", Payload: []byte(`[{"path":"other.txt","line":1,"message":"found"}]`)}})
		return call.Result{Outcome: call.Outcome{Word: call.OK}}
	}
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == 1 })
	if err := os.RemoveAll(filepath.Join(e.Dir, "tidy")); err != nil {
		t.Fatal(err)
	}
	e.CloseDoc(manifestName)
	e.FileChanged(manifestName, protocol.FileChangeTypeDeleted)
	e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == 0 })
}
