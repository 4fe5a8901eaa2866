package lsp_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// filesOf are the files that a run was told of.
func filesOf(t *testing.T, req call.Request) []string {
	t.Helper()
	var payload struct{ Files []string }
	if err := json.Unmarshal(req.Payload, &payload); err != nil {
		t.Fatal(err)
	}
	return payload.Files
}

// "Save all" saves one file after another: the run that replaces the others knows of all.
func TestARunKnowsOfTheFilesOfThoseItReplaces(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	e := start(t, tidyManifest, runConfig(t, h))
	e.Write("tidy/b.txt", "b\n")
	for _, name := range []string{"tidy/a.txt", "tidy/b.txt"} {
		e.Open(name)
	}
	e.Save("tidy/a.txt")
	h.await(t, 1)
	e.Save("tidy/b.txt")
	if got := filesOf(t, h.await(t, 2)[1]); !slices.Equal(got, []string{"/workspace/tidy/a.txt", "/workspace/tidy/b.txt"}) {
		t.Errorf("the second run was told of %q", got)
	}
	close(release)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	e.Save("tidy/a.txt")
	if got := filesOf(t, h.await(t, 3)[2]); !slices.Equal(got, []string{"/workspace/tidy/a.txt"}) {
		t.Errorf("the third run was told of %q", got)
	}
}

// A check of health makes way for a save, and is made when that is done, also where the save runs
// nothing.
func TestAProbeThatMadeWayIsMadeAfterwards(t *testing.T) {
	for _, tt := range []struct{ name, manifest string }{
		{"hooks run", tidyManifest},
		{"no hook runs", strings.Replace(tidyManifest, `"quality.check" = "lint"`, `"quality.other" = "lint"`, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			first := make(chan struct{})
			var once sync.Once
			h.probed = func(ctx context.Context) {
				once.Do(func() {
					close(first)
					<-ctx.Done()
				})
			}
			e := start(t, tt.manifest, runConfig(t, h))
			<-first
			e.Save(manifestName)
			awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
		})
	}
}

// What the user asked for by hand is not replaced by a save.
func TestAManualRunIsNotReplaced(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	e := start(t, tidyManifest, runConfig(t, h))
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
	result := make(chan map[string]any, 1)
	go func() {
		r, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint")
		if err != nil {
			t.Error(err)
		}
		result <- r
	}()
	h.await(t, 1)
	e.Save(manifestName)
	_ = titles(t, e, manifestName)
	close(release)
	if r := <-result; r["outcome"] != "ok" {
		t.Errorf("the manual run ended as %v", r)
	}
	if calls := h.await(t, 2); calls[0].Event != "" || calls[1].Event != "quality.check" {
		t.Errorf("the events are %q and %q", calls[0].Event, calls[1].Event)
	}
}

// A plugin keeps its running call when settings that concern the host change.
func TestSettingsDoNotEndRuns(t *testing.T) {
	h := newFakeHost()
	release := make(chan struct{})
	h.answer = until(release)
	var mu sync.Mutex
	var configs []lsp.HostConfig
	closed := make(chan struct{})
	cfg := runConfig(t, h)
	cfg.Server.OpenHost = func(c lsp.HostConfig) (lsp.Host, error) {
		mu.Lock()
		defer mu.Unlock()
		if configs = append(configs, c); len(configs) == 1 {
			return &countedHost{fakeHost: h, closed: closed}, nil
		}
		return h, nil
	}
	archive := "-- samuel.toml --\n-- a/samuel-plugin.toml --\n" + tidyManifest + "-- b/samuel-plugin.toml --\n" + tidyManifest
	e := lsptest.Start(t, archive, cfg)
	for _, n := range []string{"a", "b"} {
		e.Write(n+"/plugin.wasm", lintModule(t))
	}
	e.Initialize()
	for _, n := range []string{"a", "b"} {
		e.Open(n + "/samuel-plugin.toml")
	}
	e.Save("a/samuel-plugin.toml")
	h.await(t, 1)
	e.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": map[string]any{"samuel": map[string]any{"hooks": map[string]any{"maxParallel": 7}}}})
	e.Save("b/samuel-plugin.toml")
	h.await(t, 2)
	select {
	case <-closed:
		t.Error("the host was closed under a run")
	default:
	}
	close(release)
	awaitTitle(t, e, "a/samuel-plugin.toml", "ok · 1.0 ms")
	awaitTitle(t, e, "b/samuel-plugin.toml", "ok · 1.0 ms")
	select {
	case <-closed:
	case <-time.After(lsptest.Patience):
		t.Error("the first host was never closed")
	}
	mu.Lock()
	defer mu.Unlock()
	if len(configs) != 2 || configs[1].Parallel != 8 {
		t.Errorf("hosts were opened with %+v", configs)
	}
}

