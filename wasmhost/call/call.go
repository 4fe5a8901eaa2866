// Package call holds the plain data that crosses the process boundary between the language
// server (or the command line) and the child process that runs plugin code: what to run, what
// came of it, and what was seen on the way.
//
// It is data only, and links the standard library only, so that package lsp can speak of runs
// without knowing wazero, and tests can fake a host.
package call

import "time"

// Kind says what a Request asks for.
type Kind string

const (
	// Probe reads samuel_protocol_version and, if the protocol is inside the host's window,
	// calls health; it runs with no capability at all.
	Probe Kind = "probe"
	// Run calls one export.
	Run Kind = "run"
)

// Request is one call into one plugin.
type Request struct {
	Kind    Kind   `json:"kind"`
	Plugin  string `json:"plugin"`  // the manifest's name, for logs
	Version string `json:"version"` // the manifest's version
	Module  string `json:"module"`  // absolute path of the module on this machine

	Export  string `json:"export,omitempty"`
	Event   string `json:"event,omitempty"`   // the hook event, empty when run by hand
	Payload []byte `json:"payload,omitempty"` // JSON handed to (ptr, len) signatures

	ProjectRoot string `json:"project_root"` // absolute; what /workspace stands for

	Capabilities Capabilities `json:"capabilities"`
	// Granted lists the risky capabilities the user granted; see Capabilities for what is declared.
	// A capability that is declared, risky and not granted is denied.
	Granted []Grant `json:"granted,omitempty"`
}

// Capabilities is what the manifest declares, with defaults applied.
type Capabilities struct {
	Read         []string      `json:"read,omitempty"`  // guest paths or globs
	Write        []string      `json:"write,omitempty"` // guest paths or globs
	Env          []string      `json:"env,omitempty"`
	Hosts        []string      `json:"hosts,omitempty"`
	Exec         bool          `json:"exec,omitempty"`
	SamuelAPI    bool          `json:"samuel_api,omitempty"`
	Assistant    bool          `json:"assistant,omitempty"`
	MaxMemoryMiB uint32        `json:"max_memory_mib"`
	SoftTimeout  time.Duration `json:"soft_timeout"`
	HardTimeout  time.Duration `json:"hard_timeout"`
}

// Grant is one capability the user agreed to, with the targets it covers (none: all declared ones).
// Kinds: filesystem.read filesystem.write exec network.outbound samuel.api assistant.invoke.
type Grant struct {
	Kind    string   `json:"kind"`
	Targets []string `json:"targets,omitempty"`
}

// Word is one of the closed list of result words, strongest first.
type Word string

const (
	Crashed     Word = "crashed"
	MemoryLimit Word = "memory limit"
	TimedOut    Word = "timed out"
	Trap        Word = "trap"
	Cancelled   Word = "cancelled"
	Failed      Word = "failed"
	Denied      Word = "denied"
	OK          Word = "ok"
)

// Outcome is a result word with its particulars. String gives the text used in lenses, logs,
// CLI and diagnostics alike, for example "timed out after 30s", "trap: unreachable",
// "denied: network.outbound api.example.com".
type Outcome struct {
	Word  Word          `json:"word"`
	Text  string        `json:"text,omitempty"`  // reason of a trap or failure; "<capability> <target>" of a denial
	After time.Duration `json:"after,omitempty"` // the limit that passed, of a time-out
	Phase string        `json:"phase,omitempty"` // "compile" when compiling timed out
}

// String returns the outcome as shown to people.
func (o Outcome) String() string {
	switch o.Word {
	case TimedOut:
		s := "timed out after " + o.After.String()
		if o.Phase != "" {
			s += " (" + o.Phase + ")"
		}
		return s
	case Trap, Failed, Denied:
		if o.Text != "" {
			return string(o.Word) + ": " + o.Text
		}
	}
	return string(o.Word)
}

// Result is what came of one Request. Log lines and callbacks are delivered as Events while the
// call runs, never repeated here.
type Result struct {
	Outcome  Outcome       `json:"outcome"`
	Duration time.Duration `json:"duration"` // of the guest's own call; compile time is apart
	Compile  time.Duration `json:"compile,omitempty"`

	ProtocolDeclared bool   `json:"protocol_declared,omitempty"` // samuel_protocol_version is exported
	Protocol         *int32 `json:"protocol,omitempty"`          // its value (1 when not exported)
	Health           *int32 `json:"health,omitempty"`            // nil: no health export or not reached

	Values []uint64 `json:"values,omitempty"` // raw results of the export
	Reply  []byte   `json:"reply,omitempty"`  // the JSON envelope returned, if any

	Denials []Denial `json:"denials,omitempty"`
	Stack   []Frame  `json:"stack,omitempty"` // wasm stack of a trap, innermost first
	Wrote   []string `json:"wrote,omitempty"` // guest paths the run wrote
}

// Denial is one call the gate refused.
type Denial struct {
	Capability string `json:"capability"` // for example network.outbound
	Target     string `json:"target"`
	Declared   bool   `json:"declared"` // the manifest declares it, but it was not granted
	// Why is the rule of the host that refused what is declared and granted, which nobody's leave
	// lifts; empty for other denials.
	Why string `json:"why,omitempty"`
}

// Frame is one frame of a wasm stack; Name is empty where the module has no names.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Source says where a log line came from.
type Source string

const (
	SourceLog    Source = "log"
	SourceStdout Source = "stdout"
	SourceStderr Source = "stderr"
	SourceHost   Source = "host"
)

// Level of a log line.
type Level string

const (
	LevelDebug Level = "debug"
	LevelInfo  Level = "info"
	LevelWarn  Level = "warn"
	LevelError Level = "error"
)

// Event is something seen while a call runs. Exactly one field is set.
type Event struct {
	Log      *LogLine  `json:"log,omitempty"`
	Callback *Callback `json:"callback,omitempty"`
}

// LogLine is one line of captured output.
type LogLine struct {
	Time   time.Time `json:"time"`
	Level  Level     `json:"level"`
	Source Source    `json:"source"`
	Text   string    `json:"text"` // one line, valid UTF-8, control characters and ANSI sequences removed
}

// Callback is one accepted samuel.callback call.
type Callback struct {
	Name    string `json:"name"`
	Payload []byte `json:"payload"`
}
