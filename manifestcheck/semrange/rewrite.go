package semrange

import "strings"

// explain replaces the message of err where the text at its place is the notation of another
// package manager.
func explain(text string, err *Error) {
	for _, n := range notations {
		if i := strings.Index(text, n.text); i >= 0 {
			err.Start, err.End, err.Message = i, i+len(n.text), n.message
			return
		}
	}
	switch at := text[min(err.Start, len(text)):]; {
	case at == "":
	case (at[0] == 'v' || at[0] == 'V') && len(at) > 1 && digits(at[1:2]):
		err.End = err.Start + 1
		err.Message = "a version has no \"v\" before it"
	case (at[0] == 'x' || at[0] == 'X') && err.End == err.Start+1:
		err.Message = "a wildcard is written \"*\", not \"" + at[:1] + "\""
	case err.Start > 0 && text[err.Start-1] == ' ' && strings.IndexByte("<>=^~0123456789*", at[0]) >= 0:
		err.End = endOfWord(text, err.Start)
		err.Message = "two comparators need a comma between them"
	}
	if strings.EqualFold(strings.TrimSpace(text), "latest") {
		err.Start, err.End, err.Message = 0, len(text), "a range has no tags such as \"latest\""
	}
}

func endOfWord(text string, i int) int {
	for i < len(text) && text[i] != ' ' && text[i] != ',' {
		i++
	}
	return i
}

// notations are texts no range of ours can hold, most telling first.
var notations = []struct{ text, message string }{
	{"||", "a range has no alternatives, only comparators that must all hold"},
	{"&&", "comparators are joined by a comma"},
	{" - ", "a range has no \"from - to\" form; give both ends a comparator"},
	{"!=", "a range cannot leave single versions out"},
	{"~>", "the operator is \"~\", not \"~>\""},
	{"~=", "the operator is \"~\", not \"~=\""},
	{"==", "the operator is \"=\", not \"==\""},
	{"=>", "the operator is \">=\", not \"=>\""},
	{"=<", "the operator is \"<=\", not \"=<\""},
}

// rewrite turns what npm, Ruby, Python or a slip of the hand makes of a range into one of ours;
// "" where nothing of that kind is found. The result may still be wrong: the caller parses it.
func rewrite(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > 512 || strings.Contains(text, "!=") {
		return ""
	}
	if strings.EqualFold(text, "latest") {
		return "*"
	}
	if strings.Contains(text, "||") {
		return union(strings.Split(text, "||"))
	}
	if from, to, ok := strings.Cut(text, " - "); ok {
		return ">=" + rewriteVersion(strings.TrimSpace(from)) + ", <=" + rewriteVersion(strings.TrimSpace(to))
	}
	var out []string
	var op string
	for _, word := range strings.FieldsFunc(strings.ReplaceAll(text, "&&", ","), func(r rune) bool { return r == ' ' || r == ',' }) {
		rest := strings.TrimLeft(word, "<>=~^")
		op += word[:len(word)-len(rest)]
		if rest == "" {
			continue // the operator stands apart from its version
		}
		c := rewriteVersion(rest)
		if c != "*" {
			out = append(out, rewriteOperator(op)+c)
		}
		op = ""
	}
	if len(out) == 0 && op == "" {
		return "*"
	}
	if op != "" && len(out) == 0 {
		return ""
	}
	return strings.Join(out, ", ")
}

func rewriteOperator(op string) string {
	switch op {
	case "==", "===":
		return "="
	case "=>":
		return ">="
	case "=<":
		return "<="
	case "~>", "~=", "~~":
		return "~"
	case "^=", "^^":
		return "^"
	}
	return op
}

// rewriteVersion mends one version: "v1" is 1, "1.x" is 1.*, "01" is 1, "1.2-rc" is 1.2.0-rc.
func rewriteVersion(v string) string {
	if len(v) > 1 && (v[0] == 'v' || v[0] == 'V') {
		v = v[1:]
	}
	numbers, tail := v, ""
	if i := strings.IndexAny(v, "-+"); i >= 0 {
		numbers, tail = v[:i], v[i:]
	}
	parts := strings.Split(numbers, ".")
	for i, p := range parts {
		switch {
		case p == "x" || p == "X" || p == "*":
			if i == 0 {
				return "*"
			}
			return strings.Join(parts[:i], ".") + ".*"
		case digits(p):
			if parts[i] = strings.TrimLeft(p, "0"); parts[i] == "" {
				parts[i] = "0"
			}
		}
	}
	if tail != "" {
		for len(parts) < 3 {
			parts = append(parts, "0")
		}
	}
	return strings.Join(parts, ".") + tail
}

// union writes alternatives as one range where they leave no gap between them.
func union(texts []string) string {
	var ends []bound // lower and upper ends in turn
	for _, text := range texts {
		text = strings.TrimSpace(text)
		r, err := parse(text)
		if err != nil {
			if r, err = parse(rewrite(text)); err != nil {
				return ""
			}
		}
		if r.Any() {
			return "*"
		}
		lo, hi := r.interval()
		if hi == nil {
			hi = &bound{version{major: ^uint64(0)}, false}
		}
		at := len(ends)
		for at > 0 && lo.compare(&ends[at-2].version) < 0 {
			at -= 2
		}
		ends = append(ends[:at], append([]bound{lo, *hi}, ends[at:]...)...)
	}
	top := ends[1]
	for i := 2; i < len(ends); i += 2 {
		c := ends[i].compare(&top.version)
		if c > 0 || c == 0 && !ends[i].inclusive && !top.inclusive {
			return ""
		}
		if c := ends[i+1].compare(&top.version); c > 0 || c == 0 && ends[i+1].inclusive {
			top = ends[i+1]
		}
	}
	out := symbol('>', ends[0].inclusive) + ends[0].String()
	if top.major < ^uint64(0) {
		out += ", " + symbol('<', top.inclusive) + top.String()
	}
	return out
}
