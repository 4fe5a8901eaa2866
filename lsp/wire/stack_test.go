package wire

import (
	"testing"
	"unsafe"
)

// deep needs most of what work on a message may.
//
//go:noinline
func deep(n int) byte {
	var b [8 << 10]byte
	b[n] = 1
	return b[n/2]
}

// A stack that has grown is not moved by what follows.
func TestGrowStack(t *testing.T) {
	moved := make(chan bool)
	go func() {
		var here byte
		GrowStack()
		before := uintptr(unsafe.Pointer(&here))
		deep(1)
		moved <- uintptr(unsafe.Pointer(&here)) != before
	}()
	if <-moved {
		t.Error("the stack was grown once more")
	}
}
