//go:build !unix

package tiered_test

import "testing"

// makePipe does nothing: there are no named pipes in folders here, and the case is one of a file
// that does not exist.
func makePipe(*testing.T, string) {}
