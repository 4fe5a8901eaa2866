package lsp

import (
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
)

// maxLock bounds the lock file that is read, in bytes.
const maxLock = 4 << 20

// lockAgrees says whether the project's samuel.lock names a plugin together with grants. The file
// lies in the repository, so this is no consent: it only changes how the question is put.
func lockAgrees(root, name string) bool {
	path := filepath.Join(root, "samuel.lock")
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxLock {
		return false
	}
	var lock map[string]any
	if _, err := toml.DecodeFile(path, &lock); err != nil {
		return false
	}
	return agrees(lock, name)
}

// agrees looks for an entry of that name: [[plugin]] name = "..", or [plugins.<name>].
func agrees(lock map[string]any, name string) bool {
	for _, key := range []string{"plugin", "plugins"} {
		switch entries := lock[key].(type) {
		case []map[string]any:
			for _, e := range entries {
				if e["name"] == name && hasGrants(e) {
					return true
				}
			}
		case map[string]any:
			if e, ok := entries[name].(map[string]any); ok && hasGrants(e) {
				return true
			}
		}
	}
	return false
}

func hasGrants(entry map[string]any) bool {
	for _, key := range []string{"grants", "granted", "capabilities"} {
		switch v := entry[key].(type) {
		case []any:
			if len(v) > 0 {
				return true
			}
		case []map[string]any:
			if len(v) > 0 {
				return true
			}
		case map[string]any:
			if len(v) > 0 {
				return true
			}
		}
	}
	return false
}
