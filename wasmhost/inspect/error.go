package inspect

import "fmt"

// ErrorKind classifies why a file could not be inspected.
type ErrorKind uint8

// Each of the first four has a rule of its own.
const (
	NotWasm   ErrorKind = iota + 1 // no wasm magic, or no regular file at all
	Component                      // a component, not a core module
	Malformed                      // a core module whose sections are broken
	TooLarge                       // above MaxModuleSize, or a section or count above what is read
	Changing                       // the file changed while it was read: inspect it again
)

// String names the kind as its rule does.
func (k ErrorKind) String() string {
	switch k {
	case NotWasm:
		return "not-wasm"
	case Component:
		return "component"
	case Malformed:
		return "malformed"
	case TooLarge:
		return "too-large"
	case Changing:
		return "changing"
	}
	return "unknown"
}

// Error says why a file could not be inspected: what was found, at which byte offset, and where
// it helps, what to do instead.
type Error struct {
	Kind   ErrorKind
	Offset int64
	Msg    string
}

// Error returns the message with its byte offset.
func (e *Error) Error() string { return fmt.Sprintf("%s (at byte %d)", e.Msg, e.Offset) }

func malformed(offset int64, format string, args ...any) *Error {
	return &Error{Kind: Malformed, Offset: offset, Msg: fmt.Sprintf(format, args...)}
}
