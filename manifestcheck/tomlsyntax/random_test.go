package tomlsyntax

import (
	"math/rand"
	"strings"
	"testing"
)

// document is a random one in which few names meet in many ways, most of it valid on its own.
func document(r *rand.Rand) string {
	var b strings.Builder
	key := func() string {
		parts := make([]string, 1+r.Intn(3))
		for i := range parts {
			parts[i] = []string{"a", "b", `"a"`, "c", `'b'`, `"\u0063"`}[r.Intn(6)]
		}
		return strings.Join(parts, []string{".", " . "}[r.Intn(2)])
	}
	var value func(depth int) string
	value = func(depth int) string {
		n := r.Intn(10)
		if depth > 2 && n > 6 {
			n = 0
		}
		switch n {
		case 7, 8:
			items := make([]string, r.Intn(3))
			for i := range items {
				items[i] = value(depth + 1)
			}
			return "[" + strings.Join(items, []string{",", ", ", " ,\n", " , # x\n"}[r.Intn(4)]) + "]"
		case 9:
			items := make([]string, r.Intn(3))
			for i := range items {
				items[i] = key() + "=" + value(depth+1)
			}
			return "{" + strings.Join(items, []string{",", ", ", ",\n"}[r.Intn(3)]) + "}"
		}
		values := []string{
			"1", "-0", "+7", "0x1F", "1_0", "1.5", "-1e-3", "6.02E23", "inf", "-nan", "true", "false", `""`, `"x\ty"`, "'\\'",
			"\"\"\"\n a \\\n  b\"\"\"", "'''\nx''y'''", `"""a""b"""""`, "2020-02-29", "2020-02-29T12:30", "07:32:00.5",
			"2020-02-29 12:30:00Z", "1979-05-27t07:32:00.999999-07:00", `"\x41\u00e9\U0001F600\e"`, "0o17", "0b1",
			"1e5", "1_0.0_1", "9223372036854775807", "-9223372036854775808",
		}
		return values[r.Intn(len(values))]
	}
	for range 1 + r.Intn(7) {
		switch r.Intn(8) {
		case 0, 1:
			b.WriteString("[" + key() + "]")
		case 2:
			b.WriteString("[[" + key() + "]]")
		default:
			b.WriteString(key() + " = " + value(0))
		}
		b.WriteString([]string{"\n", " # c\n", "\r\n"}[r.Intn(3)])
	}
	return b.String()
}

func TestRandomDocuments(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	valid := 0
	for range 15_000 {
		src := document(r)
		if d := disagreement(src); d != "" {
			t.Fatalf("%s\n%q", d, src)
		}
		tree := Parse(src)
		if len(tree.Errors()) == 0 {
			valid++
			checkFormat(t, src)
		}
		if i := r.Intn(len(src) + 1); r.Intn(4) == 0 {
			checkApply(t, tree, Edit{Span{i, min(len(src), i+r.Intn(3))}, editPieces[r.Intn(len(editPieces))]})
		}
	}
	if valid < 1500 {
		t.Errorf("only %d documents are valid", valid)
	}
}
