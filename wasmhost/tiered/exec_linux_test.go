package tiered_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/internal/wasmtest"
)

// executing returns a plugin whose run executes a command and then, if asked, loops for ever.
func executing(command string, loop bool) []byte {
	body := bytes.Join([][]byte{
		{0x41, 0}, {0x41}, wasmtest.S32(int32(len(command))), {0x10, 0}, // exec(0, len)
	}, nil)
	if loop {
		body = append(body, 0x1a, 0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0) // drop, loop br 0 end, i32.const 0
	}
	m := wasmtest.Plugin(wasmtest.Func{Export: "run", Results: []byte{wasmtest.I32}, Body: wasmtest.Code(body...)})
	m.Imports = []wasmtest.Import{{
		Module: "samuel", Name: "exec", Params: []byte{wasmtest.I32, wasmtest.I32}, Results: []byte{wasmtest.I32},
	}}
	m.Data = []byte(command)
	return m.Bytes()
}

// named lists the processes whose command line contains text.
func named(t *testing.T, text string) (found []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), text) {
			found = append(found, strings.ReplaceAll(string(b), "\x00", " "))
		}
	}
	return found
}

// What exec started dies with the run, however it tries not to: in its own session, with its
// parent gone, ignoring signals, and however the run ends.
func TestNothingExecutedOutlivesTheRun(t *testing.T) {
	daemon := func(marker string) string {
		return `sh -c "trap '' TERM HUP INT; setsid sh -c 'trap : TERM HUP; sleep ` + marker + ` & sleep ` + marker + `' & exit 0"`
	}
	for _, c := range []struct {
		name, marker, command string
		loop                  bool
		want                  string
	}{
		{"command ends", "77001", daemon("77001"), false, "ok"},
		{"command hangs", "77002", "sleep 77002", false, "timed out"},
		{"guest hangs afterwards", "77003", daemon("77003"), true, "timed out"},
		{"no such command", "77004", "/no/such/command 77004", false, "failed: run returned -1"},
		{"not executable", "77005", "/etc/passwd 77005", false, "failed: run returned -1"},
		{"command kills its guard", "77007", `sh -c "setsid sleep 77007 & kill -9 $PPID; sleep 77007"`, false, "failed: run returned 137"},
		{"command kills its guard, guest hangs", "77008", `sh -c "setsid sleep 77008 & kill -9 $PPID; sleep 77008"`, true, "timed out"},
		{"command fails", "77006", "sh -c 'exit 42' 77006", false, "failed: run returned 42"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, nil)
			hard := time.Minute // what ends by itself may take its time on a busy machine
			if c.want == "timed out" {
				hard = time.Second
			}
			var log record
			res := p.Do(t.Context(), call.Request{
				Kind: call.Run, Plugin: "exec", Module: install(t, executing(c.command, c.loop)), Export: "run", ProjectRoot: t.TempDir(),
				Capabilities: call.Capabilities{Exec: true, Env: []string{"PATH"}, MaxMemoryMiB: 64, SoftTimeout: time.Minute, HardTimeout: hard},
				Granted:      []call.Grant{{Kind: "exec"}},
			}, log.sink)
			if !strings.HasPrefix(res.Outcome.String(), c.want) {
				t.Errorf("got %q, want %q\n%s", res.Outcome, c.want, log.text())
			}
			for len(named(t, c.marker)) > 0 {
				pause(t)
			}
		})
	}
}

// The same when nobody is left to clean up: the parent is killed while the command runs.
func TestNothingExecutedOutlivesTheParent(t *testing.T) {
	const marker = "77100"
	module := executing(`sh -c "setsid sleep `+marker+` & sleep `+marker+`"`, true)
	cmd := exec.Command(os.Args[0], parentArg, install(t, module), t.TempDir())
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for len(named(t, "sleep\x00"+marker)) < 2 {
		pause(t)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	for len(named(t, marker)) > 0 {
		pause(t)
	}
}

// A command gets neither the files that this process was left with by whoever started it, nor the
// limits that its host has set itself for guests.
func TestCommandsInheritNothing(t *testing.T) {
	left, err := os.Create(filepath.Join(t.TempDir(), "left-open"))
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	fd, err := unix.Dup(int(left.Fd())) // which does not close on exec
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	command := `sh -c "ls -l /proc/self/fd; grep -c 'data size *unlimited' /proc/self/limits; grep -c 'cpu time *unlimited' /proc/self/limits"`
	var log record
	res := open(t, nil).Do(t.Context(), call.Request{
		Kind: call.Run, Plugin: "exec", Module: install(t, executing(command, false)), Export: "run", ProjectRoot: t.TempDir(),
		Capabilities: call.Capabilities{Exec: true, Env: []string{"PATH"}, MaxMemoryMiB: 64, HardTimeout: time.Minute},
		Granted:      []call.Grant{{Kind: "exec"}},
	}, log.sink)
	if res.Outcome.Word != call.OK || !strings.Contains(log.text(), "/dev/null") || strings.Contains(log.text(), "left-open") {
		t.Errorf("%s\n%s", res.Outcome, log.text())
	}
	var own unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_DATA, &own) == nil && own.Max == unix.RLIM_INFINITY && strings.Count(log.text(), "\n1") != 2 {
		t.Errorf("the command is limited:\n%s", log.text())
	}
}
