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

// readEnvelope judges a reply by its keys ok, reason and failures, and logs the failures it lists.
// An object that says nothing of ok is a success, whatever else it holds: the rest is the plugin's
// own. Keys are compared exactly.
func readEnvelope(reply []byte, out *output) call.Outcome {
	var keys map[string]json.RawMessage
	if trimmed := bytes.TrimLeft(reply, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return failed("the reply is no JSON object")
	}
	if err := json.Unmarshal(reply, &keys); err != nil {
		return failed("the reply is no JSON envelope: %s", err)
	}
	good := true
	if said, ok := keys["ok"]; ok && json.Unmarshal(said, &good) != nil { // null leaves it as it is
		return failed("the reply is no JSON envelope: ok is %s, want true or false", said)
	}
	if good {
		return call.Outcome{Word: call.OK}
	}
	failures := listOf(keys["failures"])
	for i, f := range failures {
		if i == maxFailures {
			out.host(call.LevelError, "%d more failures", len(failures)-i)
			break
		}
		out.text(call.LevelError, call.SourceHost, []byte("failure: "+textOf(f)))
	}
	switch reason := textOf(keys["reason"]); {
	case reason != "":
		return failed("%s", reason)
	case len(failures) > 0:
		return failed("%s", count(len(failures), "failure"))
	}
	return failed("the plugin gave no reason")
}

// listOf returns the elements of a JSON list; what is no list is one element, what is not there none.
func listOf(value json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if len(value) > 0 && json.Unmarshal(value, &list) != nil {
		return []json.RawMessage{value}
	}
	return list
}

// textOf returns a JSON string's text, and of everything else but null the JSON.
func textOf(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return text
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
