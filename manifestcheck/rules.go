package manifestcheck

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Rule is one thing that can be wrong, with its section of the rules page.
type Rule struct {
	Code     string // "group/name"
	Severity Severity
	// Needs says what a rule must know beyond the text; without it the rule says nothing.
	Needs Needs

	Summary string // one line: what is wrong
	Why     string // markdown: what comes of it
	Bad     string // a manifest, or a part of one, that has it
	Good    string // the same without it
	Fix     string // markdown: what the editor offers, or how to mend it by hand
}

// Needs is what a rule must know beyond the text.
type Needs uint8

const (
	NeedsText   Needs = iota // the manifest alone
	NeedsModule              // the module file beside it
	NeedsFolder              // the folder it lies in
	NeedsRun                 // a run on this machine; reported by the server, not by this package
)

// Group is the part of the code before the slash.
func (r Rule) Group() string { g, _, _ := strings.Cut(r.Code, "/"); return g }

// Name is the part of the code after the slash.
func (r Rule) Name() string { _, n, _ := strings.Cut(r.Code, "/"); return n }

// Rules returns every rule, group by group. It is shared: nobody changes it.
func Rules() []Rule { return rulesTable().list }

type ruleTable struct {
	list   []Rule
	byCode map[string]*Rule
	groups map[string]bool
}

var rulesTable = sync.OnceValue(func() *ruleTable {
	t := &ruleTable{byCode: map[string]*Rule{}, groups: map[string]bool{}}
	for _, group := range [][]Rule{
		syntaxRules(), schemaRules(), versionRules(), protocolRules(), capabilityRules(), runtimeRules(),
		moduleRules(), exportRules(), hookRules(), runRules(),
	} {
		t.list = append(t.list, group...)
	}
	for i := range t.list {
		r := &t.list[i]
		t.byCode[r.Code] = r
		t.groups[r.Group()] = true
	}
	return t
})

func ruleByCode(code string) *Rule { return rulesTable().byCode[code] }

// KnownRule says whether name is a rule's code or a group.
func KnownRule(name string) bool {
	t := rulesTable()
	return t.byCode[name] != nil || t.groups[name]
}

const rulesPage = "https://github.com/samuelpkg/samuel-lsp/blob/main/docs/rules/"

// RuleURL returns the address of a rule's section of the rules page.
func RuleURL(code string) string {
	group, name, _ := strings.Cut(code, "/")
	return rulesPage + group + ".md#" + name
}

// String is the severity as settings spell it: off, hint, information, warning or error.
func (s Severity) String() string {
	switch s {
	case Hint:
		return "hint"
	case Information:
		return "information"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "off"
}

// ParseSeverity reads a severity as settings spell it.
func ParseSeverity(s string) (Severity, bool) {
	for v := Off; v <= Error; v++ {
		if v.String() == s {
			return v, true
		}
	}
	return Off, false
}

// NearestRule returns the rule's code or the group that name was most likely meant to be, "" if none
// is close.
func NearestRule(name string) string {
	var names []string
	for _, r := range Rules() {
		if r.Name() == name {
			return r.Code
		}
		names = append(names, r.Code)
	}
	if !strings.Contains(name, "/") {
		names = slices.Sorted(maps.Keys(rulesTable().groups))
	}
	return nearest(name, names)
}
