// Package pattern gives the entries of a manifest's capability lists their meaning: guest paths
// and globs for the file system, names and wildcards for the network.
//
// It is the one place that says what an entry matches. The rules of package manifestcheck reason
// with it about which entry covers which, and the host's gate asks it at run time, so that what
// an author is told and what a plugin may touch cannot differ. It touches no disk and no network.
package pattern

import "fmt"

// Kind classifies what is wrong with an entry.
type Kind uint8

const (
	Relative    Kind = iota + 1 // a path that does not begin at the guest's root
	Parent                      // a path that climbs with ".."
	InvalidGlob                 // a glob that does not parse, or is too large to be matched in bounded time
	InvalidHost                 // no host name and no host wildcard
)

// Problem says what is wrong with an entry and what to write instead. Start and End are byte
// offsets in the entry as it was given.
type Problem struct {
	Kind       Kind
	Start, End int
	Message    string
	Suggest    string // the entry to write instead, "" where none can be computed
}

// Error implements error.
func (p *Problem) Error() string { return p.Message }

func problem(kind Kind, start, end int, format string, args ...any) *Problem {
	return &Problem{Kind: kind, Start: start, End: end, Message: fmt.Sprintf(format, args...)}
}

// Answer is the outcome of a cover question. Unknown means that the question was too large to
// decide within its budget: a rule that needs certainty must stay silent.
type Answer uint8

const (
	Unknown Answer = iota
	Yes
	No
)

// String returns the answer as a word.
func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}
