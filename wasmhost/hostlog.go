package wasmhost

import (
	"strings"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// hostLog is log(level_ptr, level_len, msg_ptr, msg_len). It needs no capability and works after
// the soft timeout too.
func hostLog(c *hostCall) {
	c.run.log(c.state, levelNamed(string(c.bytes(0))), c.bytes(2))
}

// hostLogNumbered is log(level, ptr, len), with levels counted from 0, debug.
func hostLogNumbered(c *hostCall) {
	level := call.LevelError
	switch int32(c.stack[0]) {
	case 0:
		level = call.LevelDebug
	case 1:
		level = call.LevelInfo
	case 2:
		level = call.LevelWarn
	}
	c.run.log(c.state, level, c.bytes(1))
}

func levelNamed(name string) call.Level {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "trace", "debug":
		return call.LevelDebug
	case "warn", "warning":
		return call.LevelWarn
	case "error", "err", "fatal", "critical":
		return call.LevelError
	}
	return call.LevelInfo
}

// log emits guest text, and keeps it for the embedder.
func (r *run) log(s *HostState, level call.Level, text []byte) {
	r.out.kept = func(level call.Level, text string) {
		s.LogBuf = append(s.LogBuf, "["+string(level)+"] "+text)
	}
	r.out.text(level, call.SourceLog, text)
}

// refuse logs why a host function did not do what was asked.
func (c *hostCall) refuse(format string, args ...any) {
	c.run.out.host(call.LevelWarn, c.name+": "+format, args...)
}

// late reports, and says once per call, that the soft timeout has passed.
func (c *hostCall) late() bool {
	if !c.run.late() {
		return false
	}
	c.refuse("refused, the timeout of %s has passed", c.run.soft)
	return true
}

// allowed asks the gate and records a refusal.
func (c *hostCall) allowed(kind Kind, target string) *DeniedError {
	err := c.state.Authorize(kind, target)
	if err == nil {
		return nil
	}
	denied := err.(*DeniedError)
	c.run.deny(denied)
	return denied
}
