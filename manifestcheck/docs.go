package manifestcheck

import (
	"fmt"
	"strings"
)

// RuleDocs returns the rules page: for each group, the markdown of docs/rules/<group>.md.
func RuleDocs() map[string]string {
	pages := map[string]*strings.Builder{}
	for _, r := range Rules() {
		b := pages[r.Group()]
		if b == nil {
			b = &strings.Builder{}
			pages[r.Group()] = b
			fmt.Fprintf(b, "# Rules: %s\n\nGenerated from the rule table of package `manifestcheck`; change it there.\n", r.Group())
		}
		b.WriteString("\n" + r.Markdown())
	}
	out := make(map[string]string, len(pages))
	for g, b := range pages {
		out[g] = b.String()
	}
	return out
}

// Markdown is the rule's section of its page, from its heading on.
func (r Rule) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n`%s` · default severity: %s%s\n\n**What.** %s.\n\n**Why.** %s\n\n", r.Name(), r.Code, r.Severity, r.Needs.text(), capital(r.Summary), r.Why)
	if r.Needs != NeedsRun {
		fmt.Fprintf(&b, "Bad:\n\n```toml\n%s```\n\nGood:\n\n```toml\n%s```\n\n", r.Bad, r.Good)
	} else {
		fmt.Fprintf(&b, "Shown on the line of the export or hook that ran:\n\n```toml\n%s```\n\n", r.Bad)
	}
	fmt.Fprintf(&b, "**Fix.** %s\n", r.Fix)
	return b.String()
}

func (n Needs) text() string {
	switch n {
	case NeedsModule:
		return " · looks at the module"
	case NeedsFolder:
		return " · looks at the folder"
	case NeedsRun:
		return " · seen when the plugin runs"
	}
	return ""
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
