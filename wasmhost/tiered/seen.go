package tiered

import (
	"os"
	"path/filepath"
)

// seenDir lies in the cache folder and holds an empty file for each big module that was compiled
// into it.
const seenDir = "samuel-lsp-compiled"

// seen remembers, between processes, which big modules the cache folder holds compiled, because the
// compiler's own names for its entries do not tell. An entry that was evicted since costs one
// compilation that the interpreter could have covered, nothing more.
type seen struct{ dir string }

func openSeen(cacheDir string) seen {
	if cacheDir == "" {
		return seen{}
	}
	return seen{dir: filepath.Join(cacheDir, seenDir)}
}

func (s seen) has(sum string) bool {
	if s.dir == "" {
		return false
	}
	_, err := os.Lstat(filepath.Join(s.dir, sum))
	return err == nil
}

// add is allowed to fail: then the module counts as new the next time.
func (s seen) add(sum string) {
	if s.dir == "" || s.has(sum) || os.MkdirAll(s.dir, 0o700) != nil {
		return
	}
	if f, err := os.OpenFile(filepath.Join(s.dir, sum), os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		_ = f.Close()
	}
}
