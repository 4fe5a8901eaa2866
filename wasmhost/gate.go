package wasmhost

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// DeniedError says which capability a plugin used without leave, and why it was refused.
type DeniedError struct {
	Kind   Kind
	Target string
	// Declared is true where the manifest asks for it but the user has not granted it.
	Declared bool
	// Policy is true where a capability that is granted was refused by [HostState.OutboundOK] or
	// [HostState.ExecOK], or by a rule of the host itself.
	Policy bool

	why string // of a rule of the host itself
}

// Error names the capability, its target, and what to do to be allowed.
func (e *DeniedError) Error() string {
	what := strings.TrimRight(string(e.Kind)+" "+e.Target, " ")
	switch {
	case e.why != "":
		return fmt.Sprintf("%s refused: %s", what, e.why)
	case e.Policy:
		return fmt.Sprintf("%s refused by policy", what)
	case e.Declared:
		return fmt.Sprintf("%s is declared but not granted, grant it to this plugin to allow it", what)
	}
	return fmt.Sprintf("%s is not declared, add %s to the manifest", what, e.remedy())
}

// remedy is the manifest line that declares what was missing.
func (e *DeniedError) remedy() string {
	switch e.Kind {
	case FilesystemRead:
		return fmt.Sprintf("%q to read under [capabilities.filesystem]", e.Target)
	case FilesystemWrite:
		return fmt.Sprintf("%q to write under [capabilities.filesystem]", e.Target)
	case NetworkOutbound:
		return fmt.Sprintf("%q to hosts under [capabilities.network]", e.Target)
	case Exec:
		return "exec = true to [capabilities]"
	case SamuelAPI:
		return "api = true to [capabilities.samuel]"
	case AssistantInvoke:
		return "invoke = true to [capabilities.assistant]"
	}
	return "it"
}

// gate decides every privileged call of one plugin: what the manifest declares, and of that, what
// was granted. It is immutable.
type gate struct {
	// open is true where nothing says what is declared: the grants alone decide.
	open bool

	reads, writes pattern.Set
	hosts         hosts
	flags         map[Kind]bool // exec, samuel.api, assistant.invoke
	grants        map[Kind]*granted
}

// granted is the union of all grants of one kind.
type granted struct {
	all   bool
	paths pattern.Set
	hosts hosts
}

// gateFromCall builds the gate of a run from its request.
func gateFromCall(c *call.Capabilities, grants []call.Grant) *gate {
	g := &gate{
		reads:  pattern.CompileSet(c.Read),
		writes: pattern.CompileSet(c.Write),
		hosts:  compileHosts(c.Hosts),
		flags:  map[Kind]bool{Exec: c.Exec, SamuelAPI: c.SamuelAPI, AssistantInvoke: c.Assistant},
		grants: make(map[Kind]*granted, len(grants)),
	}
	for _, gr := range grants {
		g.addGrant(Kind(gr.Kind), gr.Targets)
	}
	return g
}

// gateFromCaps builds the gate of a HostState. A nil caps leaves the decision to the grants;
// a mount that is not read-only may be read too.
func gateFromCaps(c *Capabilities, grants []Grant) *gate {
	g := &gate{open: c == nil, grants: make(map[Kind]*granted, len(grants))}
	if c != nil {
		var reads, writes []string
		for _, m := range c.Filesystem {
			reads = append(reads, m.HostPath)
			if !m.ReadOnly {
				writes = append(writes, m.HostPath)
			}
		}
		g.reads, g.writes = pattern.CompileSet(reads), pattern.CompileSet(writes)
		g.hosts = compileHosts(c.NetworkHost)
		g.flags = map[Kind]bool{Exec: true, SamuelAPI: true, AssistantInvoke: true}
	}
	for _, gr := range grants {
		g.addGrant(gr.Kind, gr.Targets)
	}
	return g
}

func (g *gate) addGrant(kind Kind, targets []string) {
	gr := g.grants[kind]
	if gr == nil {
		gr = new(granted)
		g.grants[kind] = gr
	}
	if len(targets) == 0 {
		gr.all = true
		return
	}
	switch kind {
	case FilesystemRead, FilesystemWrite:
		gr.paths = append(gr.paths, pattern.CompileSet(targets)...)
	case NetworkOutbound:
		gr.hosts = append(gr.hosts, compileHosts(targets)...)
	default:
		gr.all = true
	}
}

