package inspect

import (
	"io/fs"
	"syscall"
	"time"
)

// ChangedAt returns when a file last changed in any way. Unlike the time of modification nobody can set
// it back, as tools that keep time stamps do.
func ChangedAt(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return info.ModTime()
}
