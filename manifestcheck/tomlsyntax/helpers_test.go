package tomlsyntax

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// joined is the text that the tree's tokens make, or why they do not follow each other.
func joined(t *Tree) string {
	var b strings.Builder
	at := 0
	for tok := range t.Tokens() {
		if tok.Span.Start != at || tok.Span.End <= at {
			return fmt.Sprintf("token %v does not follow %d", tok, at)
		}
		at = tok.Span.End
		b.WriteString(t.Source()[tok.Span.Start:at])
	}
	return b.String()
}

// plain is a table as Go values, the way the decoder of the differential tests returns them.
func plain(tab Table) map[string]any {
	m := map[string]any{}
	for it := range tab.Items() {
		m[it.Name()] = plainItem(it)
	}
	return m
}

func plainItem(it Item) any {
	if it.IsArrayOfTables() {
		all := []any{}
		for _, tab := range it.Tables() {
			all = append(all, plain(tab))
		}
		return all
	}
	if it.IsValue() {
		return plainValue(it.Value())
	}
	tab, _ := it.Table()
	return plain(tab)
}

func plainValue(v Value) any {
	switch v.Kind() {
	case String:
		s, _ := v.Text()
		return s
	case Integer:
		n, _ := v.Int()
		return n
	case Float:
		f, _ := v.Float()
		return floatText(f)
	case Bool:
		b, _ := v.Bool()
		return b
	case OffsetDateTime, LocalDateTime, LocalDate, LocalTime:
		at, _ := v.Time()
		return timeText(at, v.Kind() == OffsetDateTime)
	case Array:
		all := []any{}
		for e := range v.Elements() {
			all = append(all, plainValue(e))
		}
		return all
	case InlineTable:
		tab, _ := v.Table()
		return plain(tab)
	}
	return "invalid: " + v.Raw()
}

func floatText(f float64) string {
	return fmt.Sprint(f, math.Signbit(f))
}

func timeText(at time.Time, offset bool) string {
	if offset {
		return at.UTC().Format(time.RFC3339Nano)
	}
	return at.Format("2006-01-02T15:04:05.999999999")
}

// differ says how two values of deep documents differ. A finer comparison takes exponential time where they nest.
func differ(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("want %q\n got %q", want, got)
}
