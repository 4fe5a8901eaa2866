package tomlsyntax

import (
	"strconv"
	"strings"
)

// scalarKind is the kind of a value that is neither a string nor a container, or InvalidValue.
func scalarKind(s string) ValueKind {
	if s == "" {
		return InvalidValue
	}
	switch s[0] {
	case 't', 'f':
		if s == "true" || s == "false" {
			return Bool
		}
		return InvalidValue
	case 'i', 'n':
		if s == "inf" || s == "nan" {
			return Float
		}
		return InvalidValue
	}
	if k := numberKind(s); k != InvalidValue {
		return k
	}
	return timeKind(s)
}

// numberKind is Integer or Float for a number that TOML allows and 64 bits hold.
func numberKind(s string) ValueKind {
	i := 0
	if s[0] == '+' || s[0] == '-' {
		i = 1
		if rest := s[1:]; rest == "inf" || rest == "nan" {
			return Float
		}
	} else if len(s) > 2 && s[0] == '0' {
		switch s[1] {
		case 'x', 'o', 'b':
			return basedKind(s)
		}
	}
	whole := digits(s, i)
	if whole == i || s[i] == '0' && whole > i+1 {
		return InvalidValue
	}
	if whole == len(s) {
		if whole-i > 18 {
			if _, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64); err != nil {
				return InvalidValue
			}
		}
		return Integer
	}
	return floatKind(s, whole)
}

// floatKind is Float if s goes on at i with a fraction, an exponent or both.
func floatKind(s string, i int) ValueKind {
	if s[i] == '.' {
		end := digits(s, i+1)
		if end == i+1 {
			return InvalidValue
		}
		i = end
	}
	long := i > 300
	if i < len(s) && s[i]|0x20 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		end := digits(s, i)
		if end == i {
			return InvalidValue
		}
		i, long = end, true
	}
	if i != len(s) {
		return InvalidValue
	}
	if long {
		if _, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err != nil {
			return InvalidValue
		}
	}
	return Float
}

// digits is the end of the decimal digits at i, with single underscores between them; i if they are not well formed.
func digits(s string, i int) int {
	start := i
	for i < len(s) && (isDigit(s[i]) || s[i] == '_' && i > start && isDigit(s[i-1])) {
		i++
	}
	if i > start && s[i-1] == '_' {
		return start
	}
	return i
}

// basedKind is Integer for 0x, 0o and 0b numbers.
func basedKind(s string) ValueKind {
	for i := 2; i < len(s); i++ {
		ok := false
		switch c := s[i]; s[1] {
		case 'x':
			ok = class[c]&hexByte != 0
		case 'o':
			ok = c >= '0' && c <= '7'
		case 'b':
			ok = c == '0' || c == '1'
		}
		if !ok && (s[i] != '_' || i == 2 || i == len(s)-1 || s[i-1] == '_') {
			return InvalidValue
		}
	}
	if _, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 0, 64); err != nil {
		return InvalidValue
	}
	return Integer
}
