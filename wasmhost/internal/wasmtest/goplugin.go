package wasmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// GoPlugin builds testdata/plugins/go-lint, some 3 MB, and returns its module. The build cache
// makes it a fraction of a second from the second time on.
func GoPlugin(tb testing.TB) []byte {
	tb.Helper()
	out := filepath.Join(tb.TempDir(), "plugin.wasm")
	build := exec.Command("go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", out, ".")
	build.Dir = filepath.Join(PluginsDir(), "go-lint")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOWORK=off", "GOFLAGS=")
	if text, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("building go-lint: %v\n%s", err, text)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	return module
}
