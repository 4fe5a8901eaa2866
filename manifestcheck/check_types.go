package manifestcheck

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// wrongType reports a key that holds another type than the schema says.
func (w *walker) wrongType(e *entry) {
	it, f, path := &e.item, e.field, e.path()
	d := Diagnostic{Code: "schema/wrong-type", Span: it.KeySpan()}
	found := "a table"
	switch {
	case it.IsArrayOfTables():
		found = "an array of tables"
		d.Fixes = w.singleTable(f, path, len(it.Tables()))
	case it.IsValue():
		v := it.Value()
		if v.Kind() == tomlsyntax.InvalidValue {
			return
		}
		d.Span, found = v.Span(), article(v.Kind().String())
		d.Fixes = w.retyped(v, f)
	}
	label := f.label()
	if label == "" || strings.HasSuffix(f.Path, ".*") {
		label = keyText(path)
	}
	d.Message = fmt.Sprintf("%s must be %s, found %s%s", label, article(f.Type.String()), found, hint(d.Fixes, f))
	w.report(d)
}

// hint says what to write instead: what the fix does, or an example.
func hint(fixes []Fix, f *Field) string {
	switch {
	case len(fixes) > 0 && len(fixes[0].Edits) == 1 && fixes[0].Edits[0].Text != "":
		return ": write " + fixes[0].Edits[0].Text
	case f.Type == TypeTable || f.Type == TypeMap || f.Type == TypeAny:
		return ": write it as a table with [" + f.Path + "] above its keys"
	case f.Type == TypeStrings && f.Example != "":
		return ": write a list such as " + f.Example
	case f.Example != "":
		return ": write for example " + f.Example
	case f.Constraint != "":
		return ": write " + f.Constraint
	}
	return ""
}

func article(s string) string {
	if strings.ContainsRune("aeiou", rune(s[0])) {
		return "an " + s
	}
	return "a " + s
}

// retyped writes the same thing in the type that the key holds, where that can be told.
func (w *walker) retyped(v tomlsyntax.Value, f *Field) []Fix {
	text, isText := v.Text()
	use, safe := "", true
	switch f.Type {
	case TypeBool:
		switch strings.ToLower(text) {
		case "true", "yes", "on":
			use, safe = "true", text == "true"
		case "false", "no", "off":
			use, safe = "false", text == "false"
		}
		if n, ok := v.Int(); ok && (n == 0 || n == 1) {
			use, safe = strconv.FormatBool(n == 1), false
		}
	case TypeInteger:
		if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); isText && err == nil {
			use = strconv.FormatInt(n, 10)
		}
		if x, ok := v.Float(); ok && x == float64(int64(x)) && x > -1<<53 && x < 1<<53 {
			use = strconv.FormatInt(int64(x), 10)
		}
	case TypeStrings:
		if isText {
			use = "[" + v.Raw() + "]"
		}
	case TypeTable:
		if f.Path == "samuel" && isText {
			use, safe = "{ framework = "+v.Raw()+" }", false
		}
	case TypeString:
		switch v.Kind() {
		case tomlsyntax.Integer, tomlsyntax.Float, tomlsyntax.LocalDate:
			use, safe = quote(v.Raw()), false
			if f.Rule == "runtime/invalid-duration" {
				use = quote(v.Raw() + "s")
			}
		case tomlsyntax.Array:
			if v.Len() == 1 {
				for e := range v.Elements() {
					if _, ok := e.Text(); ok {
						use = e.Raw()
					}
				}
			}
		}
	}
	if use == "" {
		return nil
	}
	fixes := []Fix{{Title: "write " + use, Edits: []tomlsyntax.Edit{replace(v.Span(), use)}, Safe: safe, Preferred: true}}
	if v.Kind() == tomlsyntax.Array {
		fixes = w.keepingComments(fixes)
	}
	return fixes
}

// singleTable writes [[x]] as [x], if there is only one.
func (w *walker) singleTable(f *Field, path []string, n int) []Fix {
	if n != 1 || !w.affordable() || f.Type != TypeTable && f.Type != TypeMap && f.Type != TypeAny {
		return nil
	}
	for s := range w.tree.Sections() {
		h, headed := s.Header()
		names, _ := headerPath(s)
		if !headed || h.Kind() != tomlsyntax.ArrayHeader || len(names) != len(path) || !hasPrefix(names, path) {
			continue
		}
		if h.Broken() { // its brackets may not be there
			return nil
		}
		k := h.Key().Span()
		open := strings.Index(w.src[h.Span().Start:], "[[") + h.Span().Start
		end := strings.Index(w.src[k.End:], "]]") + k.End
		return w.fix("write a single table", true,
			replace(tomlsyntax.Span{Start: open, End: open + 2}, "["), replace(tomlsyntax.Span{Start: end, End: end + 2}, "]"))
	}
	return nil
}

// wrongItem reports an item of a list that is no string.
func (w *walker) wrongItem(list, e tomlsyntax.Value, i int, f *Field) {
	if e.Kind() == tomlsyntax.InvalidValue {
		return
	}
	d := Diagnostic{Code: "schema/wrong-type", Span: e.Span()}
	use := ""
	switch e.Kind() {
	case tomlsyntax.Array, tomlsyntax.InlineTable:
	default:
		use = quote(e.Raw())
		d.Fixes = append(d.Fixes, Fix{Title: "write " + use, Edits: []tomlsyntax.Edit{replace(e.Span(), use)}, Preferred: true})
		use = ": write " + use
	}
	d.Fixes = append(d.Fixes, w.removing("remove the item", list, i, false, false)...)
	d.Message = fmt.Sprintf("each item of %s must be a string, found %s%s", f.Path, article(e.Kind().String()), use)
	w.report(d)
}
