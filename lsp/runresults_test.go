package lsp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// finding makes an answer that reports one finding on a file.
func finding(path string) func(context.Context, call.Request, func(call.Event)) call.Result {
	return reporting(fmt.Sprintf(`[{"path":%q,"line":1,"message":"found"}]`, path))
}

func reporting(payloads ...string) func(context.Context, call.Request, func(call.Event)) call.Result {
	return func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		for _, p := range payloads {
			sink(call.Event{Callback: &call.Callback{Name: "diagnostics", Payload: []byte(p)}})
		}
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond}
	}
}

// A plugin whose manifest is gone has nothing to say, also where an editor still shows the text.
func TestFindingsGoWithTheManifest(t *testing.T) {
	h := newFakeHost()
	h.answer = finding("other.txt")
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == 1 })
	if err := os.Remove(filepath.Join(e.Dir, "tidy", "samuel-plugin.toml")); err != nil {
		t.Fatal(err)
	}
	e.FileChanged(manifestName, protocol.FileChangeTypeDeleted)
	e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == 0 })
}

// A run that goes on while its plugin is removed leaves nothing behind.
func TestAPluginRemovedWhileItRuns(t *testing.T) {
	h := newFakeHost()
	h.answer = func(ctx context.Context, req call.Request, sink func(call.Event)) call.Result {
		finding("other.txt")(ctx, req, sink)
		<-ctx.Done()
		return call.Result{Outcome: call.Outcome{Word: call.Cancelled}}
	}
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	if err := os.RemoveAll(filepath.Join(e.Dir, "tidy")); err != nil {
		t.Fatal(err)
	}
	e.CloseDoc(manifestName)
	e.FileChanged(manifestName, protocol.FileChangeTypeDeleted)
	e.AwaitState("the end of the run", func(*lsp.Snapshot) bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.all == 0
	})
	e.Close()
	if p, ok := e.Published("other.txt"); ok && len(p.Diagnostics) > 0 {
		t.Errorf("left %+v", p.Diagnostics)
	}
}

// Findings that were complete stay until there are new ones: a cancelled run found only some.
func TestACancelledRunKeepsTheFindings(t *testing.T) {
	h := newFakeHost()
	h.answer = finding("other.txt")
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == 1 })
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	h.mu.Lock()
	h.answer = until(nil)
	h.mu.Unlock()
	e.Save(manifestName)
	h.await(t, 2)
	if _, err := execute(e, "samuel.cancelRun"); err != nil {
		t.Fatal(err)
	}
	awaitTitle(t, e, manifestName, "cancelled")
	if p, _ := e.Published("other.txt"); len(p.Diagnostics) != 1 {
		t.Errorf("left %+v", p.Diagnostics)
	}
}

// What plugins report is bounded, and what is left out is said in the log.
func TestFindingsAreBounded(t *testing.T) {
	many := "[" + strings.Repeat(`{"path":"other.txt","line":1,"message":"m"},`, 2999) + `{"path":"other.txt","line":1,"message":"m"}]`
	wrong := "[" + strings.Repeat(`{"path":"/etc/passwd","line":1,"message":"m"},`, 999) + `{"path":"a","line":0,"message":"m"}]`
	for _, tt := range []struct {
		name     string
		payloads []string
		found    int
		said     string
	}{
		{"too many", []string{many, many, many}, 5000, "more than 5000 findings"},
		{"none is right", []string{wrong, wrong, `[{"path":"other.txt","line":1,"message":"m"}]`}, 1, "more is left out of this run"},
		{"not a list", []string{`{"path":"other.txt"}`, `[{"path":"other.txt","line":1,"message":"m"}]`}, 1, "must be a list"},
		{"no such file", []string{`[{"path":"nowhere.txt","line":1,"message":"m"},{"path":"other.txt","line":1,"message":"m"}]`}, 1, `"nowhere.txt" is not there`},
		{"a folder", []string{`[{"path":"tidy","line":1,"message":"m"},{"path":"other.txt","line":1,"message":"m"}]`}, 1, "is no regular file"},
		{"a link that leads out", []string{`[{"path":"link","line":1,"message":"m"},{"path":"other.txt","line":1,"message":"m"}]`}, 1, "by a symbolic link"},
		{"too large", []string{`[{"path":"huge.txt","line":1,"message":"m"},{"path":"other.txt","line":1,"message":"m"}]`}, 1, "is too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			h.answer = reporting(tt.payloads...)
			e := start(t, tidyManifest, runConfig(t, h))
			if err := os.Symlink("/etc/passwd", filepath.Join(e.Dir, "link")); err != nil {
				t.Fatal(err)
			}
			e.Write("huge.txt", "")
			if err := os.Truncate(filepath.Join(e.Dir, "huge.txt"), 9<<20); err != nil {
				t.Fatal(err)
			}
			e.Save(manifestName)
			e.AwaitDiagnostics("other.txt", func(d []protocol.Diagnostic) bool { return len(d) == tt.found })
			if log := logOf(t, e); !strings.Contains(log, tt.said) || strings.Count(log, "\n") > 10 {
				t.Errorf("the log lacks %q, or is long:\n%.2000s", tt.said, log)
			}
		})
	}
}

