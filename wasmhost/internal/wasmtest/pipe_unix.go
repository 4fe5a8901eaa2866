//go:build unix

package wasmtest

import (
	"syscall"
	"testing"
)

func makePipe(tb testing.TB, path string) {
	tb.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		tb.Fatal(err)
	}
}
