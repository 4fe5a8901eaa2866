package pool

import (
	"math"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// bindToParent has nothing to ask of this system but that the limit of processor time ends this
// process: Go's runtime takes no notice of the signal by itself. The end of stdin tells of the
// parent's death.
func bindToParent() error {
	over := make(chan os.Signal, 1)
	signal.Notify(over, unix.SIGXCPU)
	go func() {
		<-over
		os.Exit(1)
	}()
	return nil
}

// memoryPoll is how often a child looks at its size while a call runs: this system enforces no
// memory limit on its own.
const memoryPoll = 50 * time.Millisecond

// limitCall bounds this process for one call and ends it when it grows beyond the budget; the
// returned function ends the watch.
func limitCall(c call.Capabilities) (stop func()) {
	var used unix.Rusage
	var l unix.Rlimit
	if unix.Getrusage(unix.RUSAGE_SELF, &used) == nil && unix.Getrlimit(unix.RLIMIT_CPU, &l) == nil {
		spent := time.Duration(used.Utime.Nano() + used.Stime.Nano())
		l.Cur = min(uint64(math.Ceil((spent + cpuBudget(c)).Seconds())), l.Max)
		_ = unix.Setrlimit(unix.RLIMIT_CPU, &l) // without it, the parent's deadline is left
	}
	done := make(chan struct{})
	go watchMemory(int64(memoryBudget(c)), done)
	return func() { close(done) }
}

func watchMemory(limit int64, done <-chan struct{}) {
	tick := time.NewTicker(memoryPoll)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			var used unix.Rusage
			if unix.Getrusage(unix.RUSAGE_SELF, &used) == nil && used.Maxrss > limit {
				os.Exit(exitMemory)
			}
		}
	}
}
