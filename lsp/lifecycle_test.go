package lsp_test

import (
	"errors"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/goleak"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// code returns the code of an answered error, 0 for none.
func code(err error) jsonrpc2.Code {
	var e *jsonrpc2.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestLifeCycle(t *testing.T) {
	hover := &protocol.HoverParams{}
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, e *lsptest.Editor) int
		exit int
	}{
		{"shutdown and exit", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			return e.Close()
		}, 0},
		{"exit without shutdown", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			return e.Exit()
		}, 1},
		{"exit before initialize", func(t *testing.T, e *lsptest.Editor) int { return e.Exit() }, 1},
		{"client vanishes", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			return e.Vanish()
		}, 1},
		{"client vanishes after shutdown", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			if err := e.Request(protocol.MethodShutdown, nil, nil); err != nil {
				t.Error(err)
			}
			return e.Vanish()
		}, 0},
		{"request before initialize", func(t *testing.T, e *lsptest.Editor) int {
			if got := code(e.Request(protocol.MethodTextDocumentHover, hover, nil)); got != jsonrpc2.ServerNotInitialized {
				t.Errorf("code %d", got)
			}
			e.Initialize()
			return e.Close()
		}, 0},
		{"request after shutdown", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			if err := e.Request(protocol.MethodShutdown, nil, nil); err != nil {
				t.Error(err)
			}
			if got := code(e.Request(protocol.MethodTextDocumentHover, hover, nil)); got != jsonrpc2.InvalidRequest {
				t.Errorf("code %d", got)
			}
			return e.Exit()
		}, 0},
		{"initialize twice", func(t *testing.T, e *lsptest.Editor) int {
			e.Initialize()
			if got := code(e.Request(protocol.MethodInitialize, &protocol.InitializeParams{}, nil)); got != jsonrpc2.InvalidRequest {
				t.Errorf("code %d", got)
			}
			return e.Close()
		}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.do(t, lsptest.Start(t, "", lsptest.Config{})); got != tc.exit {
				t.Errorf("exit code %d, want %d", got, tc.exit)
			}
		})
	}
}
