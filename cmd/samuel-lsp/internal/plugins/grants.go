package plugins

import (
	"fmt"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// kinds are the capabilities that can be granted.
var kinds = []string{"filesystem.read", "filesystem.write", "exec", "network.outbound", "samuel.api", "assistant.invoke"}

// Grants reads what the user grants: "all" for everything the manifest asks for, a capability
// (exec), or a capability with targets (network.outbound=api.example.com,cdn.example.com). A grant
// of what the manifest does not ask for is an error: it would have no effect.
func (p *Plugin) Grants(words []string) ([]call.Grant, error) {
	asked := project.Grants(p.Model)
	var grants []call.Grant
	for _, word := range words {
		if word == "all" {
			grants = append(grants, asked...)
			continue
		}
		kind, list, targeted := strings.Cut(word, "=")
		if !slices.Contains(kinds, kind) {
			return nil, fmt.Errorf("--grant is %q; write all, or CAPABILITY[=TARGET,..] with one of %s", word, strings.Join(kinds, ", "))
		}
		i := slices.IndexFunc(asked, func(g call.Grant) bool { return g.Kind == kind })
		if i < 0 {
			return nil, fmt.Errorf("--grant is %q, but the manifest of %s does not ask for that; it asks for %s", word, p.Name(), p.asks())
		}
		g := call.Grant{Kind: kind, Targets: asked[i].Targets}
		if targeted {
			if g.Targets = strings.Split(list, ","); slices.Contains(g.Targets, "") {
				return nil, fmt.Errorf("--grant is %q; a target is missing around a comma or behind =", word)
			}
		}
		grants = append(grants, g)
	}
	return grants, nil
}

func (p *Plugin) asks() string {
	if risky := project.Risky(p.Model); len(risky) > 0 {
		return strings.Join(risky, ", ")
	}
	return "nothing that needs a grant"
}
