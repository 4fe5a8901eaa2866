package proctree

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopt makes this process the one that its descendants fall to when their own parents end.
func adopt() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// liftLimits takes back the limits that a plugin host has set itself for the guests it runs: a
// compiler that a plugin executes may need more memory than the plugin.
func liftLimits() { raise(unix.RLIMIT_DATA, unix.RLIMIT_CPU) }

// killDescendants kills all processes below this one.
func killDescendants(int) {
	children := map[int][]int{}
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what was read counts
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if parent := parentOf(name); parent > 0 {
				children[parent] = append(children[parent], pid)
			}
		}
	}
	for queue := children[os.Getpid()]; len(queue) > 0; queue = queue[1:] {
		_ = syscall.Kill(queue[0], syscall.SIGKILL) // it may be gone
		queue = append(queue, children[queue[0]]...)
	}
}

// parentOf reads a process's parent; 0 when it is gone.
func parentOf(pid string) int {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0
	}
	// The name, in parentheses, may hold anything; state and parent follow.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}

// Sweep kills and reaps all processes below this one, which must have adopted its orphans and wait
// for none of them itself. It costs one system call when there are none.
func Sweep() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err == syscall.ECHILD {
			return
		}
		if err == nil && pid == 0 { // some are running
			killDescendants(0)
			_, _ = syscall.Wait4(-1, nil, 0, nil)
		}
	}
}
