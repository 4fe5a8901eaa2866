package manifestcheck

import "github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"

// Severity of a diagnostic; Off is a rule switched off.
type Severity uint8

const (
	Off Severity = iota
	Hint
	Information
	Warning
	Error
)

// Tag marks what an editor may draw specially.
type Tag uint8

const (
	Deprecated Tag = iota + 1
	Unnecessary
)

// Diagnostic is one finding. Spans are byte offsets in the checked source.
type Diagnostic struct {
	Code     string // rule, "group/name"
	Severity Severity
	Span     tomlsyntax.Span
	Message  string
	Related  []Related
	Tags     []Tag
	Fixes    []Fix
}

// Related is another place in the same source that the finding is about.
type Related struct {
	Span    tomlsyntax.Span
	Message string
}

// Fix is one way to mend a finding. Its edits don't overlap and refer to the checked source.
type Fix struct {
	Title     string
	Edits     []tomlsyntax.Edit
	Safe      bool // part of fix-all; never set for a did-you-mean
	Preferred bool
}
