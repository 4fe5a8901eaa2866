package manifest

import "time"

// What holds where the manifest says nothing, and the bounds of what it may say.
const (
	DefaultMaxMemoryMiB = 64
	DefaultTimeout      = 5 * time.Second
	DefaultHardTimeout  = 30 * time.Second

	MinMemoryMiB = 1
	MaxMemoryMiB = 4096
)

// The window of plugin protocols that the host speaks.
const (
	ProtocolMin = 1
	ProtocolMax = 1
)
