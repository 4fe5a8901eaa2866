package proctree

import "syscall"

func adopt() error { return nil }

// liftLimits takes back the limit that a plugin host has set itself for the guests it runs.
func liftLimits() { raise(syscall.RLIMIT_CPU) }

// killDescendants kills the command's process group, which is this process's own but for the
// guard itself.
func killDescendants(command int) {
	_ = syscall.Kill(command, syscall.SIGKILL) // it may be gone
	_ = syscall.Kill(-command, syscall.SIGKILL)
}

// Sweep has nothing to do: nothing falls to this process here.
func Sweep() {}
