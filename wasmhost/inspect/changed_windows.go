package inspect

import (
	"io/fs"
	"time"
)

// ChangedAt returns when a file's content last changed, as far as this system tells.
func ChangedAt(info fs.FileInfo) time.Time { return info.ModTime() }
