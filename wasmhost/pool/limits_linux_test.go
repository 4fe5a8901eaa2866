package pool

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

const burnArg = "burning-processor-time"

func init() {
	childLives[burnArg] = burn
	preparations["limits"] = writeLimits
}

// burn is the life of a child that no parent ends: its limit of processor time is all there is.
func burn() error {
	if err := bindToParent(); err != nil {
		return err
	}
	limitCPU(time.Second)
	for round := 1; round > 0; round = 3 - round { // a guest in a loop
	}
	return nil
}

func TestProcessorTimeIsTheLastResort(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), os.Args[0], burnArg).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("%v\n%s", err, out)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || status.Signal() != unix.SIGXCPU || status.CoreDump() {
		t.Errorf("it ended with %s, want the signal for too much processor time and no core", exit)
	}
}

// writeLimits is called in a fake child.
func writeLimits(path string) error {
	var data, cpu unix.Rlimit
	if err := errors.Join(unix.Getrlimit(unix.RLIMIT_DATA, &data), unix.Getrlimit(unix.RLIMIT_CPU, &cpu)); err != nil {
		return err
	}
	return os.WriteFile(path, fmt.Appendf(nil, "%d %t", data.Cur, cpu.Cur < cpu.Max), 0o600)
}

// A child that only prepares a module runs its start function and initialisation, so it has the same
// limits as in a call, even if it was never called.
func TestLimitsHoldWhilePreparing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "limits")
	req := request("limits " + path)
	if o := open(t, nil).prepare(req, nil); o.Word != call.OK {
		t.Fatal(o)
	}
	got, err := os.ReadFile(path)
	if want := fmt.Sprintf("%d true", memoryBudget(req.Capabilities)); err != nil || string(got) != want {
		t.Errorf("the limits of memory and processor time are %q, want %q (%v)", got, want, err)
	}
}
