package pool

import "github.com/samuelpkg/samuel-lsp/wasmhost/call"

// bindToParent has nothing to do: the parent's job object binds this process.
func bindToParent() error { return nil }

// limitCall has nothing to do: the job object carries the limits, and the parent set them.
func limitCall(call.Capabilities) (stop func()) { return func() {} }
