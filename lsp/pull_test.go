package lsp_test

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// pulls makes an editor one that asks for diagnostics.
func pulls(c *protocol.ClientCapabilities) {
	yes := true
	c.TextDocument.Diagnostic = &protocol.DiagnosticClientCapabilities{}
	c.Workspace.Diagnostics = &protocol.DiagnosticWorkspaceClientCapabilities{RefreshSupport: &yes}
}

const twoManifests = `-- a/samuel-plugin.toml --
name = "aa"
version = "1.0.0"
kind = "skil"
-- b/samuel-plugin.toml --
name = "bb"
version = "1.0.0"
kind = "wasm"

[capabilities]

[wasm]
module = "plugin.wasm"
exports = ["check"]
`

// report is what a pull answers, of either kind.
type report struct {
	Kind     string
	ResultID string
	Codes    []string
}

func pull(t *testing.T, e *lsptest.Editor, name, previous string) report {
	t.Helper()
	params := &protocol.DocumentDiagnosticParams{TextDocument: e.Doc(name)}
	if previous != "" {
		params.PreviousResultID = &previous
	}
	var full protocol.RelatedFullDocumentDiagnosticReport
	if err := e.Request(protocol.MethodTextDocumentDiagnostic, params, &full); err != nil {
		t.Fatal(err)
	}
	r := report{Kind: full.Kind, Codes: lsptest.Codes(full.Items)}
	if full.ResultID != nil {
		r.ResultID = *full.ResultID
	}
	return r
}

func TestPull(t *testing.T) {
	e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: pulls})
	e.Open("b/samuel-plugin.toml")
	first := pull(t, e, "b/samuel-plugin.toml", "")
	if first.Kind != "full" || len(first.Codes) != 1 || first.Codes[0] != "module/missing" {
		t.Fatalf("first pull: %+v", first)
	}
	if again := pull(t, e, "b/samuel-plugin.toml", first.ResultID); again.Kind != "unchanged" || again.ResultID != first.ResultID {
		t.Errorf("second pull: %+v", again)
	}
	e.Replace("b/samuel-plugin.toml", `"1.0.0"`, `"1.0"`)
	if after := pull(t, e, "b/samuel-plugin.toml", first.ResultID); after.Kind != "full" || len(after.Codes) != 2 {
		t.Errorf("after an edit: %+v", after)
	}
	if got := e.Messages(protocol.MethodTextDocumentPublishDiagnostics); len(got) != 0 {
		t.Errorf("%d pushed to an editor that pulls", len(got))
	}
}

// Neovim 0.12 drops the diagnostics of a buffer that is unloaded and keeps their id.
func TestPullAnswersInFullAfterReopening(t *testing.T) {
	e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: pulls})
	e.Open("b/samuel-plugin.toml")
	first := pull(t, e, "b/samuel-plugin.toml", "")
	e.CloseDoc("b/samuel-plugin.toml")
	e.Open("b/samuel-plugin.toml")
	if again := pull(t, e, "b/samuel-plugin.toml", first.ResultID); again.Kind != "full" || len(again.Codes) != len(first.Codes) {
		t.Errorf("after opening again: %+v", again)
	}
}

func TestPullSeesRebuiltModule(t *testing.T) {
	e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: pulls})
	e.Open("b/samuel-plugin.toml")
	first := pull(t, e, "b/samuel-plugin.toml", "")
	e.Write("b/plugin.wasm", "no module")
	e.FileChanged("b/plugin.wasm", protocol.FileChangeTypeCreated)
	e.Await("a refresh", func() bool { return len(e.Messages(protocol.MethodWorkspaceDiagnosticRefresh)) > 0 })
	e.Await("module/not-wasm", func() bool {
		second := pull(t, e, "b/samuel-plugin.toml", first.ResultID)
		return second.Kind == "full" && len(second.Codes) == 1 && second.Codes[0] == "module/not-wasm"
	})
}

func TestWorkspacePull(t *testing.T) {
	e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: pulls})
	previous := []protocol.PreviousResultId{}
	for seen := map[string]bool{}; len(seen) < 2; {
		var got protocol.WorkspaceDiagnosticReport
		if err := e.Request(protocol.MethodWorkspaceDiagnostic, &protocol.WorkspaceDiagnosticParams{PreviousResultIds: previous}, &got); err != nil {
			t.Fatal(err)
		}
		for _, item := range got.Items {
			if full, ok := item.(*protocol.WorkspaceFullDocumentDiagnosticReport); ok {
				seen[string(full.URI)] = true
				previous = append(previous, protocol.PreviousResultId{URI: full.URI, Value: *full.ResultID})
			}
		}
	}

	// Nothing changed: the request stays open until something does.
	answer := make(chan error, 1)
	var got protocol.WorkspaceDiagnosticReport
	go func() {
		answer <- e.Request(protocol.MethodWorkspaceDiagnostic, &protocol.WorkspaceDiagnosticParams{PreviousResultIds: previous}, &got)
	}()
	e.Write("b/plugin.wasm", "no module")
	e.FileChanged("b/plugin.wasm", protocol.FileChangeTypeCreated)
	if err := <-answer; err != nil {
		t.Fatal(err)
	}
	var full, unchanged int
	for _, item := range got.Items {
		switch item.(type) {
		case *protocol.WorkspaceFullDocumentDiagnosticReport:
			full++
		case *protocol.WorkspaceUnchangedDocumentDiagnosticReport:
			unchanged++
		}
	}
	if full != 1 || unchanged != 1 {
		t.Errorf("%d full and %d unchanged reports, want one of each", full, unchanged)
	}
}

func TestWorkspacePullPartially(t *testing.T) {
	e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: pulls})
	token := protocol.ProgressToken(protocol.String("part"))
	params := &protocol.WorkspaceDiagnosticParams{PreviousResultIds: []protocol.PreviousResultId{}}
	params.PartialResultToken = token
	var got protocol.WorkspaceDiagnosticReport
	if err := e.Request(protocol.MethodWorkspaceDiagnostic, params, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Items) != 0 {
		t.Errorf("%d items in the final answer, want all of them sent before", len(got.Items))
	}
	parts := e.Messages(protocol.MethodProgress)
	if len(parts) == 0 {
		t.Fatal("no partial result")
	}
	var p protocol.ProgressParams
	if err := protocol.Unmarshal(parts[0].Params, &p); err != nil || p.Token != token {
		t.Errorf("token %v, error %v", p.Token, err)
	}
	if v := jsontext.Value(p.Value); !v.IsValid() {
		t.Errorf("value %s", v)
	}
}

func TestWorkspacePullEndsWithTheSession(t *testing.T) {
	e := lsptest.Open(t, "", lsptest.Config{Capabilities: pulls})
	answer := make(chan error, 1)
	go func() {
		answer <- e.Request(protocol.MethodWorkspaceDiagnostic, &protocol.WorkspaceDiagnosticParams{PreviousResultIds: []protocol.PreviousResultId{}}, nil)
	}()
	if code := e.Close(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	<-answer
}
