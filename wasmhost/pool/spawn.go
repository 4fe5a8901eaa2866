package pool

import (
	"bufio"
	"runtime"
)

// spawner starts processes from one thread that lives as long as it does. Linux sends a child its
// parent-death signal when the thread that started it ends, and Go's threads may end at any time.
type spawner struct{ work chan func() }

func newSpawner() *spawner { return &spawner{work: make(chan func())} }

// run is the spawner's goroutine, which the first process starts.
func (s *spawner) run() {
	runtime.LockOSThread()
	for f := range s.work {
		f()
	}
}

// start starts a worker; it must not be called after close.
func (s *spawner) start(o Options) (w *worker, out *bufio.Reader, err error) {
	done := make(chan struct{})
	s.work <- func() {
		defer close(done)
		w, out, err = startWorker(o)
	}
	<-done
	return w, out, err
}

func (s *spawner) close() { close(s.work) }