// countedHost tells when it is closed.
type countedHost struct {
	*fakeHost
	closed chan struct{}
}

func (h *countedHost) Close() { close(h.closed) }

// Cancelling the request of a command cancels what it began.
func TestCancellingTheRequestCancelsTheRun(t *testing.T) {
	h := newFakeHost()
	h.answer = until(nil)
	e := start(t, tidyManifest, runConfig(t, h))
	cancel, answered := e.Begin(protocol.MethodWorkspaceExecuteCommand, &protocol.ExecuteCommandParams{
		Command: "samuel.runHook", Arguments: []protocol.LSPAny{protocol.LSPAny(`"` + string(e.URI(manifestName)) + `"`), protocol.LSPAny(`"lint"`)},
	})
	h.await(t, 1)
	cancel()
	if err := <-answered; err == nil {
		t.Error("the request was answered")
	}
	awaitTitle(t, e, manifestName, "cancelled")
}

// Which exports a save runs.
func TestHooksOfASave(t *testing.T) {
	const unbound = "name = \"tidy\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n[wasm]\nmodule = \"plugin.wasm\"\nexports = [\"lint\", \"health\", \"samuel_alloc\", \"nothing\"]\n"
	for _, tt := range []struct {
		name     string
		manifest string
		hooks    map[string]any
		want     []string
	}{
		{"bound", tidyManifest, nil, []string{"quality.check lint"}},
		{"another event", tidyManifest, map[string]any{"events": []string{"quality.other"}}, nil},
		{
			"several events, in the order of the setting", strings.Replace(tidyManifest, `"quality.check" = "lint"`, "\"quality.check\" = \"lint\"\n\"quality.format\" = \"lint\"", 1),
			map[string]any{"events": []string{"quality.format", "quality.check"}},
			[]string{"quality.format lint", "quality.check lint"},
		},
		{"no events", tidyManifest, map[string]any{"events": []string{}}, nil},
		{"unbound, auto", unbound, nil, []string{"quality.check lint"}},
		{"unbound, never", unbound, map[string]any{"runUnbound": "never"}, nil},
		{"unbound and risky, auto", unbound + "[capabilities]\nexec = true\n", nil, nil},
		{"unbound and risky, always", unbound + "[capabilities]\nexec = true\n", map[string]any{"runUnbound": "always"}, []string{"quality.check lint"}},
		{"another is bound, auto", unbound + "[hooks]\n\"quality.check\" = \"nothing\"\n", map[string]any{"events": []string{"quality.other"}}, nil},
		{"bound to another event, always", tidyManifest, map[string]any{"runUnbound": "always", "events": []string{"quality.other"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			cfg := runConfig(t, h)
			cfg.Answers = answering("Deny")
			if tt.hooks != nil {
				cfg.Options = map[string]any{"trusted": true, "settings": map[string]any{"hooks": tt.hooks}}
			}
			e := start(t, tt.manifest, cfg)
			e.Save(manifestName)
			// What the user asks for waits until the save's runs are over.
			if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
				t.Fatal(err)
			}
			e.AwaitState("all runs", func(*lsp.Snapshot) bool { return len(h.await(t, 1)) > len(tt.want) })
			var got []string
			for _, c := range h.await(t, 1) {
				if c.Event != "" {
					got = append(got, c.Event+" "+c.Export)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("ran %q, want %q", got, tt.want)
			}
		})
	}
}

// What a run wrote, and the editor saved as it is, starts no run.
func TestWhatARunWroteStartsNoRun(t *testing.T) {
	h := newFakeHost()
	var e *lsptest.Editor
	h.answer = func(context.Context, call.Request, func(call.Event)) call.Result {
		if err := os.WriteFile(filepath.Join(e.Dir, "tidy", "a.txt"), []byte("written\n"), 0o644); err != nil {
			t.Error(err)
		}
		return call.Result{Outcome: call.Outcome{Word: call.OK}, Duration: time.Millisecond, Wrote: []string{"/workspace/tidy/a.txt"}}
	}
	e = start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	h.await(t, 1)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	e.Notify("samuel/didSave", map[string]string{"uri": string(e.URI("tidy/a.txt"))})
	if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
		t.Fatal(err)
	}
	e.Close()
	if n := len(h.await(t, 1)); n != 2 {
		t.Errorf("%d runs, want the first and the one by hand", n)
	}
}

