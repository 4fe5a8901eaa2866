//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is far above what anything here takes.
const patience = time.Minute

const floodManifest = `name = "flood"
version = "1.0.0"
kind = "wasm"
[wasm]
module = "plugin.wasm"
exports = ["run"]
[runtime]
timeout = "30s"
hard_timeout = "60s"
`

func TestInterruptedRunLeavesNoProcess(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			module, err := os.ReadFile("../../testdata/modules/flood-log.wasm")
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "plugin.wasm"), string(module))
			write(t, filepath.Join(dir, "samuel-plugin.toml"), floodManifest)
			cmd := exec.Command("samuel-lsp", "run", ".", "run", "--cache-dir", filepath.Join(t.TempDir(), "cache"))
			cmd.Dir = dir
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			start(t, cmd)
			lines := bufio.NewReader(stderr)
			if _, err := lines.ReadString('\n'); err != nil {
				t.Fatalf("the plugin's first line: %v", err)
			}
			children := childrenOf(t, cmd.Process.Pid)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			rest, err := io.ReadAll(lines)
			if err != nil {
				t.Fatal(err)
			}
			if code := exitOf(cmd.Wait()); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if !bytes.HasSuffix(rest, []byte("samuel-lsp: interrupted\n")) {
				t.Errorf("standard error ends with %q", rest[max(0, len(rest)-200):])
			}
			for _, pid := range children {
				if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
					t.Errorf("the plugin host %d is still there", pid)
				}
			}
		})
	}
}

func TestInterruptedWhileReading(t *testing.T) {
	cmd := exec.Command("samuel-lsp", "check", "-")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	start(t, cmd)
	// More than a pipe holds: writing it ends when the command has begun to read.
	if _, err := stdin.Write(bytes.Repeat([]byte("#"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitOf(cmd.Wait()); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
}

// start starts a command that is killed when it takes too long, or the test ends before it does.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		_ = cmd.Process.Kill()
	})
}

func exitOf(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// childrenOf lists the processes that a process has started.
func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatalf("listing processes: %v", err)
	}
	var children []int
	for line := range strings.Lines(string(out)) {
		var child, parent int
		if n, _ := fmt.Sscan(line, &child, &parent); n == 2 && parent == pid {
			children = append(children, child)
		}
	}
	if len(children) == 0 {
		t.Fatal("no child of " + strconv.Itoa(pid))
	}
	return children
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
