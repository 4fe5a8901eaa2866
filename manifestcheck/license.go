package manifestcheck

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/github/go-spdx/v2/spdxexp"
	"github.com/github/go-spdx/v2/spdxexp/spdxlicenses"
)

// Licenses returns the identifiers of the SPDX licence list that are in use, sorted.
func Licenses() []string { return licenses() }

var licenses = sync.OnceValue(func() []string {
	ids := make([]string, 0, 800)
	for _, id := range spdxlicenses.GetLicensesMap() {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
})

// LicenseExceptions returns the identifiers that may follow WITH in an SPDX expression, sorted.
func LicenseExceptions() []string { return licenseExceptions() }

var licenseExceptions = sync.OnceValue(func() []string {
	return slices.Sorted(slices.Values(spdxlicenses.GetExceptions()))
})

func checkLicense(c *Checker, s string) *badValue {
	switch s {
	case "MIT", "Apache-2.0": // what most manifests say
		return nil
	}
	return c.memo.licenses.get(s, licenseProblem)
}

// licenseProblem judges an SPDX expression. Identifiers are compared without regard to case, as
// the standard says; operators are capitals.
func licenseProblem(s string) *badValue {
	if strings.TrimSpace(s) == "" {
		return &badValue{message: `the licence is empty: write an SPDX expression such as "MIT", or leave the key out`}
	}
	words := licenseWords(s)
	for _, w := range words {
		if up := strings.ToUpper(w); w != up && isOperator(up) {
			return &badValue{
				message: fmt.Sprintf("%q is no SPDX expression: operators are capitals, write %s", s, up),
				use:     capitalOperators(s), safe: validLicense(capitalOperators(s)),
			}
		}
	}
	if validLicense(s) {
		return nil
	}
	if alt := strings.Join(strings.Fields(s), "-"); alt != s && validLicense(alt) {
		return &badValue{message: fmt.Sprintf("%q is no SPDX licence identifier: did you mean %q?", s, alt), use: alt}
	}
	if alt := strings.ReplaceAll(s, "/", " OR "); alt != s && validLicense(alt) {
		return &badValue{message: fmt.Sprintf("%q is no SPDX expression: join alternatives with OR", s), use: alt, safe: true}
	}
	for _, w := range words {
		if isOperator(w) || knownLicense(w) {
			continue
		}
		near := nearest(w, Licenses())
		if near == "" {
			return &badValue{message: fmt.Sprintf("%q is no SPDX licence identifier: see https://spdx.org/licenses, or write LicenseRef- and a name of your own", w)}
		}
		b := &badValue{message: fmt.Sprintf("%q is no SPDX licence identifier: did you mean %q?", w, near)}
		if fixed := strings.Replace(s, w, near, 1); validLicense(fixed) {
			b.use = fixed
		}
		return b
	}
	return &badValue{message: fmt.Sprintf("%q is no SPDX expression: write identifiers joined by AND, OR or WITH, such as \"Apache-2.0 OR MIT\"", s)}
}

func isOperator(w string) bool { return w == "AND" || w == "OR" || w == "WITH" }

func validLicense(s string) bool {
	ok, _ := spdxexp.ValidateLicenses([]string{s})
	return ok
}

func knownLicense(id string) bool {
	id = strings.TrimSuffix(id, "+")
	if strings.HasPrefix(id, "LicenseRef-") || strings.HasPrefix(id, "DocumentRef-") {
		return true
	}
	for _, in := range []func(string) (bool, string){spdxlicenses.IsActiveLicense, spdxlicenses.IsDeprecatedLicense, spdxlicenses.IsException} {
		if ok, _ := in(id); ok {
			return true
		}
	}
	return false
}

func licenseWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '(' || r == ')' || r == '/' })
}

// capitalOperators writes and, or and with in capitals, and changes nothing else.
func capitalOperators(s string) string {
	var out strings.Builder
	word := func(w string) {
		if up := strings.ToUpper(w); isOperator(up) {
			w = up
		}
		out.WriteString(w)
	}
	start := 0
	for i, r := range s {
		if strings.ContainsRune(" \t()", r) {
			word(s[start:i])
			out.WriteRune(r)
			start = i + len(string(r))
		}
	}
	word(s[start:])
	return out.String()
}
