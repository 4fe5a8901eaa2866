package wasmhost

import (
	"encoding/json"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// Callbacks that reach the editor; any other name is recorded in the log.
const (
	callbackDiagnostics = "diagnostics"
	callbackProgress    = "progress"
)

// Bounds on the callbacks of one run; beyond them they are refused.
const (
	maxCallbacks     = 1000
	maxCallbackBytes = 16 << 20 // of all payloads together
)

// callbackBudget counts the callbacks of a run.
type callbackBudget struct {
	count, bytes int
	refused      bool
}

// take reports whether one more callback is within the bounds, and whether it is the first that is
// not.
func (b *callbackBudget) take(size int) (ok, first bool) {
	if b.count >= maxCallbacks || b.bytes+size > maxCallbackBytes {
		first, b.refused = !b.refused, true
		return false, first
	}
	b.count++
	b.bytes += size
	return true, false
}

// hostCallback is callback(name_ptr, name_len, payload_ptr, payload_len) -> 0 taken, 1 bad payload.
func hostCallback(c *hostCall) {
	name, payload := string(c.bytes(0)), c.bytes(2)
	c.stack[0] = 1
	if c.late() {
		return
	}
	if name != callbackDiagnostics && name != callbackProgress {
		c.run.out.text(call.LevelInfo, call.SourceHost, append([]byte("callback "+name+": "), payload...))
		c.stack[0] = 0
		return
	}
	if !json.Valid(payload) {
		c.refuse("the payload of %s is not JSON", name)
		return
	}
	if want := callbackOpening(name); firstByte(payload) != want {
		c.refuse("the payload of %s must begin with %q", name, want)
		return
	}
	c.run.mu.Lock()
	ok, first := c.run.callbacks.take(len(payload))
	c.run.mu.Unlock()
	if !ok {
		if first {
			c.refuse("refused, a run may make %d callbacks of %d bytes together", maxCallbacks, maxCallbackBytes)
		}
		return
	}
	c.run.out.callback(name, payload)
	c.stack[0] = 0
}

// callbackOpening is what a payload begins with: a list of diagnostics, one object of progress.
func callbackOpening(name string) byte {
	if name == callbackDiagnostics {
		return '['
	}
	return '{'
}

func firstByte(json []byte) byte {
	for _, b := range json {
		switch b {
		case ' ', '\t', '\r', '\n':
		default:
			return b
		}
	}
	return 0
}
