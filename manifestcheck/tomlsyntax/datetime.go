package tomlsyntax

import (
	"strings"
	"time"
)

// timeKind is the kind of the date, time or both that s is.
func timeKind(s string) ValueKind {
	date := dateAt(s)
	if date == len(s) {
		if date == 0 {
			return InvalidValue
		}
		return LocalDate
	}
	rest := s[date:]
	if date > 0 {
		if c := rest[0]; c != 'T' && c != 't' && c != ' ' {
			return InvalidValue
		}
		rest = rest[1:]
	}
	clock := clockAt(rest)
	switch {
	case clock == 0:
		return InvalidValue
	case clock == len(rest) && date > 0:
		return LocalDateTime
	case clock == len(rest):
		return LocalTime
	case date > 0 && isOffset(rest[clock:]):
		return OffsetDateTime
	}
	return InvalidValue
}

// dateAt is the length of the date that s begins with, 0 for none or one that no calendar has.
func dateAt(s string) int {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0
	}
	year, month, day := number(s[0:4]), number(s[5:7]), number(s[8:10])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0
	}
	return 10
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// clockAt is the length of the time of day that s begins with, seconds optional. There is no leap second: a program
// that reads the value could not represent it.
func clockAt(s string) int {
	if len(s) < 5 || s[2] != ':' || !within(s[0:2], 23) || !within(s[3:5], 59) {
		return 0
	}
	if len(s) < 6 || s[5] != ':' {
		return 5
	}
	if len(s) < 8 || !within(s[6:8], 59) {
		return 0
	}
	if len(s) == 8 || s[8] != '.' {
		return 8
	}
	i := 9
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == 9 {
		return 0
	}
	return i
}

// isOffset reports whether s is Z or a distance from UTC.
func isOffset(s string) bool {
	if s == "Z" || s == "z" {
		return true
	}
	return len(s) == 6 && (s[0] == '+' || s[0] == '-') && s[3] == ':' && within(s[1:3], 23) && within(s[4:6], 59)
}

func within(s string, limit int) bool {
	n := number(s)
	return n >= 0 && n <= limit
}

// number is the value of the decimal digits s, or -1.
func number(s string) int {
	n := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// decodeTime is the moment a valid date or time stands for.
func decodeTime(raw string) (time.Time, bool) {
	s := strings.ToUpper(raw)
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	layouts := [...]string{
		time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04",
		time.DateOnly, "15:04:05.999999999", "15:04",
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
