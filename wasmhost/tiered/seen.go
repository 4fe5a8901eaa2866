package tiered

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// seenDir lies in the cache folder and holds a small file for each big module that was compiled. Its
// number changes with what is compiled in a module's place, see [segments.Rewrite]: an entry of before
// would make a new module look compiled, and its first call wait for that.
const seenDir = "samuel-lsp-entries-2"

// maxSeen bounds the files; they are a help to memory, so all may go when there are too many.
const maxSeen = 1000

// entryName is what the names of entries look like.
var entryName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// seen remembers, between processes, under which name the disk cache holds a big module. The name
// depends on the bytes that were compiled, so that finding it otherwise takes as long as merging and
// hashing them. Whether the entry is still there is for the cache to say.
type seen struct{ dir string }

func openSeen(cacheDir string) seen {
	if cacheDir == "" {
		return seen{}
	}
	return seen{dir: filepath.Join(cacheDir, seenDir)}
}

// entry returns the name for a module's SHA-256, "" when it is not known.
func (s seen) entry(sum string) string {
	if s.dir == "" {
		return ""
	}
	name, err := os.ReadFile(filepath.Join(s.dir, sum))
	if err != nil || !entryName.Match(name) {
		return ""
	}
	return string(name)
}

// add is allowed to fail: then the module counts as new the next time.
func (s seen) add(sum, entry string) {
	if s.dir == "" || entry == "" || s.entry(sum) == entry {
		return
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return
	}
	if files, err := os.ReadDir(s.dir); err == nil && len(files) >= maxSeen {
		for _, f := range files {
			_ = os.Remove(filepath.Join(s.dir, f.Name()))
		}
	}
	_ = os.WriteFile(filepath.Join(s.dir, sum), []byte(entry), 0o600)
}

// Forget makes all modules new again, for when what was compiled into a cache folder is cleared.
func Forget(cacheDir string) error {
	if err := os.RemoveAll(filepath.Join(cacheDir, seenDir)); err != nil {
		return fmt.Errorf("forget which modules are compiled: %w", err)
	}
	return nil
}
