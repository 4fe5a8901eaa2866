//go:build !unix

package wasmtest

import "testing"

// makePipe does nothing: there are no named pipes in folders here, and the case is one of a file
// that does not exist.
func makePipe(testing.TB, string) {}