// logOf is the log of lint as a file.
func logOf(t *testing.T, e *lsptest.Editor) string {
	t.Helper()
	result, err := execute(e, "samuel.showLog", string(e.URI(manifestName)), "lint")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(strings.TrimPrefix(result["uri"].(string), "file://"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// The same denial is said once, in log, lens and finding alike, and agreeing to it makes it moot.
func TestDenialsAgree(t *testing.T) {
	h := newFakeHost()
	h.answer = func(_ context.Context, req call.Request, _ func(call.Event)) call.Result {
		d := call.Denial{Capability: "exec", Target: "ls", Declared: true}
		return call.Result{Outcome: call.Outcome{Word: call.Denied, Text: "exec ls"}, Denials: []call.Denial{d, d, d}}
	}
	cfg := runConfig(t, h)
	cfg.Answers = answering("Deny")
	e := start(t, riskyManifest, cfg)
	e.Save(manifestName)
	denied := func(d []protocol.Diagnostic) int {
		n := 0
		for _, c := range lsptest.Codes(d) {
			if c == "run/denied" {
				n++
			}
		}
		return n
	}
	diags := e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return denied(d) > 0 })
	if n := denied(diags); n != 1 {
		t.Errorf("%d findings of one denial", n)
	}
	awaitTitle(t, e, manifestName, "denied: exec ls")
	const text = "exec ls was denied: it is declared, and you have not granted it"
	if log := logOf(t, e); strings.Count(log, text) != 1 {
		t.Errorf("the log is\n%s", log)
	}
	if i := slices.Index(lsptest.Codes(diags), "run/denied"); !strings.HasSuffix(string(diags[i].Message.(protocol.String)), text) {
		t.Errorf("the finding is %q", diags[i].Message)
	}
	if _, err := execute(e, "samuel.grantCapabilities", string(e.URI(manifestName))); err != nil {
		t.Fatal(err)
	}
	e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return denied(d) == 0 })
}

// Edits that make what a run showed moot take it away at once.
func TestEditsThatMakeARunMoot(t *testing.T) {
	for _, tt := range []struct {
		name      string
		outcome   call.Outcome
		code      string
		old, edit string
	}{
		{"another limit of time", call.Outcome{Word: call.TimedOut, After: 30 * time.Second}, "run/timeout", "[hooks]", "[runtime]\nhard_timeout = \"60s\"\n[hooks]"},
		{"another limit of memory", call.Outcome{Word: call.MemoryLimit}, "run/memory", "[hooks]", "[runtime]\nmax_memory = 128\n[hooks]"},
		{"the export is gone", call.Outcome{Word: call.Trap, Text: "unreachable"}, "run/trap", "lint", "tint"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			h.answer = func(context.Context, call.Request, func(call.Event)) call.Result {
				return call.Result{Outcome: tt.outcome}
			}
			e := start(t, tidyManifest, runConfig(t, h))
			e.Save(manifestName)
			e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return slices.Contains(lsptest.Codes(d), tt.code) })
			e.Change(manifestName, strings.ReplaceAll(tidyManifest, tt.old, tt.edit))
			e.AwaitDiagnostics(manifestName, func(d []protocol.Diagnostic) bool { return !slices.Contains(lsptest.Codes(d), tt.code) })
		})
	}
}

