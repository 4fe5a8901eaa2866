//go:build unix

package sandboxfs

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tetratelabs/wazero/experimental/sys"
)

func TestDevicesAreRefused(t *testing.T) {
	w := newWorld(t, []string{"/workspace", "/dev"}, []string{"/workspace/src"})
	if err := syscall.Mkfifo(filepath.Join(w.project, "src", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []sys.Oflag{sys.O_RDONLY, sys.O_WRONLY, sys.O_RDWR} {
		if _, en := w.OpenFile("workspace/src/pipe", flag, 0); en != sys.EACCES {
			t.Errorf("a pipe opened with %d: %v", flag, en)
		}
	}
	if err := w.WriteFile("workspace/src/pipe", nil); err != sys.EACCES {
		t.Errorf("a pipe written: %v", err)
	}
	if _, en := w.OpenFile("dev/null", sys.O_RDONLY, 0); en != sys.EACCES {
		t.Errorf("a device: %v", en)
	}
}
