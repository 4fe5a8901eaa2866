package project

import (
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// What the host refuses by a rule of its own is not put down to the user's leave.
func TestDeniedText(t *testing.T) {
	for _, c := range []struct {
		name string
		d    call.Denial
		want string
	}{
		{
			"not granted",
			call.Denial{Capability: "exec", Target: "ls", Declared: true},
			"exec ls was denied: it is declared, and you have not granted it",
		},
		{
			"the host's rule",
			call.Denial{Capability: "filesystem.read", Target: "/workspace/link", Declared: true, Why: "a symbolic link leads out of its place"},
			"filesystem.read /workspace/link was refused: a symbolic link leads out of its place",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := DeniedText(nil, c.d); got != c.want || !ok {
				t.Errorf("got %q, %v, want %q", got, ok, c.want)
			}
		})
	}
}
