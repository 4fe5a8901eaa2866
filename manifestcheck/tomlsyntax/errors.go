package tomlsyntax

// ErrorCode says which kind of rule of TOML a document breaks.
type ErrorCode uint8

const (
	// Invalid is text that is not TOML.
	Invalid ErrorCode = iota + 1
	// DuplicateKey is a key that has a value already.
	DuplicateKey
	// RedefinedTable is a table, or array of tables, that is defined already and cannot be defined again or extended.
	RedefinedTable
)

// String is the code as it is written in rule names.
func (c ErrorCode) String() string {
	switch c {
	case DuplicateKey:
		return "duplicate-key"
	case RedefinedTable:
		return "redefined-table"
	default:
		return "invalid"
	}
}

// Error is one violation of TOML's grammar or of its rules on redefinition.
type Error struct {
	Code    ErrorCode
	Span    Span // the offending token
	Related []RelatedSpan
	Message string    // what was expected, what was found, what to write
	Fix     *ErrorFix // nil where none can be computed
}

// RelatedSpan is another place an error is about.
type RelatedSpan struct {
	Span    Span
	Message string
}

// ErrorFix is a way to mend an error. Its edits don't overlap and refer to the erroneous source.
type ErrorFix struct {
	Title string
	Edits []Edit
}

// shift returns e moved by n bytes, sharing nothing that moves.
func (e Error) shift(n int) Error {
	if n == 0 {
		return e
	}
	e.Span = e.Span.shift(n)
	if e.Related != nil {
		related := make([]RelatedSpan, len(e.Related))
		for i, r := range e.Related {
			related[i] = RelatedSpan{r.Span.shift(n), r.Message}
		}
		e.Related = related
	}
	if e.Fix != nil {
		fix := &ErrorFix{Title: e.Fix.Title, Edits: make([]Edit, len(e.Fix.Edits))}
		for i, x := range e.Fix.Edits {
			fix.Edits[i] = Edit{x.Span.shift(n), x.Text}
		}
		e.Fix = fix
	}
	return e
}

func (s Span) shift(n int) Span { return Span{s.Start + n, s.End + n} }
