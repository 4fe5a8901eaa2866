package linmem

import "golang.org/x/sys/unix"

// discard gives the pages back; Linux promises that they read as zero afterwards.
func discard(b []byte) bool { return unix.Madvise(b, unix.MADV_DONTNEED) == nil }
