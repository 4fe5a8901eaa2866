package semrange

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxComparators is Cargo's own limit.
const maxComparators = 32

// Error says what is wrong with a range or a version. Start and End are byte offsets in the text.
type Error struct {
	Start, End int
	Message    string
	Suggest    string // the whole text to write instead, "" where none can be computed
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

func errorAt(start, end int, format string, args ...any) *Error {
	return &Error{Start: start, End: end, Message: fmt.Sprintf(format, args...)}
}

// Parse reads a range. Of a text that is none it says what is wrong first, and what the author,
// who may know the ranges of another package manager, most likely wants.
func Parse(text string) (Range, *Error) {
	r, err := parse(text)
	if err == nil {
		return r, nil
	}
	explain(text, err)
	if s := rewrite(text); s != "" && s != text {
		if _, again := parse(s); again == nil {
			err.Suggest = s
			err.Message += "; write \"" + s + "\""
		}
	}
	return Range{}, err
}

func parse(text string) (Range, *Error) {
	i := skipSpaces(text, 0)
	if i == len(text) {
		return Range{}, errorAt(0, len(text), "the range is empty; write \"*\" for every version, or for example \"^1.2\"")
	}
	if text[i] == '*' {
		if j := skipSpaces(text, i+1); j != len(text) {
			return Range{}, errorAt(i, i+1, "\"*\" stands alone or behind a number and a dot, and here something follows it")
		}
		return Range{}, nil
	}
	comparators := make([]comparator, 0, 1+strings.Count(text, ","))
	for {
		c, next, err := parseComparator(text, i)
		if err != nil {
			return Range{}, err
		}
		if comparators = append(comparators, c); len(comparators) > maxComparators {
			return Range{}, errorAt(i, len(text), "the range has more than %d comparators; leave out those that others imply", maxComparators)
		}
		if i = skipSpaces(text, next); i == len(text) {
			return Range{comparators}, nil
		}
		if text[i] != ',' {
			return Range{}, unexpected(text, i, "after the version")
		}
		comma := i
		if i = skipSpaces(text, i+1); i == len(text) {
			return Range{}, errorAt(comma, comma+1, "nothing follows the comma; remove it")
		}
		if text[i] == '*' {
			return Range{}, errorAt(i, i+1, "\"*\" adds nothing to other comparators and must stand alone; remove it")
		}
	}
}

func skipSpaces(text string, i int) int {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	return i
}

var operators = [...]struct {
	text string
	op   operator
}{
	{">=", opGreaterEq}, {"<=", opLessEq}, {">", opGreater}, {"<", opLess}, {"=", opExact}, {"~", opTilde}, {"^", opCaret},
}

func parseComparator(text string, i int) (c comparator, next int, err *Error) {
	start := i
	for _, o := range operators {
		if strings.HasPrefix(text[i:], o.text) {
			c.op = o.op
			i += len(o.text)
			break
		}
	}
	explicit := i > start
	i = skipSpaces(text, i)
	if i == len(text) || text[i] == ',' {
		if explicit {
			return c, i, errorAt(start, i, "the operator has no version behind it")
		}
		return c, i, errorAt(start, min(start+1, len(text)), "a version is missing before the comma")
	}
	if explicit && text[i] == '*' {
		return c, i, errorAt(start, i+1, "\"*\" takes no operator")
	}
	wild := false
	for _, part := range [...]*uint64{&c.major, &c.minor, &c.patch} {
		if c.parts > 0 || wild {
			if i == len(text) || text[i] != '.' {
				break
			}
			i++
			if i < len(text) && text[i] == '*' {
				wild = true
				i++
				continue
			}
			if wild {
				return c, i, errorAt(start, i, "nothing but \"*\" may follow a \"*\"")
			}
		}
		var e *Error
		if *part, i, e = number(text, i); e != nil {
			return c, i, e
		}
		c.parts++
	}
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		if c.parts < 3 {
			return c, i, errorAt(start, i+1, "a pre-release or build belongs to a version of three numbers, and this one has %d", c.parts)
		}
		if text[i] == '-' {
			from := i + 1
			if i, err = identifiers(text, from, "pre-release", false); err != nil {
				return c, i, err
			}
			c.pre = text[from:i]
		}
		if i < len(text) && text[i] == '+' {
			if i, err = identifiers(text, i+1, "build metadata", true); err != nil {
				return c, i, err
			}
		}
	}
	return c, i, nil
}

func number(text string, i int) (n uint64, next int, err *Error) {
	start := i
	for ; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
		d := uint64(text[i] - '0')
		if n > (^uint64(0)-d)/10 {
			return 0, i, errorAt(start, i+1, "the number is too large for a version")
		}
		n = n*10 + d
	}
	switch {
	case i == start:
		return 0, i, unexpected(text, i, "where a number is expected")
	case i-start > 1 && text[start] == '0':
		return 0, i, errorAt(start, i, "a number of a version has no leading zero")
	}
	return n, i, nil
}

// identifiers reads the dotted identifiers of a pre-release or of build metadata.
func identifiers(text string, i int, what string, zeros bool) (next int, err *Error) {
	for {
		start := i
		for i < len(text) && (text[i] == '-' || '0' <= text[i] && text[i] <= '9' || 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z') {
			i++
		}
		id := text[start:i]
		if id == "" {
			return i, errorAt(start-1, min(i+1, len(text)), "the %s has an empty identifier; write letters, digits or \"-\" between its dots", what)
		}
		if !zeros && len(id) > 1 && id[0] == '0' && digits(id) {
			return i, errorAt(start, i, "a number in a pre-release has no leading zero")
		}
		if i == len(text) || text[i] != '.' {
			return i, nil
		}
		i++
	}
}

func wordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= 0x80
}

// unexpected reports the word or the rune at i, or the end of the text.
func unexpected(text string, i int, where string) *Error {
	if i >= len(text) {
		return errorAt(max(len(text)-1, 0), len(text), "the version ends %s", where)
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	end := i + size
	for wordByte(text[i]) && end < len(text) && wordByte(text[end]) {
		end++
	}
	return errorAt(i, end, "%q stands %s", text[i:end], where)
}
