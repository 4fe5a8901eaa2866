package tomlsyntax

import (
	"strings"
	"unicode/utf8"
)

// moreText reports whether a line goes on after a bare value that ends at i in a way that makes both one text that lacks
// its quotes, as in version = 1.2 beta.
func (p *parser) moreText(i int) bool {
	for p.at(i) == ' ' || p.at(i) == '\t' {
		i++
	}
	if i >= len(p.src) || newlineAt(p.src, i) > 0 || strings.IndexByte("#,;]}\"'[{/", p.src[i]) >= 0 {
		return false
	}
	return strings.IndexByte(p.src[i:lineEnd(p.src, i)], '=') < 0
}

// badScalar reports the text in [start, end) that stands where a value should, and says what to write for it.
func (p *parser) badScalar(start, end int) {
	text := p.src[start:end]
	found := clip(text)
	switch lower := strings.ToLower(text); {
	case end == start:
		p.report(start, end, "expected a value, found "+p.found(start)+": write one", nil)
	case !utf8.ValidString(text):
		p.badBytes(start, end)
	case lower == "true" || lower == "false" || lower == "inf" || lower == "nan" || lower == "+inf" || lower == "-inf":
		p.report(start, end, "expected a value, found "+found+": write "+lower+", in lower case", replaceFix(start, end, lower))
	case lower == "yes" || lower == "on":
		p.report(start, end, "expected a value, found "+found+": write true", replaceFix(start, end, "true"))
	case lower == "no" || lower == "off":
		p.report(start, end, "expected a value, found "+found+": write false", replaceFix(start, end, "false"))
	case lower == "null" || lower == "nil" || lower == "none" || lower == "undefined":
		p.report(start, end, "expected a value, found "+found+": there is no null in TOML; leave the key out", nil)
	case looksNumeric(text):
		p.badNumber(start, end)
	default:
		p.wantsQuotes(start, end)
	}
}

// badBytes reports the first bytes of a text that is not UTF-8.
func (p *parser) badBytes(start, end int) {
	for i := start; i < end; {
		n, what := badByte(p.src, i)
		if what != "" && p.src[i] >= utf8.RuneSelf {
			p.report(i, i+n, what, p.removeFix(i, i+n))
			return
		}
		i += n
	}
}

// wantsQuotes reports a text that would be a string, had it quotes.
func (p *parser) wantsQuotes(start, end int) {
	text := p.src[start:end]
	bare := strings.Trim(text, "“”‘’„\"'`")
	quoted := Quote(bare)
	if !strings.ContainsFunc(bare, func(r rune) bool { return r > ' ' }) {
		p.report(start, end, "expected a value, found "+clip(text)+": write a value", nil)
		return
	}
	p.report(start, end, "expected a value, found "+clip(text)+": text needs quotes; write "+clip(quoted),
		&ErrorFix{"put quotes around it", []Edit{{Span{start, end}, quoted}}})
}

// looksNumeric reports whether text was meant as a number, a date or a time.
func looksNumeric(text string) bool {
	i := 0
	if text[0] == '+' || text[0] == '-' {
		i = 1
	}
	if i < len(text) && text[i] == '.' {
		i++
	}
	if i >= len(text) || !isDigit(text[i]) {
		return false
	}
	if len(text) > 2 && text[i] == '0' && strings.IndexByte("xXoObB", text[min(i+1, len(text)-1)]) >= 0 {
		return strings.Trim(text[i:], "0123456789abcdefABCDEF_xXoO") == ""
	}
	return strings.Trim(text[i:], "0123456789_.+-eE") == "" && strings.Count(text, ".") < 2 || looksLikeTime(text)
}

// looksLikeTime reports whether text has the outline of a date or a time.
func looksLikeTime(text string) bool {
	if strings.Trim(text, "0123456789-:.+TtZz ") != "" {
		return false
	}
	return len(text) > 4 && text[4] == '-' && number(text[:4]) >= 0 || len(text) > 2 && text[2] == ':' && number(text[:2]) >= 0
}

// badNumber says what is wrong with a number, a date or a time.
func (p *parser) badNumber(start, end int) {
	text := p.src[start:end]
	fixed, why := mendNumber(text)
	if fixed != "" && fixed != text && scalarKind(fixed) != InvalidValue {
		p.report(start, end, "expected a value, found "+clip(text)+": "+why+"; write "+clip(fixed), replaceFix(start, end, fixed))
		return
	}
	p.report(start, end, "expected a value, found "+clip(text)+": "+why, &ErrorFix{"put quotes around it", []Edit{{Span{start, end}, Quote(text)}}})
}

// mendNumber is what a number that TOML doesn't allow was meant to be, "" if unknown, and the rule it breaks.
func mendNumber(text string) (fixed, why string) {
	sign, body := "", text
	if body[0] == '+' || body[0] == '-' {
		sign, body = body[:1], body[1:]
	}
	switch {
	case looksLikeTime(text):
		return mendTime(text), "a date is written 2006-01-02, a time 15:04:05, both 2006-01-02T15:04:05Z, and each part must be in its range; quote it if it is text"
	case len(body) > 1 && body[0] == '0' && strings.IndexByte("xXoObB", body[1]) >= 0:
		if sign == "" && scalarKind(strings.ToLower(body[:2])+body[2:]) == InvalidValue {
			return "", "a number with the prefix " + body[:2] + " needs digits of its base, and must fit 64 bits"
		}
		return strings.ToLower(body[:2]) + body[2:], "a number with a prefix has no sign and a small letter"
	case strings.Contains(body, "_"):
		return strings.ReplaceAll(text, "_", ""), "an underscore stands between two digits only"
	case body[0] == '.':
		return sign + "0" + body, "a number starts with a digit"
	case strings.HasSuffix(body, "."):
		return text + "0", "a digit follows the decimal point"
	case len(body) > 1 && body[0] == '0' && isDigit(body[1]):
		trimmed := strings.TrimLeft(body, "0")
		if trimmed == "" || !isDigit(trimmed[0]) {
			trimmed = "0" + trimmed
		}
		return sign + trimmed, "a number has no leading zeros; quote it if it is text"
	case strings.Trim(body, "0123456789") == "":
		return "", "an integer must lie between -9223372036854775808 and 9223372036854775807"
	case strings.Contains(body, ".e") || strings.Contains(body, ".E"):
		return sign + strings.Replace(strings.ToLower(body), ".e", ".0e", 1), "a digit follows the decimal point"
	}
	return "", "it is no number that 64 bits can hold; quote it if it is text"
}

// mendTime pads the parts of a date that lacks zeros.
func mendTime(text string) string {
	parts := strings.Split(text, "-")
	if len(parts) != 3 || strings.ContainsAny(text, ":Tt ") {
		return ""
	}
	for i := 1; i < 3; i++ {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	return strings.Join(parts, "-")
}
