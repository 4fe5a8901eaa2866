// Package proctree ends whole trees of processes: whatever a command has started dies with it, also
// what moved to a session of its own or lost its parent.
//
// A guard is a process between a plugin host and a command that the host runs for a plugin. The host
// runs guests and may be killed at any moment; the guard runs nothing but the command, so that it
// always notices that the host, or the time, is over. On Linux the guard adopts what the command
// leaves behind. Elsewhere it reaches the command's process group; a daemon that detaches itself
// there is out of reach. On Windows a job object does all this, and no guard is needed.
package proctree
