package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a server holds on to.
type usage struct{ rssKiB, files, threads, children, temps int }

func usageOf(pid int, temp string) usage {
	var u usage
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
		for line := range strings.Lines(string(status)) {
			if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
				u.rssKiB, _ = strconv.Atoi(strings.Fields(v)[0])
			}
		}
	}
	u.files = entries(fmt.Sprintf("/proc/%d/fd", pid))
	u.temps = entries(temp)
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return u
	}
	u.threads = len(tasks)
	u.children = len(children(pid))
	return u
}

// children are the process ids of a process's children.
func children(pid int) []int {
	var all []int
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // a process that is gone has none
	for _, t := range tasks {
		if list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name())); err == nil {
			for _, field := range strings.Fields(string(list)) {
				if child, err := strconv.Atoi(field); err == nil {
					all = append(all, child)
				}
			}
		}
	}
	return all
}

// process is one process, told apart from a later one of the same id by when it began.
type process struct {
	pid   int
	began string
}

// descendants are all processes below one.
func descendants(pid int) []process {
	var all []process
	for _, child := range children(pid) {
		if began, ok := began(child); ok {
			all = append(all, process{child, began})
		}
		all = append(all, descendants(child)...)
	}
	return all
}

// began is when a process started, in ticks; not ok if it is gone, or dead and not yet waited for.
func began(pid int) (string, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" {
		return "", false
	}
	return fields[19], true
}

// gone waits until none of the processes is left.
func gone(kin []process) error {
	deadline := time.Now().Add(patience / 4)
	for _, p := range kin {
		for {
			now, alive := began(p.pid)
			if !alive || now != p.began {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("process %d outlived its server", p.pid)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	return nil
}

func entries(dir string) int {
	all, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	return len(all)
}
