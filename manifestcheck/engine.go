// Package manifestcheck says everything that is wrong with a samuel-plugin.toml.
//
// It is a pure function of three things: the file's text (a tomlsyntax tree, broken or not), what
// is known of the plugin's module, and what is known of its folder. It knows no editor and no
// WebAssembly runtime, reads no file and prints nothing.
//
// Rules live in files rule by rule group; each is a pass over the pass value, listed in passes.go.
// What a key may hold is said once, in the schema table (schema.go); no rule repeats it.
package manifestcheck

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// MaxDiagnostics bounds the diagnostics of one file; one more says how many were left out.
const MaxDiagnostics = 1000

// DefaultFrameworkVersion is the framework version manifests are checked against unless configured.
const DefaultFrameworkVersion = "2.3.0"

// Config is what a user may change about the checks.
type Config struct {
	// Rules sets severities by rule code ("export/missing") or group ("export"); a rule wins over its group.
	Rules map[string]Severity
	// FrameworkVersion is the version samuel.framework must admit; empty means DefaultFrameworkVersion.
	FrameworkVersion string
}

// Checker checks manifests under one configuration. It keeps bounded memo tables of facts about
// strings (ranges, patterns, licences), never of files, and is safe for concurrent use.
type Checker struct {
	framework  string
	severities map[string]Severity // of the codes whose severity is configured
	memo       memos
	passes     sync.Pool // of *pass
}

// New returns a Checker. Names in cfg.Rules that are neither a rule nor a group are ignored;
// callers that want to report them ask KnownRule.
func New(cfg Config) *Checker {
	c := &Checker{framework: cfg.FrameworkVersion, memo: newMemos()}
	if c.framework == "" {
		c.framework = DefaultFrameworkVersion
	}
	if len(cfg.Rules) > 0 {
		c.severities = make(map[string]Severity)
		for _, r := range Rules() {
			if s, ok := cfg.Rules[r.Group()]; ok {
				c.severities[r.Code] = s
			}
			if s, ok := cfg.Rules[r.Code]; ok {
				c.severities[r.Code] = s
			}
		}
	}
	return c
}

// SeverityOf returns the severity that the configuration gives a rule, Off if it is switched off or unknown.
func (c *Checker) SeverityOf(code string) Severity {
	if s, ok := c.severities[code]; ok {
		return s
	}
	if r := ruleByCode(code); r != nil {
		return r.Severity
	}
	return Off
}

// Result is everything known of one version of a manifest.
type Result struct {
	Diagnostics []Diagnostic // sorted by span, then code
	Model       *Model

	tree    *tomlsyntax.Tree
	ignores []ignore
}

// Check runs every rule over the tree. With zero Facts the rules that need a module or a folder
// say nothing; everything else is the same.
func (c *Checker) Check(t *tomlsyntax.Tree, f Facts) *Result {
	p, _ := c.passes.Get().(*pass)
	if p == nil {
		p = &pass{}
	}
	*p = pass{checker: c, tree: t, src: t.Source(), root: t.Root(), facts: f, scratch: p.scratch}
	defer func() {
		*p = pass{scratch: p.emptied()}
		c.passes.Put(p)
	}()
	p.model = buildModel(p)
	for _, run := range passes {
		run(p)
	}
	res := &Result{Model: p.model, tree: t, ignores: findIgnores(t)}
	kept := p.applyIgnores(res.ignores)
	res.Diagnostics = p.finish(kept)
	return res
}

// pass is one check of one tree: what rules read and where they report.
type pass struct {
	checker *Checker
	tree    *tomlsyntax.Tree
	src     string
	root    tomlsyntax.Table
	facts   Facts
	model   *Model

	diags []Diagnostic
	scratch
	seen     uint64 // bits of the fields that gather met, by index
	reported int    // calls of report

	claimed map[string]bool // keys that checkLegacy spoke of
	costly  int             // fixes computed that take time with the length of the file; see affordable
	dropped int             // diagnostics beyond the bound
	worst   Diagnostic
}

// collectLimit bounds what a hostile file can make a pass hold before the list is cut.
const collectLimit = 4 * MaxDiagnostics

// report adds a diagnostic. Its severity is the configured one, else the one set on d, else the
// rule's own.
func (p *pass) report(d Diagnostic) {
	p.reported++
	if s, ok := p.checker.severities[d.Code]; ok {
		d.Severity = s
	} else if d.Severity == Off {
		d.Severity = ruleByCode(d.Code).Severity
	}
	if d.Severity == Off {
		return
	}
	if p.full() {
		p.drop(d)
		return
	}
	p.diags = append(p.diags, d)
}

// full says whether no more diagnostics are kept: what is reported now is only counted, and needs
// neither message nor fix.
func (p *pass) full() bool { return len(p.diags) >= collectLimit }

// problem reports a diagnostic without related places or fixes.
func (p *pass) problem(code string, at tomlsyntax.Span, format string, args ...any) {
	p.report(Diagnostic{Code: code, Span: at, Message: fmt.Sprintf(format, args...)})
}

// off says whether a rule is switched off, so that a costly rule need not run.
func (p *pass) off(code string) bool { return p.checker.SeverityOf(code) == Off }

// isKind says whether the manifest's kind is known, by what it says or else by its tables, and one
// of kinds. Rules that depend on the kind ask it.
func (p *pass) isKind(kinds ...string) bool { return slices.Contains(kinds, p.model.Tier) }

func (p *pass) drop(d Diagnostic) {
	if p.dropped == 0 || d.Severity > p.worst.Severity {
		p.worst = d
	}
	p.dropped++
}

// finish sorts the diagnostics and bounds their number.
func (p *pass) finish(diags []Diagnostic) []Diagnostic {
	slices.SortStableFunc(diags, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End),
			cmp.Compare(a.Code, b.Code))
	})
	if len(diags) > MaxDiagnostics {
		for _, d := range diags[MaxDiagnostics:] {
			p.drop(d)
		}
		diags = diags[:MaxDiagnostics]
	}
	if p.dropped > 0 {
		last := p.worst
		last.Message = fmt.Sprintf("%d more problems are not shown; mend those above, or switch rules off, to see them", p.dropped)
		last.Related, last.Tags, last.Fixes = nil, nil, nil
		diags = append(diags, last)
	}
	return diags
}
