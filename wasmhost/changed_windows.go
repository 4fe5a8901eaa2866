package wasmhost

import (
	"io/fs"
	"time"
)

// changed is when a file's content last changed, as far as this system tells.
func changed(info fs.FileInfo) time.Time { return info.ModTime() }
