package pool

import (
	"runtime"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

const (
	// compileLimit is the longest a module may compile.
	compileLimit = 10 * time.Second
	// headroom is the memory a child may use beyond its guests' linear memories: the compiler's
	// working memory (about 200 MB for a large Go module), compiled code, tables and guest stacks.
	// A runaway recursion needs 200 MB before wazero stops it by itself.
	headroom = 1 << 30
	// retireAbove is what a child may hold between calls. The Go heap never gives addresses back, and
	// they count against the limit, so a child that was once made to grow would run out of memory
	// in some later call that is not to blame.
	retireAbove = headroom / 2
	// measureAfter and measureCalls are the work, and the calls, after which a child's memory is measured.
	// What can be taken in so little of either is far below what a call may use beyond retireAbove.
	measureAfter = 50 * time.Millisecond
	measureCalls = 16
	// lazyBelow is where the garbage collector starts to work hard. What is live is far below;
	// compiling a big module makes much garbage that a lazy collector would let grow.
	lazyBelow = 512 << 20
	// lazily is the garbage, in percent of live data, that may gather below that: what is live between
	// calls is little, and collecting less often makes compiling, and the interpreter's reading of a
	// big module, a tenth to a fifth faster.
	lazily = 400
	// exitMemory is the status of a child that ended itself because it grew beyond its budget, on
	// systems that do not enforce one.
	exitMemory = 97
)

// heldMemory returns the bytes that the Go runtime has obtained from the system and not returned
// as addresses. It is for between calls.
func heldMemory() uint64 {
	// Not from runtime/metrics, whose tables every process of this program would make at its start.
	// No guest runs that could keep the world from being stopped.
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Sys
}

// hardTimeout is the call's limit; a request without one gets the manifest's default.
func hardTimeout(c call.Capabilities) time.Duration {
	if c.HardTimeout <= 0 {
		return 30 * time.Second
	}
	return c.HardTimeout
}
