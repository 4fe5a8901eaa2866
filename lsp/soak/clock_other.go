//go:build !(linux && amd64)

package main

import "time"

// jump sets the clock of a server, which is done on Linux with one kind of processor.
func jump(int, time.Duration) error { return nil }
