package wasmhost

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// maxReplyBytes bounds the JSON envelope that an export returns.
const maxReplyBytes = 4 << 20

// maxFailures bounds the failures of one envelope that reach the log.
const maxFailures = 200

// envelope is what an export returns as JSON. What it holds besides is for others to read.
type envelope struct {
	OK       *bool             `json:"ok"`
	Reason   string            `json:"reason"`
	Failures []json.RawMessage `json:"failures"`
}

// readEnvelope judges a reply, and logs the failures it lists. An object that says nothing of ok is
// a success.
func readEnvelope(reply []byte, out *output) call.Outcome {
	var e envelope
	if trimmed := bytes.TrimLeft(reply, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return failed("the reply is no JSON object")
	}
	if err := json.Unmarshal(reply, &e); err != nil {
		return failed("the reply is no JSON envelope: %s", err)
	}
	if e.OK == nil || *e.OK {
		return call.Outcome{Word: call.OK}
	}
	for i, f := range e.Failures {
		if i == maxFailures {
			out.host(call.LevelError, "%d more failures", len(e.Failures)-i)
			break
		}
		var text string
		if json.Unmarshal(f, &text) != nil {
			text = string(f)
		}
		out.text(call.LevelError, call.SourceHost, []byte("failure: "+text))
	}
	switch {
	case e.Reason != "":
		return failed("%s", e.Reason)
	case len(e.Failures) > 0:
		return failed("%s", count(len(e.Failures), "failure"))
	}
	return failed("the plugin gave no reason")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
