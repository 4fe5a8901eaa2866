package pool

import (
	"fmt"
	"math"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// bindToParent lets nothing outlive this process unseen: what its descendants leave behind when
// they die becomes its own child and not that of init. The signal at the parent's death was asked
// for by the parent, when it started this process.
func bindToParent() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become a subreaper: %w", err)
	}
	if err := dieAtCPULimit(); err != nil {
		return fmt.Errorf("let the limit of processor time end this process: %w", err)
	}
	return nil
}

// dieAtCPULimit gives SIGXCPU its default action back, which ends the process. Go's runtime handles
// that signal and goes on when nobody asked for it; and a goroutine that did might never run, as a
// guest in a loop can hold up all others. Package signal has no way to undo the handler.
func dieAtCPULimit() error {
	var defaults [64]byte // a sigaction of zeros, whatever its layout: SIG_DFL, no flags, no mask
	const maskSize = 8
	_, _, errno := unix.Syscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGXCPU), uintptr(unsafe.Pointer(&defaults)), 0, maskSize, 0, 0)
	if errno != 0 {
		return errno
	}
	setSoft(unix.RLIMIT_CORE, 0) // the default action writes one, of all that a guest may have
	return nil
}

// limitCall bounds this process for one call. RLIMIT_DATA counts what can be written and is
// private, which reservations without access are not, so it holds for Go's heap, tables, guest
// stacks and committed linear memory together; RLIMIT_AS would count gigabytes of mere addresses.
// The limits are lowered and raised below the hard ones, which stay as they were inherited. The kernel
// watches, so there is nothing to stop.
func limitCall(c call.Capabilities) (stop func()) {
	setSoft(unix.RLIMIT_DATA, memoryBudget(c))
	limitCPU(cpuBudget(c))
	return func() {}
}

// limitCPU allows this process so much more processor time, in whole seconds, and then ends it.
func limitCPU(budget time.Duration) {
	var used unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &used) == nil {
		spent := time.Duration(used.Utime.Nano() + used.Stime.Nano())
		setSoft(unix.RLIMIT_CPU, uint64(math.Ceil((spent + budget).Seconds())))
	}
}

// setSoft sets a soft limit, not above the hard one. A failure leaves the parent's deadline, which
// is what normally ends a call.
func setSoft(resource int, value uint64) {
	var l unix.Rlimit
	if unix.Getrlimit(resource, &l) != nil || l.Cur == min(value, l.Max) {
		return
	}
	l.Cur = min(value, l.Max)
	_ = unix.Setrlimit(resource, &l)
}
