package tomlsyntax

import (
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
)

// ValueKind is the kind of a value.
type ValueKind uint8

const (
	// InvalidValue is text that is no value, or the place of one that is missing.
	InvalidValue ValueKind = iota
	// String is a string of any of the four notations.
	String
	// Integer is an integer that fits 64 bits.
	Integer
	// Float is a floating-point number, also inf and nan.
	Float
	// Bool is true or false.
	Bool
	// OffsetDateTime is a date and time with an offset from UTC.
	OffsetDateTime
	// LocalDateTime is a date and time without an offset.
	LocalDateTime
	// LocalDate is a date.
	LocalDate
	// LocalTime is a time of day.
	LocalTime
	// Array is an array in brackets.
	Array
	// InlineTable is a table in braces.
	InlineTable
)

var kindNames = [...]string{
	"invalid value", "string", "integer", "float", "boolean", "date-time", "local date-time", "local date",
	"local time", "array", "inline table",
}

// String is the kind's name as a message would use it.
func (k ValueKind) String() string { return kindNames[k] }

// Value is one value of an expression. The zero Value is invalid and has no place.
type Value struct {
	n    *Node
	i    int32
	base int
}

func (v Value) v() *value { return v.n.valueOf(v.i) }

// Kind is the value's kind, InvalidValue for the zero Value.
func (v Value) Kind() ValueKind {
	if v.n == nil {
		return InvalidValue
	}
	return v.v().kind
}

// Span covers the value with its quotes or brackets.
func (v Value) Span() Span {
	if v.n == nil {
		return Span{}
	}
	return v.v().at(v.base)
}

// Present reports whether there is text for the value, be it valid or not.
func (v Value) Present() bool { return v.n != nil && v.v().end > v.v().start }

// Raw is the value's source.
func (v Value) Raw() string {
	if v.n == nil {
		return ""
	}
	return v.n.text[v.v().start:v.v().end]
}

// Text is the decoded text of a string.
func (v Value) Text() (string, bool) {
	if v.Kind() != String {
		return "", false
	}
	return decodeString(v.Raw(), v.v().esc), true
}

// Int is the number an integer stands for.
func (v Value) Int() (int64, bool) {
	if v.Kind() != Integer {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(v.Raw(), "_", ""), 0, 64)
	return n, err == nil
}

// Float is the number a float stands for.
func (v Value) Float() (float64, bool) {
	if v.Kind() != Float {
		return 0, false
	}
	raw := strings.ReplaceAll(v.Raw(), "_", "")
	switch raw {
	case "nan", "+nan":
		return math.NaN(), true
	case "-nan":
		return math.Copysign(math.NaN(), -1), true
	}
	f, err := strconv.ParseFloat(raw, 64)
	return f, err == nil
}

// Bool is what a boolean says.
func (v Value) Bool() (value, ok bool) {
	if v.Kind() != Bool {
		return false, false
	}
	return v.Raw() == "true", true
}

// Time is the moment of an offset date-time. Local dates and times are given in UTC, a local time in the year 0.
func (v Value) Time() (time.Time, bool) {
	switch v.Kind() {
	case OffsetDateTime, LocalDateTime, LocalDate, LocalTime:
		return decodeTime(v.Raw())
	}
	return time.Time{}, false
}

// Elements are the elements of an array, also the invalid ones.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		for c := v.i + 1; c < v.v().last; c = v.n.valueOf(c).last {
			if !yield(Value{v.n, c, v.base}) {
				return
			}
		}
	}
}

// Entries are the entries of an inline table as they are written, dotted keys whole.
func (v Value) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if v.Kind() != InlineTable {
			return
		}
		for c := v.i + 1; c < v.v().last; c = v.n.valueOf(c).last {
			x := v.n.valueOf(c)
			if !yield(Entry{v.n.entryKey(x, v.base), Value{v.n, c, v.base}}) {
				return
			}
		}
	}
}

// Len is the number of elements of an array or entries of an inline table.
func (v Value) Len() int {
	n := 0
	if k := v.Kind(); k == Array || k == InlineTable {
		for c := v.i + 1; c < v.v().last; c = v.n.valueOf(c).last {
			n++
		}
	}
	return n
}

// Table is the logical view of an inline table.
func (v Value) Table() (Table, bool) {
	if v.Kind() != InlineTable {
		return Table{}, false
	}
	return Table{first: part{body: inlineBody(v.n, v.i), ent: root, base: v.base}}, true
}

// entryKey is the key of an inline entry.
func (n *Node) entryKey(x *value, base int) Key {
	k := Key{n: n, lo: x.seg, hi: x.seg + x.nseg, base: base}
	if x.nseg > 0 {
		k.span = span32{n.segment(k.lo).start, n.segment(k.hi - 1).end}
	}
	return k
}
