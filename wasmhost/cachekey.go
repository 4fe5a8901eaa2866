package wasmhost

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// CacheKey names a module as lock files record it: <name>@<version>-<first 12 hex digits of the
// SHA-256 of its bytes>.
func CacheKey(name, version string, body []byte) string {
	sum := sha256.Sum256(body)
	return name + "@" + version + "-" + hex.EncodeToString(sum[:])[:12]
}

// CachePath is the file that key stands for below a cache folder: <root>/<key>.bin. It is a name
// only; the compiled module itself is stored by content.
func CachePath(cacheRoot, key string) string { return filepath.Join(cacheRoot, key+".bin") }
