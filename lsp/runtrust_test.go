package lsp_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

func TestNothingRunsWithoutTrust(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options map[string]any
		answer  string
		asked   bool
	}{
		{"the client says no", map[string]any{"trusted": false}, "", false},
		{"the user says no", nil, "Don't trust", true},
		{"the user does not answer", nil, "", true},
		{"the setting is off", map[string]any{"trusted": true, "settings": map[string]any{"hooks": map[string]any{"runOnSave": false}}}, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			h.probed = func(context.Context) { t.Error("a module's health was checked, which runs it") }
			cfg := runConfig(t, h)
			cfg.Options = tt.options
			cfg.Answers = answering(tt.answer)
			e := start(t, tidyManifest, cfg)
			if tt.asked {
				e.Await("the question", func() bool { return len(e.Messages(protocol.MethodWindowShowMessageRequest)) == 1 })
			}
			e.Save(manifestName)
			e.Save(manifestName)
			_ = titles(t, e, manifestName)
			if code := e.Close(); code != 0 { // ends what was going to happen
				t.Errorf("exit code %d", code)
			}
			if len(h.calls) > 0 {
				t.Errorf("ran %+v", h.calls)
			}
			if n := len(e.Messages(protocol.MethodWindowShowMessageRequest)); tt.asked && n != 1 || !tt.asked && n != 0 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// answering chooses an action of every question, "" dismisses it.
func answering(title string) map[string]func(jsontext.Value) (any, error) {
	return map[string]func(jsontext.Value) (any, error){
		protocol.MethodWindowShowMessageRequest: func(jsontext.Value) (any, error) {
			if title == "" {
				return nil, nil
			}
			return map[string]string{"title": title}, nil
		},
	}
}

func TestRiskyCapabilitiesAreAskedFor(t *testing.T) {
	for _, tt := range []struct {
		answer  string
		granted bool
		asked   int // in two runs
	}{
		{"Allow once", true, 2},
		{"Always allow", true, 1},
		{"Deny", false, 1},
	} {
		t.Run(tt.answer, func(t *testing.T) {
			h := newFakeHost()
			cfg := runConfig(t, h)
			cfg.Answers = answering(tt.answer)
			e := start(t, riskyManifest, cfg)
			if got := titles(t, e, manifestName); !slices.Contains(got, "asks for: exec") {
				t.Errorf("the lenses are %q", got)
			}
			e.Save(manifestName)
			h.await(t, 1)
			awaitTitle(t, e, manifestName, "ok · 1.0 ms")
			e.Save(manifestName)
			for i, c := range h.await(t, 2) {
				if granted := len(c.Granted) == 1 && c.Granted[0].Kind == "exec"; granted != tt.granted {
					t.Errorf("run %d was granted %+v", i, c.Granted)
				}
			}
			if n := len(e.Messages(protocol.MethodWindowShowMessageRequest)); n != tt.asked {
				t.Errorf("asked %d times, want %d", n, tt.asked)
			}
		})
	}
}

func TestGrantAndRevoke(t *testing.T) {
	e := start(t, riskyManifest, runConfig(t, newFakeHost()))
	target := map[string]string{"uri": string(e.URI(manifestName))}
	if _, err := execute(e, "samuel.grantCapabilities", target); err != nil {
		t.Fatal(err)
	}
	awaitTitle(t, e, manifestName, "granted")
	if _, err := execute(e, "samuel.revokeCapabilities", target); err != nil {
		t.Fatal(err)
	}
	awaitTitle(t, e, manifestName, "asks for: exec")
}

func TestTrustGivenLater(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	cfg.Options = map[string]any{"trusted": false}
	e := start(t, tidyManifest, cfg)
	awaitTitle(t, e, manifestName, "not checked: the workspace is not trusted")
	e.Notify("samuel/didChangeTrust", map[string]bool{"trusted": true})
	awaitTitle(t, e, manifestName, "health ok · protocol 1 · 0.3 ms")
	e.Notify("samuel/didSave", map[string]string{"uri": string(e.URI(manifestName))})
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
}

// asking answers every question with what the test sends.
func asking(answers <-chan string) map[string]func(jsontext.Value) (any, error) {
	return map[string]func(jsontext.Value) (any, error){
		protocol.MethodWindowShowMessageRequest: func(jsontext.Value) (any, error) {
			select {
			case title := <-answers:
				return map[string]string{"title": title}, nil
			case <-time.After(lsptest.Patience): // a question too many fails its test, and is not waited for
				return nil, nil
			}
		},
	}
}

func questions(e *lsptest.Editor) int {
	return len(e.Messages(protocol.MethodWindowShowMessageRequest))
}

// One workspace is one question, however many plugins and projects it holds.
func TestTrustIsAskedOnce(t *testing.T) {
	cfg := runConfig(t, newFakeHost())
	cfg.Options = nil
	cfg.Answers = answering("Trust")
	names := []string{"one/a", "one/b", "two/a", "two/b", "three"}
	archive := "-- one/samuel.toml --\n-- two/samuel.toml --\n"
	for _, n := range names {
		archive += "-- " + n + "/samuel-plugin.toml --\n" + tidyManifest
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
	for _, n := range names {
		awaitTitle(t, e, n+"/samuel-plugin.toml", "health ok · protocol 1 · 0.3 ms")
		awaitTitle(t, e, n+"/samuel-plugin.toml", "ok · 1.0 ms")
	}
	if n := questions(e); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// What the user does by hand asks again, so that a refusal is not for ever.
func TestRefusedTrustIsAskedForByHand(t *testing.T) {
	for _, refusal := range []string{"Don't trust", ""} {
		t.Run("refused by "+refusal, func(t *testing.T) {
			cfg := runConfig(t, newFakeHost())
			cfg.Options = nil
			answers := make(chan string, 1)
			cfg.Answers = asking(answers)
			answers <- refusal
			e := start(t, tidyManifest, cfg)
			e.Await("the question", func() bool { return questions(e) == 1 })
			answers <- "Trust"
			e.AwaitState("health by hand", func(*lsp.Snapshot) bool { // the refusal may take a moment to arrive
				result, err := execute(e, "samuel.checkHealth", map[string]string{"uri": string(e.URI(manifestName))})
				return err == nil && result["text"] == "health ok · protocol 1 · 0.3 ms"
			})
			e.Save(manifestName)
			awaitTitle(t, e, manifestName, "ok · 1.0 ms")
			if n := questions(e); n != 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// Saves while the question is open neither ask again nor lose the answer.
func TestSavesWhileTheUserIsAsked(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	answers := make(chan string)
	cfg.Answers = asking(answers)
	e := start(t, riskyManifest, cfg)
	e.Save(manifestName)
	e.Await("the question", func() bool { return questions(e) == 1 })
	for range 20 {
		e.Save(manifestName)
	}
	_ = titles(t, e, manifestName) // the server has heard of the saves
	e.AwaitState("the saves", func(*lsp.Snapshot) bool { return e.Server.SavesTaken() })
	answers <- "Allow once"
	calls := h.await(t, 1)
	awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	if len(calls[0].Granted) != 1 {
		t.Errorf("the run was granted %+v", calls[0].Granted)
	}
	if n := questions(e); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// An answer that comes when its run was cancelled counts for the next.
func TestAnAnswerIsNotLost(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	answers := make(chan string)
	cfg.Answers = asking(answers)
	e := start(t, riskyManifest, cfg)
	e.Save(manifestName)
	e.Await("the question", func() bool { return questions(e) == 1 })
	if _, err := execute(e, "samuel.cancelRun"); err != nil {
		t.Fatal(err)
	}
	answers <- "Allow once"
	e.Save(manifestName)
	if calls := h.await(t, 1); len(calls[0].Granted) != 1 {
		t.Errorf("the run was granted %+v", calls[0].Granted)
	}
	if n := questions(e); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// Many harmless requests cannot push a dangerous one out of the question.
func TestAQuestionHidesNothing(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	var mu sync.Mutex
	var asked string
	cfg.Answers = map[string]func(jsontext.Value) (any, error){
		protocol.MethodWindowShowMessageRequest: func(params jsontext.Value) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			var p protocol.ShowMessageRequestParams
			if err := protocol.Unmarshal(params, &p); err != nil {
				return nil, err
			}
			asked = p.Message
			return map[string]string{"title": "Deny"}, nil
		},
	}
	writes := ""
	for range 200 {
		writes += `"/workspace/docs/` + string(rune('a'+len(writes)%26)) + string(rune('a'+len(writes)/26%26)) + string(rune('a'+len(writes)/676%26)) + `", `
	}
	manifest := `name = "sly"
version = "0.1.0"
kind = "wasm"
[capabilities.filesystem]
write = [` + writes + `]
[capabilities.network]
hosts = ["evil.example.com"]
[wasm]
module = "plugin.wasm"
exports = ["lint"]
[hooks]
"quality.check" = "lint"
`
	e := start(t, manifest, cfg)
	e.Save(manifestName)
	h.await(t, 1)
	mu.Lock()
	defer mu.Unlock()
	if !strings.Contains(asked, "network evil.example.com") || len(asked) > 1000 {
		t.Errorf("the question is %q", asked)
	}
}

// Withdrawing what was granted ends what runs with it.
func TestRevokingEndsTheRun(t *testing.T) {
	h := newFakeHost()
	h.answer = until(nil)
	cfg := runConfig(t, h)
	cfg.Answers = answering("Always allow")
	e := start(t, riskyManifest, cfg)
	e.Save(manifestName)
	h.await(t, 1)
	awaitTitle(t, e, manifestName, "granted")
	if _, err := execute(e, "samuel.revokeCapabilities", string(e.URI(manifestName))); err != nil {
		t.Fatal(err)
	}
	awaitTitle(t, e, manifestName, "cancelled")
	awaitTitle(t, e, manifestName, "asks for: exec")
}

// A question that is closed without an answer is put once; what the user does by hand puts it again.
func TestADismissedQuestionIsNotPutAtEverySave(t *testing.T) {
	h := newFakeHost()
	cfg := runConfig(t, h)
	cfg.Answers = answering("")
	e := start(t, riskyManifest, cfg)
	for n := range 3 {
		e.Save(manifestName)
		if calls := h.await(t, n+1); len(calls[n].Granted) != 0 {
			t.Errorf("run %d was granted %+v", n, calls[n].Granted)
		}
		awaitTitle(t, e, manifestName, "ok · 1.0 ms")
	}
	if n := questions(e); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if _, err := execute(e, "samuel.runHook", string(e.URI(manifestName)), "lint"); err != nil {
		t.Fatal(err)
	}
	if n := questions(e); n != 2 {
		t.Errorf("asked %d times, by hand too", n)
	}
}

// Consent to one run is not used up by a run that is replaced before it begins.
func TestConsentToOneRunWaitsForIt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		between func(e *lsptest.Editor) error
		granted int
	}{
		{"replaced", func(*lsptest.Editor) error { return nil }, 1},
		{"revoked meanwhile", func(e *lsptest.Editor) error {
			_, err := execute(e, "samuel.revokeCapabilities", string(e.URI(manifestName)))
			return err
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFakeHost()
			release := make(chan struct{})
			h.answer = until(release)
			cfg := runConfig(t, h)
			cfg.Options = map[string]any{"trusted": true, "settings": map[string]any{"hooks": map[string]any{"maxParallel": 1}}}
			answers := make(chan string)
			cfg.Answers = asking(answers)
			e := lsptest.Start(t, project(t, riskyManifest)+"-- busy/samuel-plugin.toml --\n"+strings.Replace(tidyManifest, "tidy", "busy", 1), cfg)
			for _, name := range []string{"tidy", "busy"} {
				e.Write(name+"/plugin.wasm", lintModule(t))
			}
			e.Initialize()
			e.Open(manifestName)
			e.Open("busy/samuel-plugin.toml")
			e.Save("busy/samuel-plugin.toml") // takes the only place
			h.await(t, 1)
			e.Save(manifestName)
			answers <- "Allow once"
			e.AwaitState("the run that waits", func(*lsp.Snapshot) bool { return e.Server.RunsWaiting() == 1 })
			if _, err := execute(e, "samuel.cancelRun", string(e.URI(manifestName))); err != nil {
				t.Fatal(err)
			}
			e.AwaitState("the end of its waiting", func(*lsp.Snapshot) bool { return e.Server.RunsWaiting() == 0 })
			if err := tt.between(e); err != nil {
				t.Fatal(err)
			}
			e.Save(manifestName)
			if tt.granted == 0 {
				answers <- "Deny"
			}
			close(release)
			if calls := h.await(t, 2); len(calls[1].Granted) != tt.granted {
				t.Errorf("the run was granted %+v", calls[1].Granted)
			}
			if n := questions(e); n != 2-tt.granted {
				t.Errorf("asked %d times", n)
			}
		})
	}
}