// A run and a check of health take the manifest from disk, whatever the editor shows.
func TestAnUnsavedManifestIsNotRun(t *testing.T) {
	h := newFakeHost()
	e := start(t, tidyManifest, runConfig(t, h))
	e.Change(manifestName, strings.Replace(tidyManifest, "read = [\"/workspace/**\"]", "read = [\"/etc\"]", 1))
	e.Notify("samuel/didSave", map[string]string{"uri": string(e.URI("tidy/a.txt"))})
	if got := h.await(t, 1)[0].Capabilities.Read; !slices.Equal(got, []string{"/workspace/**"}) {
		t.Errorf("ran with %q", got)
	}
	e.OpenText("fresh/samuel-plugin.toml", "toml", tidyManifest)
	_, err := execute(e, "samuel.runHook", string(e.URI("fresh/samuel-plugin.toml")), "lint")
	if err == nil || !strings.Contains(err.Error(), "no such manifest") {
		t.Errorf("the error is %v", err)
	}
}

// The cancel button of a run's progress ends it.
func TestProgressCancelsTheRun(t *testing.T) {
	h := newFakeHost()
	h.answer = until(nil)
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	var began struct {
		Token string `json:"token"`
		Value struct {
			Kind        string `json:"kind"`
			Title       string `json:"title"`
			Cancellable bool   `json:"cancellable"`
		} `json:"value"`
	}
	e.Await("progress", func() bool {
		for _, m := range e.Messages(protocol.MethodProgress) {
			if err := json.Unmarshal(m.Params, &began); err == nil && began.Value.Title == "tidy: lint" {
				return true
			}
		}
		return false
	})
	if !began.Value.Cancellable {
		t.Error("there is no button to cancel it")
	}
	e.Notify(protocol.MethodWindowWorkDoneProgressCancel, map[string]string{"token": began.Token})
	awaitTitle(t, e, manifestName, "cancelled")
}

// With runs on save off, what the user asks for runs all the same.
func TestByHandWithRunsOnSaveOff(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	cfg.Options = map[string]any{"trusted": true, "settings": map[string]any{"hooks": map[string]any{"runOnSave": false}}}
	e := start(t, tidyManifest, cfg)
	e.Save(manifestName)
	if _, err := execute(e, "samuel.checkHealth", string(e.URI(manifestName))); err != nil {
		t.Fatal(err)
	}
	if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
		t.Fatal(err)
	}
	want := []string{"health ok · protocol 1 · 0.3 ms", "ok · 1.0 ms", "ok · 1.0 ms"}
	if got := titles(t, e, manifestName); !slices.Equal(got, want) {
		t.Errorf("the lenses are %q", got)
	}
	if n := len(h.await(t, 1)); n != 1 {
		t.Errorf("%d runs", n)
	}
}

// Between a run that a save ended and the one that replaces it, no older result shows through.
func TestAReplacedRunShowsNoOlderResult(t *testing.T) {
	h := newFakeHost()
	e := start(t, tidyManifest, runConfig(t, h))
	e.Save(manifestName)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	h.mu.Lock()
	h.answer = until(nil)
	h.mu.Unlock()
	e.Save(manifestName)
	h.await(t, 2)
	awaitTitle(t, e, manifestName, "running, click to cancel")

	stop, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if got := e.Server.LensTitles(e.URI(manifestName)); slices.Contains(got, "ok · 1.0 ms") {
				t.Errorf("while runs replace one another the lenses are %q", got)
				return
			}
		}
	}()
	for n := 3; n < 30; n++ {
		e.Save(manifestName)
		h.await(t, n)
	}
	close(stop)
	<-watched

	// The hook is gone: nothing takes the place of the run that the save ends.
	e.Replace(manifestName, `"quality.check" = "lint"`, `"quality.other" = "lint"`)
	e.Write(manifestName, strings.Replace(tidyManifest, `"quality.check" = "lint"`, `"quality.other" = "lint"`, 1))
	e.Save(manifestName)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
}
