package tiered

import (
	"os"
	"runtime"
)

const (
	// interpreterShare is what the interpreter allocates, in times the size of a module.
	interpreterShare = 20
	// maxReady bounds the memory that is made ready ahead of use, in bytes.
	maxReady = 64 << 20
)

// readyMemory has the memory that the interpreter will allocate for a module of that size, in bytes,
// faulted in on another processor than the one that the interpreter works on: a fresh process spends a
// fifth of its first answer in page faults. It returns at once.
func readyMemory(size int64) {
	if runtime.GOMAXPROCS(0) == 1 {
		return
	}
	go func() {
		touch(make([]byte, min(size*interpreterShare, maxReady)))
		runtime.GC() // what was touched becomes free memory of the heap, which keeps its pages
	}()
}

// touch writes to each page. One system call for all of them holds up the page faults of everybody else
// for as long.
//
//go:noinline
func touch(pages []byte) {
	for i := 0; i < len(pages); i += os.Getpagesize() {
		pages[i] = 1
	}
}