// declares reports whether the manifest asks for kind on target.
func (g *gate) declares(kind Kind, target string) bool {
	if g.open {
		return true
	}
	switch kind {
	case FilesystemRead:
		return g.reads.Match(target)
	case FilesystemWrite:
		return g.writes.Match(target)
	case NetworkOutbound:
		return g.hosts.cover(target)
	}
	return g.flags[kind]
}

// grantsTo reports whether the user agreed to kind on target. Reading what the manifest declares
// below the project root needs no one's leave.
func (g *gate) grantsTo(kind Kind, target string) bool {
	if kind == FilesystemRead && !g.open && inWorkspace(target) {
		return true
	}
	gr := g.grants[kind]
	switch {
	case gr == nil:
		return false
	case gr.all:
		return true
	case kind == NetworkOutbound:
		return gr.hosts.cover(target)
	}
	return gr.paths.Match(target)
}

// authorize returns nil, or why kind on target is refused. Paths must be clean guest paths.
func (g *gate) authorize(kind Kind, target string) *DeniedError {
	if !g.declares(kind, target) {
		return &DeniedError{Kind: kind, Target: target}
	}
	if !g.grantsTo(kind, target) {
		return &DeniedError{Kind: kind, Target: target, Declared: true}
	}
	return nil
}

// names reports whether the manifest lists host by its own name, not by a wildcard.
func (g *gate) names(host string) bool {
	listed := g.hosts
	if g.open {
		if gr := g.grants[NetworkOutbound]; gr != nil {
			listed = gr.hosts
		}
	}
	return listed.name(host)
}

// May reports whether the guest path may be read, or with write be written.
func (g *gate) May(guest string, write bool) bool {
	kind := FilesystemRead
	if write {
		kind = FilesystemWrite
	}
	return g.authorize(kind, guest) == nil
}

// Leads reports whether guest is a folder on the way to something declared.
func (g *gate) Leads(guest string) bool {
	if g.open {
		return g.grantLeads(FilesystemRead, guest) || g.grantLeads(FilesystemWrite, guest)
	}
	return g.reads.Leads(guest) || g.writes.Leads(guest)
}

func (g *gate) grantLeads(kind Kind, guest string) bool {
	gr := g.grants[kind]
	return gr != nil && (gr.all || gr.paths.Leads(guest))
}

// Bases returns the folders (or files) outside of the project root that all declared paths are or
// lie below.
func (g *gate) Bases() []string {
	sets := []pattern.Set{g.reads, g.writes}
	if g.open {
		for _, k := range []Kind{FilesystemRead, FilesystemWrite} {
			if gr := g.grants[k]; gr != nil {
				sets = append(sets, gr.paths)
			}
		}
	}
	var out []string
	for _, set := range sets {
		for _, glob := range set {
			for _, p := range glob.Prefixes() {
				if !inWorkspace(p) {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// cleanGuestPath returns the absolute, clean form of a path as a guest writes it; relative paths
// are taken from "/". What cannot be a path gives false.
func cleanGuestPath(p string) (string, bool) {
	if p == "" || strings.ContainsRune(p, 0) {
		return "", false
	}
	return path.Clean("/" + p), true
}

func inWorkspace(guest string) bool {
	rest, ok := strings.CutPrefix(guest, workspaceRoot)
	return ok && (rest == "" || rest[0] == '/')
}

// hosts is a list of host names and patterns.
type hosts []pattern.Host

// compileHosts compiles the valid ones among entries; what is not valid covers nothing.
func compileHosts(entries []string) hosts {
	var list hosts
	for _, e := range entries {
		if h, problem := pattern.CompileHost(e); problem == nil {
			list = append(list, h)
		}
	}
	return list
}

// cover reports whether any entry allows host.
func (l hosts) cover(host string) bool {
	return slices.ContainsFunc(l, func(h pattern.Host) bool { return h.Match(host) })
}

// name reports whether an entry is host itself, and no pattern.
func (l hosts) name(host string) bool {
	self, problem := pattern.CompileHost(host)
	return problem == nil && slices.Contains(l, self) && !self.Any()
}
