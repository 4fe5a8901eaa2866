package semrange

import (
	"strconv"
	"strings"
)

// bound is one end of an interval.
type bound struct {
	version
	inclusive bool
}

// Expand returns the range as one interval in words a reader needs no table for:
// ">=1.2.3, <2.0.0", "=1.2.3", "*", or "nothing".
func (r *Range) Expand() string {
	if r.Any() {
		return "*"
	}
	if r.Empty() {
		return "nothing"
	}
	lo, hi := r.interval()
	if hi != nil && lo.inclusive && hi.inclusive && lo.version == hi.version {
		return "=" + lo.String()
	}
	zero := lo.version == version{} && lo.inclusive
	if hi == nil && zero {
		return "*"
	}
	var b strings.Builder
	if !zero {
		b.WriteString(symbol('>', lo.inclusive))
		b.WriteString(lo.String())
		if hi != nil {
			b.WriteString(", ")
		}
	}
	if hi != nil {
		b.WriteString(symbol('<', hi.inclusive))
		b.WriteString(hi.String())
	}
	return b.String()
}

func symbol(op byte, inclusive bool) string {
	if inclusive {
		return string(op) + "="
	}
	return string(op)
}

// interval returns the least and the greatest end of what all comparators admit; hi is nil where
// nothing ends it.
func (r *Range) interval() (lo bound, hi *bound) {
	lo.inclusive = true
	for i := range r.comparators {
		cl, ch := r.comparators[i].interval()
		if c := cl.compare(&lo.version); c > 0 || c == 0 && !cl.inclusive {
			lo = cl
		}
		if ch == nil {
			continue
		}
		if hi == nil {
			hi = ch
		} else if c := ch.compare(&hi.version); c < 0 || c == 0 && !ch.inclusive {
			hi = ch
		}
	}
	return lo, hi
}

func (c *comparator) interval() (lo bound, hi *bound) {
	lo = bound{c.version, true}
	fixed := c.parts // how many parts may not change
	switch c.op {
	case opGreater:
		if next, ok := c.next(c.parts); ok && c.parts < 3 {
			return bound{next, true}, nil
		}
		return bound{c.version, false}, nil
	case opGreaterEq:
		return lo, nil
	case opLess:
		return bound{inclusive: true}, &bound{c.version, false}
	case opLessEq:
		if c.parts == 3 {
			return bound{inclusive: true}, &bound{c.version, true}
		}
		lo = bound{inclusive: true}
	case opTilde:
		fixed = min(c.parts, 2)
	case opCaret:
		fixed = c.caretFixed()
	default:
		if c.parts == 3 {
			return lo, &bound{c.version, true}
		}
	}
	if end, ok := c.next(fixed); ok {
		hi = &bound{end, false}
	}
	return lo, hi
}

// caretFixed returns how many parts "^" holds fast.
func (c *comparator) caretFixed() int {
	switch {
	case c.major > 0 || c.parts == 1:
		return 1
	case c.minor > 0 || c.parts == 2:
		return 2
	}
	return 3
}

func (v *version) compare(o *version) int {
	for _, p := range [...][2]uint64{{v.major, o.major}, {v.minor, o.minor}, {v.patch, o.patch}} {
		if p[0] < p[1] {
			return -1
		} else if p[0] > p[1] {
			return 1
		}
	}
	return comparePre(v.pre, o.pre)
}

// String returns the comparator as one would write it.
func (c *comparator) String() string {
	text := c.version.String()
	for parts := 3; parts > c.parts; parts-- {
		text = text[:strings.LastIndexByte(text, '.')]
	}
	for _, o := range operators {
		if o.op == c.op {
			return o.text + text
		}
	}
	return text
}

func (v *version) String() string {
	buf := make([]byte, 0, 32)
	buf = strconv.AppendUint(buf, v.major, 10)
	buf = append(buf, '.')
	buf = strconv.AppendUint(buf, v.minor, 10)
	buf = append(buf, '.')
	buf = strconv.AppendUint(buf, v.patch, 10)
	if v.pre != "" {
		buf = append(buf, '-')
		buf = append(buf, v.pre...)
	}
	return string(buf)
}
