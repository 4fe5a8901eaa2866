package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/tetratelabs/wazero/sys"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// errHardTimeout is the cause of a context that ended at the hard timeout, which tells it from one
// that somebody cancelled.
var errHardTimeout = errors.New("the hard timeout has passed")

// verdict turns what a run ended with into one of the closed list of result words.
type verdict struct {
	ctx     context.Context // of the run
	hard    time.Duration
	refused bool // the guest was refused memory
	called  bool // what was asked for was called; leaving before that is no success
	exitOK  bool // leaving the call by proc_exit(0) is a success
}

func (v *verdict) of(err error) call.Outcome {
	var (
		memory  *memoryLimitError
		slow    *compileTimeoutError
		failure *failureError
		trap    *trapError
		exit    *sys.ExitError
		fault   runtime.Error
	)
	switch {
	case err == nil:
		return call.Outcome{Word: call.OK}
	case errors.As(err, &memory):
		return call.Outcome{Word: call.MemoryLimit, Text: memory.Error()}
	case errors.As(err, &slow):
		return call.Outcome{Word: call.TimedOut, After: slow.after, Phase: "compile"}
	case v.ctx.Err() != nil && (errors.As(err, &exit) || errors.Is(err, v.ctx.Err()) || errors.Is(err, context.Cause(v.ctx))):
		if errors.Is(context.Cause(v.ctx), errHardTimeout) {
			return call.Outcome{Word: call.TimedOut, After: v.hard}
		}
		return call.Outcome{Word: call.Cancelled}
	case errors.As(err, &exit):
		if v.refused {
			return call.Outcome{Word: call.MemoryLimit}
		}
		switch code := exit.ExitCode(); {
		case !v.called:
			return failed("exited with code %d before it was called", code)
		case code == 0 && v.exitOK:
			return call.Outcome{Word: call.OK}
		default:
			return failed("exited with code %d", code)
		}
	case errors.As(err, &failure):
		if v.refused {
			return call.Outcome{Word: call.MemoryLimit}
		}
		return call.Outcome{Word: call.Failed, Text: oneLine(failure.reason)}
	case errors.As(err, &trap):
		return call.Outcome{Word: call.Trap, Text: oneLine(trap.reason)}
	case errors.As(err, &fault):
		return call.Outcome{Word: call.Crashed, Text: oneLine(fault.Error())}
	}
	if reason, ok := trapReason(err); ok {
		if v.refused {
			return call.Outcome{Word: call.MemoryLimit}
		}
		return call.Outcome{Word: call.Trap, Text: reason}
	}
	return call.Outcome{Word: call.Failed, Text: oneLine(err.Error())}
}

func failed(format string, args ...any) call.Outcome {
	return call.Outcome{Word: call.Failed, Text: oneLine(fmt.Sprintf(format, args...))}
}

// maxReason bounds the reason in an outcome, in bytes.
const maxReason = 500

// oneLine makes text fit a lens: its first line, cleaned and bounded.
func oneLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	text = cleanLine([]byte(text))
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}

const (
	trapPrefix    = "wasm error: "
	stackHeader   = "wasm stack trace:\n"
	stackOverflow = "stack overflow"
)

// trapReason finds the reason of a trap in an engine's error, which offers it as text only.
func trapReason(err error) (string, bool) {
	text := err.Error()
	if strings.HasPrefix(text, stackOverflow) || strings.Contains(text, ": "+stackOverflow) {
		return stackOverflow, true // the engine gives this one neither prefix nor frames
	}
	_, rest, ok := strings.Cut(text, trapPrefix)
	if !ok {
		return "", false
	}
	return oneLine(rest), true
}

// maxFrames bounds the frames of a result.
const maxFrames = 30

// sourceLine is what debug information adds below a frame.
var sourceLine = regexp.MustCompile(`^0x[0-9a-f]+: (.+?):(\d+):\d+( \(inlined\))?$`)

// stackOf reads the wasm stack, innermost frame first, from an engine's error. Functions without a
// name in the module have none in the frame.
func stackOf(err error, moduleName string) []call.Frame {
	if err == nil {
		return nil
	}
	_, trace, ok := strings.Cut(err.Error(), stackHeader)
	if !ok {
		return nil
	}
	var frames []call.Frame
	for line := range strings.SplitSeq(trace, "\n") {
		source := strings.HasPrefix(line, "\t\t")
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "...") || len(frames) == maxFrames {
			break
		}
		if line+"\n" == stackHeader { // the host called the guest back: its callers follow
			continue
		}
		if source {
			at := sourceLine.FindStringSubmatch(line)
			if at == nil || len(frames) == 0 {
				continue
			}
			if last := &frames[len(frames)-1]; last.File == "" {
				last.File = cleanLine([]byte(at[1]))
				last.Line, _ = strconv.Atoi(at[2])
			}
			continue
		}
		frames = append(frames, call.Frame{Func: functionName(line, moduleName)})
	}
	return frames
}

// functionName takes a function's own name out of "module.name(i32,i32) i32".
func functionName(line, moduleName string) string {
	if at := strings.LastIndexByte(line, '('); at >= 0 {
		// A second pair of brackets holds several results.
		if before := strings.LastIndexByte(line[:at], '('); before >= 0 && strings.HasSuffix(line[:at], ") ") {
			at = before
		}
		line = line[:at]
	}
	name := strings.TrimPrefix(line, moduleName+".")
	if rest, ok := strings.CutPrefix(name, "$"); ok {
		if _, err := strconv.Atoi(rest); err == nil {
			return ""
		}
	}
	return cleanLine([]byte(name))
}

// strength orders the result words, strongest first.
var strength = map[call.Word]int{
	call.Crashed: 0, call.MemoryLimit: 1, call.TimedOut: 2, call.Trap: 3,
	call.Cancelled: 4, call.Failed: 5, call.Denied: 6, call.OK: 7,
}

// stronger returns the outcome that is shown where both hold.
func stronger(a, b call.Outcome) call.Outcome {
	if strength[b.Word] < strength[a.Word] {
		return b
	}
	return a
}