// documents is an editor that opens the server's documents.
func documents(t *testing.T, h *fakeHost) lsptest.Config {
	cfg := runConfig(t, h)
	more := cfg.Capabilities
	cfg.Capabilities = func(c *protocol.ClientCapabilities) {
		more(c)
		c.Workspace.TextDocumentContent = &protocol.TextDocumentContentClientCapabilities{}
	}
	return cfg
}

// readLog reads the document that a log is.
func readLog(t *testing.T, e *lsptest.Editor, target string) string {
	t.Helper()
	var result protocol.TextDocumentContentResult
	if err := e.Request(protocol.MethodWorkspaceTextDocumentContent, map[string]string{"uri": target}, &result); err != nil {
		t.Fatal(err)
	}
	return result.Text
}

// An open log follows its run, newest run first, under the name that the editor has for it.
func TestALogIsLive(t *testing.T) {
	h := newFakeHost()
	say := make(chan string)
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		for text := range say {
			if text == "end" {
				break
			}
			sink(call.Event{Log: &call.LogLine{Time: time.Now(), Level: call.LevelInfo, Source: call.SourceStdout, Text: text}})
		}
		return call.Result{Outcome: call.Outcome{Word: call.Trap, Text: "unreachable"}, Duration: 3 * time.Millisecond}
	}
	e := start(t, tidyManifest, documents(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	say <- "first"
	result, err := execute(e, "samuel.showLog", string(e.URI(manifestName)), "lint")
	if err != nil {
		t.Fatal(err)
	}
	target := result["uri"].(string)
	if !strings.HasPrefix(target, "samuel-log:///tidy/lint.log?") {
		t.Errorf("the log is %s", target)
	}
	e.AwaitState("the first line", func(*lsp.Snapshot) bool { return strings.Contains(readLog(t, e, target), "first") })
	if log := readLog(t, e, target); !strings.Contains(log, "quality.check · running") {
		t.Errorf("while it runs the log is\n%s", log)
	}
	refreshed := func() int { return len(e.Messages(protocol.MethodWorkspaceTextDocumentContentRefresh)) }
	before := refreshed()
	say <- "second"
	e.Await("a refresh", func() bool { return refreshed() > before && strings.Contains(readLog(t, e, target), "second") })
	// The plugin gets another name; the document keeps its own.
	e.Replace(manifestName, `name = "tidy"`, `name = "neat"`)
	before = refreshed()
	say <- "end"
	e.Await("a refresh", func() bool {
		return refreshed() > before && strings.Contains(readLog(t, e, target), "quality.check · trap: unreachable · 3.0 ms")
	})
	e.Save(manifestName)
	h.await(t, 2)
	say <- "newer"
	say <- "end"
	e.Await("the second run", func() bool {
		log := readLog(t, e, target)
		return strings.Count(log, "3.0 ms") == 2 && strings.Index(log, "newer") < strings.Index(log, "first")
	})
	for _, m := range e.Messages(protocol.MethodWorkspaceTextDocumentContentRefresh) {
		if !strings.Contains(string(m.Params), "/tidy/lint.log") {
			t.Errorf("refreshed %s", m.Params)
		}
	}
}

// Where the editor opens no documents of the server's, the file follows the run.
func TestALogFileIsLive(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	if log := logOf(t, e); !strings.Contains(log, "running") {
		t.Errorf("the log is\n%s", log)
	}
	result, err := execute(e, "samuel.showLog", string(e.URI(manifestName)), "lint")
	if err != nil {
		t.Fatal(err)
	}
	close(release)
	e.AwaitState("the result in the file", func(*lsp.Snapshot) bool {
		content, err := os.ReadFile(strings.TrimPrefix(result["uri"].(string), "file://"))
		return err == nil && strings.Contains(string(content), "ok · 1.0 ms")
	})
}

// A plugin that reports progress without end neither floods the client nor is held up by it.
func TestAFloodOfProgress(t *testing.T) {
	h := newFakeHost()
	var once sync.Once
	began := make(chan struct{})
	cfg := runConfig(t, h)
	cfg.Answers = map[string]func(jsontext.Value) (any, error){
		protocol.MethodWindowWorkDoneProgressCreate: func(jsontext.Value) (any, error) {
			once.Do(func() { close(began) })
			return nil, nil
		},
	}
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		<-began
		for i := range 20_000 {
			sink(call.Event{Callback: &call.Callback{Name: "progress", Payload: fmt.Appendf(nil, `{"title":"reading","message":"file %d","percentage":%d}`, i, i/200)}})
		}
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond}
	}
	e := start(t, tidyManifest, cfg)
	e.Save(manifestName)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	ended := func() bool {
		return slices.ContainsFunc(e.Messages(protocol.MethodProgress), func(m lsptest.Message) bool { return strings.Contains(string(m.Params), `"end"`) })
	}
	e.Await("the end of progress", ended)
	if n := len(e.Messages(protocol.MethodProgress)); n > 100 {
		t.Errorf("%d messages of progress", n)
	}
}

