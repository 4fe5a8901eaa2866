package lsp_test

import (
	"encoding/json"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// What is registered must reach the client as objects it can read.
func TestRegistrationOptionsAreObjects(t *testing.T) {
	e := lsptest.Open(t, "", lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) {
		yes := true
		c.TextDocument.Synchronization = &protocol.TextDocumentSyncClientCapabilities{DynamicRegistration: &yes}
	}})
	e.Await("the registrations", func() bool { return len(e.Messages(protocol.MethodClientRegisterCapability)) > 0 })
	var params struct {
		Registrations []struct {
			ID              string
			RegisterOptions any
		}
	}
	if err := json.Unmarshal(e.Messages(protocol.MethodClientRegisterCapability)[0].Params, &params); err != nil {
		t.Fatal(err)
	}
	saves := false
	for _, r := range params.Registrations {
		saves = saves || r.ID == "samuel-saves"
		if _, ok := r.RegisterOptions.(map[string]any); !ok {
			t.Errorf("%s registers with %v, not with an object", r.ID, r.RegisterOptions)
		}
	}
	if !saves {
		t.Error("didSave is not registered for a client that takes it")
	}
}
