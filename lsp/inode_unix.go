//go:build unix

package lsp

import (
	"io/fs"
	"syscall"
)

// inodeOf tells a file from one that replaced it.
func inodeOf(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}
