package lsp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

func raw(s string) jsontext.Value { return jsontext.Value(s) }

func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		name, sent string
		want       func(*lsp.Settings) bool
		complaints []string
	}{
		{"nothing", `{}`, func(s *lsp.Settings) bool {
			return s.RunOnSave && s.MaxParallel > 0 && s.CodeLens && s.InlayHints && slices.Equal(s.Events, []string{"quality.check"})
		}, nil},
		{"nested", `{"hooks":{"runOnSave":false,"maxParallel":3,"runUnbound":"never"}}`, func(s *lsp.Settings) bool {
			return !s.RunOnSave && s.MaxParallel == 3 && s.RunUnbound == lsp.UnboundNever
		}, nil},
		{"dotted", `{"samuel.hooks.runOnSave":false,"codeLens.enable":false}`, func(s *lsp.Settings) bool { return !s.RunOnSave && !s.CodeLens }, nil},
		{"whole object", `{"samuel":{"inlayHints":{"enable":false}}}`, func(s *lsp.Settings) bool { return !s.InlayHints }, nil},
		{
			"wrong values fall back", `{"hooks":{"runOnSave":"yes","maxParallel":0},"cache":{"dir":"relative","budgetMiB":1.5},"framework":{"version":"two"}}`,
			func(s *lsp.Settings) bool { return s.RunOnSave && s.MaxParallel > 0 && s.CacheDir == "" },
			[]string{"samuel.hooks.runOnSave", "samuel.hooks.maxParallel", "samuel.cache.dir", "samuel.cache.budgetMiB", "samuel.framework.version"},
		},
		{
			"one wrong rule costs no other", `{"rules":{"schema":"loud","version/any-range":"error","x/y":"off"}}`,
			func(s *lsp.Settings) bool { return len(s.Rules) == 1 },
			[]string{"samuel.rules"},
		},
		{"no object", `7`, func(s *lsp.Settings) bool { return s.RunOnSave }, []string{"setting samuel must be an object"}},
		{"null", `null`, func(s *lsp.Settings) bool { return s.RunOnSave }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := lsptest.Open(t, "", lsptest.Config{Settings: raw(tc.sent)})
			e.AwaitState("the settings", func(s *lsp.Snapshot) bool { return tc.want(s.Settings) })
			shown := func() string {
				var all strings.Builder
				for _, m := range e.Messages(protocol.MethodWindowShowMessage) {
					all.Write(m.Params)
				}
				return all.String()
			}
			for _, c := range tc.complaints {
				e.Await("a complaint about "+c, func() bool { return strings.Contains(shown(), c) })
			}
			if len(tc.complaints) == 0 && shown() != "" {
				t.Errorf("shown: %s", shown())
			}
		})
	}
}

func TestWrongSettingIsReportedOnce(t *testing.T) {
	e := lsptest.Open(t, "", lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) { c.Workspace.Configuration = nil }})
	for _, runOnSave := range []string{`7`, `7`, `8`} {
		e.Notify(protocol.MethodWorkspaceDidChangeConfiguration, &protocol.DidChangeConfigurationParams{
			Settings: raw(`{"samuel":{"hooks":{"runOnSave":` + runOnSave + `}}}`),
		})
	}
	e.Await("two messages", func() bool { return len(e.Messages(protocol.MethodWindowShowMessage)) == 2 })
}

func TestRuleSeverityIsLive(t *testing.T) {
	e := lsptest.Open(t, "-- samuel-plugin.toml --\nname = \"x\"\nversion = \"1.0.0\"\nkind = \"skill\"\ncolour = 1\n",
		lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) { c.Workspace.Configuration = nil }})
	e.Open("samuel-plugin.toml")
	unknown := func(d []protocol.Diagnostic) bool { return slices.Contains(lsptest.Codes(d), "schema/unknown-key") }
	e.AwaitDiagnostics("samuel-plugin.toml", unknown)
	e.Notify(protocol.MethodWorkspaceDidChangeConfiguration, &protocol.DidChangeConfigurationParams{
		Settings: raw(`{"samuel":{"rules":{"schema/unknown-key":"off"}}}`),
	})
	e.AwaitDiagnostics("samuel-plugin.toml", func(d []protocol.Diagnostic) bool { return !unknown(d) })
}

func TestTrustedComesFromTheClient(t *testing.T) {
	e := lsptest.Open(t, "", lsptest.Config{Options: raw(`{"trusted":true}`)})
	if trusted := e.Server.Snapshot().Settings.Trusted; trusted == nil || !*trusted {
		t.Error("trusted is not taken")
	}
}

func TestSettingsTakenBackAreTheInitialOnes(t *testing.T) {
	settings := make(chan string, 1)
	settings <- `{"hooks":{"maxParallel":5}}`
	e := lsptest.Open(t, "", lsptest.Config{
		Options: raw(`{"hooks":{"maxParallel":3}}`),
		Answers: map[string]func(jsontext.Value) (any, error){
			protocol.MethodWorkspaceConfiguration: func(jsontext.Value) (any, error) { return []any{raw(<-settings)}, nil },
		},
	})
	e.AwaitState("the client's settings", func(s *lsp.Snapshot) bool { return s.Settings.MaxParallel == 5 })
	settings <- `null`
	e.Notify(protocol.MethodWorkspaceDidChangeConfiguration, &protocol.DidChangeConfigurationParams{Settings: raw(`null`)})
	e.AwaitState("the initial settings", func(s *lsp.Snapshot) bool { return s.Settings.MaxParallel == 3 })
}
