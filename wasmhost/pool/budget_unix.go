//go:build unix

package pool

import (
	"runtime"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// memoryBudget is what a child may use while it works on a call: the guest's memory twice, because
// a spare instance may be held beside the running one.
func memoryBudget(c call.Capabilities) uint64 {
	return (headroom + 2*uint64(c.MaxMemoryMiB)<<20) * shadow
}

// cpuBudget is the processor time a call can need when all goes well; the parent kills a child
// long before, so it matters only where there is no parent left.
func cpuBudget(c call.Capabilities) time.Duration {
	return time.Duration(runtime.NumCPU())*(compileLimit+hardTimeout(c)) + 10*time.Second
}
