package manifestcheck

import (
	"fmt"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// checkVersions looks at the plugin's own version and at every range.
func checkVersions(p *pass) {
	m := p.model
	if m.Version.OK {
		p.onceFor("version", m.Version.Text, p.checkVersion)
	}
	if m.Framework.OK {
		p.onceFor("framework", m.Framework.Text, func() {
			if r, ok := p.versionRange(m.Framework, p.frameworkRange()); ok {
				p.checkFramework(&r)
			}
		})
	}
	if m.Protocol.OK {
		p.onceFor("protocol", m.Protocol.Text, func() {
			if r, ok := p.versionRange(m.Protocol, "^1"); ok {
				p.checkProtocolRange(&r)
			}
		})
	}
	p.requiredRanges()
}

// checkVersion looks at the plugin's own version.
func (p *pass) checkVersion() {
	v := p.model.Version
	if _, err := semrange.ParseSemver(v.Text); err != nil {
		p.report(Diagnostic{
			Code: "version/invalid-semver", Span: v.Span,
			Message: fmt.Sprintf("%q is no version: %s", v.Text, err.Message),
			Fixes:   writeFix(v.Span, err.Suggest, err.Suggest != "" && "v"+err.Suggest == v.Text),
		})
	}
}

// requiredRanges looks at the ranges in [requires].
func (p *pass) requiredRanges() {
	if t, ok := p.table("requires"); ok {
		p.eachOf(t, "ranges", func(it tomlsyntax.Item) { p.requiredRange(it.Value()) })
	}
}

func (p *pass) requiredRange(v tomlsyntax.Value) {
	if text, ok := v.Text(); ok && !plainRange(text) {
		p.versionRange(Text{Text: text, Span: v.Span(), OK: true}, "")
	}
}

// plainRange says whether a range is of the usual kind, a caret, tilde or nothing before a version,
// of which there is nothing to say. It spares the long lists of some manifests a parse.
func plainRange(s string) bool {
	if s != "" && (s[0] == '^' || s[0] == '~') {
		s = s[1:]
	}
	const longest = 9 // digits of a number that no reader refuses
	digits, dots := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if digits++; digits > longest || digits == 2 && s[i-1] == '0' {
				return false
			}
		case c == '.' && digits > 0 && dots < 2:
			digits = 0
			dots++
		default:
			return false
		}
	}
	return digits > 0
}

// versionRange parses a range and reports what is wrong with it by itself. It returns false where
// nothing more can be said of the range. usual is the range to write instead of "*", if known.
func (p *pass) versionRange(t Text, usual string) (semrange.Range, bool) {
	if !t.OK {
		return semrange.Range{}, false
	}
	r, err := semrange.Parse(t.Text)
	switch {
	case err != nil:
		p.report(Diagnostic{
			Code: "version/invalid-range", Span: t.Span,
			Message: fmt.Sprintf("%q is no range: %s", t.Text, err.Message),
			Fixes:   writeFix(t.Span, err.Suggest, false),
		})
		return r, false
	case r.Any():
		d := Diagnostic{Code: "version/any-range", Span: t.Span, Message: "the range admits every version, also those that break what the plugin relies on; name the lowest one that works, with a caret"}
		if usual != "" {
			d.Message += fmt.Sprintf(", for example %q", usual)
			d.Fixes = writeFix(t.Span, usual, false)
		}
		p.report(d)
	case r.Empty():
		d := Diagnostic{Code: "version/empty-range", Span: t.Span, Message: fmt.Sprintf("no version is in %q, as its parts exclude each other; mend one of the bounds", t.Text)}
		if s := r.Swapped(); s != "" {
			d.Message = fmt.Sprintf("no version is in %q, as its parts exclude each other; write %q if the bounds were mixed up", t.Text, s)
			d.Fixes = writeFix(t.Span, s, false)
		}
		p.report(d)
		return r, false
	}
	return r, true
}

// frameworkRange is the caret range of the framework version checked against, "" if that is none.
func (p *pass) frameworkRange() string {
	v, err := semrange.ParseSemver(p.checker.framework)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("^%d.%d", v.Major(), v.Minor())
}

func (p *pass) checkFramework(r *semrange.Range) {
	v, err := semrange.ParseSemver(p.checker.framework)
	if err != nil || r.Contains(v) {
		return
	}
	t := p.model.Framework
	d := Diagnostic{Code: "version/framework-excluded", Span: t.Span, Message: fmt.Sprintf("%q excludes the framework's version %s", t.Text, v)}
	if admits := r.Expand(); admits != t.Text {
		d.Message += fmt.Sprintf(", as it admits %s only", admits)
	}
	if usual := p.frameworkRange(); v.Prerelease() == "" {
		d.Message += fmt.Sprintf("; write %q if the plugin works with it", usual)
		d.Fixes = writeFix(t.Span, usual, false)
	}
	p.report(d)
}

// writeFix replaces a string by another one. It returns none for "", so that callers can pass on
// a suggestion as it is.
func writeFix(at tomlsyntax.Span, text string, safe bool) []Fix {
	if text == "" {
		return nil
	}
	return []Fix{{Title: "write " + quote(text), Edits: []tomlsyntax.Edit{replace(at, quote(text))}, Safe: safe, Preferred: true}}
}

// valueFix writes a valid value in the place of another, which needs no proof that it keeps the file valid.
func valueFix(title string, edit tomlsyntax.Edit) []Fix {
	return []Fix{{Title: title, Edits: []tomlsyntax.Edit{edit}, Preferred: true}}
}
