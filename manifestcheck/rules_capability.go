package manifestcheck

import (
	"fmt"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// checkCapabilities looks at what the manifest asks for, without regard to the module.
func checkCapabilities(p *pass) {
	checkPaths(p)
	for _, l := range [...]*List{&p.model.Hosts, &p.model.AllowedHosts, &p.model.Outbound} {
		if len(l.Items) > 0 {
			p.onceFor("capability", l.Value.Raw(), func() { p.hosts(l) })
		}
	}
	for i := range p.model.Env.Items {
		p.env(&p.model.Env.Items[i])
	}
	p.risky()
}

// maxRelated bounds the places that one diagnostic points at.
const maxRelated = 20

// risky lists what the user will be asked to grant, on the table that asks for it.
func (p *pass) risky() {
	if !p.isKind(manifest.KindWasm, manifest.KindOCI) || p.off("capability/risky") {
		return
	}
	var names []string
	var related []Related
	for _, r := range p.model.Requests {
		if !r.Risky {
			continue
		}
		name := r.String()
		names = append(names, name)
		if len(related) < maxRelated {
			related = append(related, Related{r.Span, name})
		}
	}
	if len(names) == 0 {
		return
	}
	more := ""
	if n := len(names) - maxRelated; n > 0 {
		names, more = names[:maxRelated], fmt.Sprintf(" and %d more", n)
	}
	p.report(Diagnostic{
		Code: "capability/risky", Span: p.model.CapabilitiesHeader, Related: related,
		Message: "the user will be asked to grant: " + strings.Join(names, ", ") + more,
	})
}

// hosts looks at one list of hosts.
func (p *pass) hosts(l *List) {
	hosts := make([]pattern.Host, len(l.Items))
	seen := make(map[string]bool, len(l.Items))
	for i := range l.Items {
		it := &l.Items[i]
		if seen[it.Name] {
			continue // schema/duplicate-item speaks of it
		}
		seen[it.Name] = true
		h, problem := pattern.CompileHost(it.Name)
		if problem != nil {
			p.report(Diagnostic{
				Code: "capability/invalid-host", Span: it.Span, Message: problem.Message,
				Fixes: writeFix(it.Span, problem.Suggest, false),
			})
			continue
		}
		hosts[i] = h
		if h.Any() {
			p.problem("capability/too-broad", it.Span, "\"*\" asks for every host there is; name the hosts that the plugin talks to")
		}
	}
	for i, j := range pattern.WiderHost(hosts) {
		if j >= 0 {
			p.redundant(l, i, j)
		}
	}
}

// redundant reports item i of a list, which item j covers.
func (p *pass) redundant(l *List, i, j int) {
	if p.off("capability/redundant") {
		return
	}
	it, wider := &l.Items[i], &l.Items[j]
	d := Diagnostic{
		Code: "capability/redundant", Span: it.Span, Tags: []Tag{Unnecessary},
		Message: fmt.Sprintf("%q is covered by %q; remove it", it.Name, wider.Name),
		Related: []Related{{wider.Span, "the entry that covers it"}},
	}
	if p.affordable() {
		d.Fixes = []Fix{{
			Title: "remove " + quote(it.Name), Safe: true, Preferred: true,
			Edits: []tomlsyntax.Edit{p.removeElement(l.Value, it.Index)},
		}}
	}
	p.report(d)
}

// env checks the name of one environment variable.
func (p *pass) env(it *Ref) {
	if validEnv(it.Name) {
		return
	}
	d := Diagnostic{Code: "capability/invalid-env", Span: it.Span}
	name, _, assigned := strings.Cut(strings.TrimSpace(it.Name), "=")
	use := strings.Trim(name, "${}% ")
	if !validEnv(use) {
		use = strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(use)
	}
	what, instead := fmt.Sprintf("%q is no name of an environment variable", it.Name), "write letters, digits and _, with no digit first"
	if assigned {
		what = fmt.Sprintf("%q sets a variable, and env only lists the names of those that are passed on", it.Name)
	}
	if validEnv(use) {
		instead = fmt.Sprintf("write %q", use)
		d.Fixes = writeFix(it.Span, use, false)
	} else if strings.Contains(it.Name, "*") {
		instead = "there are no wildcards: list every variable that the plugin reads"
	}
	d.Message = what + "; " + instead
	p.report(d)
}

func validEnv(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || i == 0) {
			return false
		}
	}
	return name != ""
}