func TestOnlyLogsThereAreCanBeShown(t *testing.T) {
	e := start(t, tidyManifest, documents(t, newFakeHost()))
	if _, err := execute(e, "samuel.showLog", string(e.URI(manifestName)), "nothing"); err == nil || !strings.Contains(err.Error(), "declares no export") {
		t.Errorf("the error is %v", err)
	}
	var result protocol.TextDocumentContentResult
	err := e.Request(protocol.MethodWorkspaceTextDocumentContent, map[string]string{"uri": "samuel-log:/x"}, &result)
	if err == nil || !strings.Contains(err.Error(), "is no log") {
		t.Errorf("the error is %v", err)
	}
	if got := readLog(t, e, "samuel-log:/x?manifest=%2Fnowhere&export=lint"); got != "lint has not been run yet\n" {
		t.Errorf("the log of nothing is %q", got)
	}
}

// The log keeps the last twenty runs.
func TestTheLastRunsAreKept(t *testing.T) {
	h := newFakeHost()
	e := start(t, tidyManifest, documents(t, h))
	for range 25 {
		if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
			t.Fatal(err)
		}
	}
	log := readLog(t, e, "samuel-log:/tidy/lint.log?manifest="+filepath.Join(e.Dir, "tidy", "samuel-plugin.toml")+"&export=lint")
	if n := strings.Count(log, "by hand · ok · 1.0 ms"); n != 20 {
		t.Errorf("%d runs are kept:\n%s", n, log)
	}
}

// A log is bounded as a whole: runs that flooded it push older ones out of sight.
func TestALogIsBounded(t *testing.T) {
	h := newFakeHost()
	h.answer = func(_ context.Context, _ call.Request, sink func(call.Event)) call.Result {
		for range 1000 {
			sink(call.Event{Log: &call.LogLine{Level: call.LevelInfo, Source: call.SourceStdout, Text: strings.Repeat("x", 1000)}})
		}
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond}
	}
	e := start(t, tidyManifest, documents(t, h))
	for range 6 {
		if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
			t.Fatal(err)
		}
	}
	log := readLog(t, e, "samuel-log:/tidy/lint.log?manifest="+filepath.Join(e.Dir, "tidy", "samuel-plugin.toml")+"&export=lint")
	if len(log) > 4<<20 || !strings.HasSuffix(log, "older runs not shown\n") {
		t.Errorf("%d bytes, ending with %q", len(log), log[max(0, len(log)-60):])
	}
}
