//go:build unix && !linux

package linmem

// discard reports that the pages cannot be emptied in place: only Linux promises zeros after
// madvise, so elsewhere a large region is unmapped and a new one reserved.
func discard([]byte) bool { return false }
