package project

import (
	"encoding/json"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// GuestRoot is what a plugin sees of the project's root.
const GuestRoot = "/workspace"

// GuestPath is how a plugin sees a file of the project at root; false for a file outside of it.
func GuestPath(root, file string) (string, bool) {
	rel, err := filepath.Rel(root, file)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return path.Join(GuestRoot, filepath.ToSlash(rel)), true
}

// HostPath is the inverse of GuestPath, for a path that a plugin names; relative ones start at the
// project's root. It returns false for what lies outside of the project.
func HostPath(root, guest string) (string, bool) {
	if !strings.HasPrefix(guest, "/") {
		guest = path.Join(GuestRoot, guest)
	}
	rel, ok := strings.CutPrefix(path.Clean(guest), GuestRoot)
	if !ok || rel != "" && rel[0] != '/' {
		return "", false
	}
	local := filepath.FromSlash(strings.TrimPrefix(rel, "/"))
	if local == "" {
		return root, true
	}
	if !filepath.IsLocal(local) {
		return "", false
	}
	return filepath.Join(root, local), true
}

// Risky are the requests of a manifest that need the user's consent, as they are shown.
func Risky(m *manifestcheck.Model) []string {
	var all []string
	seen := make(map[string]bool)
	for _, r := range m.Requests {
		if !r.Risky {
			continue
		}
		if text := r.String(); !seen[text] {
			seen[text] = true
			all = append(all, text)
		}
	}
	return all
}

// Grants are the capabilities behind the risky requests of a manifest, for a run the user agreed to.
func Grants(m *manifestcheck.Model) []call.Grant {
	var grants []call.Grant
	for _, r := range m.Requests {
		if !r.Risky {
			continue
		}
		i := slices.IndexFunc(grants, func(g call.Grant) bool { return g.Kind == r.Capability })
		if i < 0 {
			grants = append(grants, call.Grant{Kind: r.Capability})
			i = len(grants) - 1
		}
		if r.Target != "" {
			grants[i].Targets = append(grants[i].Targets, r.Target)
		}
	}
	return grants
}

// Capabilities is what a manifest declares, with the limits in effect.
func Capabilities(m *manifest.Manifest, b manifestcheck.Budgets) call.Capabilities {
	c := m.Capabilities
	return call.Capabilities{
		Read: c.Filesystem.Read, Write: c.Filesystem.Write, Env: c.Env,
		Hosts: slices.Concat(c.Network.Hosts, c.Network.Outbound), Exec: c.Exec,
		SamuelAPI: c.Samuel.API, Assistant: c.Assistant.Invoke,
		MaxMemoryMiB: uint32(b.MaxMemoryMiB), SoftTimeout: b.Timeout, HardTimeout: b.HardTimeout,
	}
}

// Declared are the exports that a manifest declares or binds.
func Declared(m *manifestcheck.Model) []string {
	var all []string
	for _, e := range m.Exports {
		all = append(all, e.Name)
	}
	for _, b := range m.Bindings {
		all = append(all, b.Export)
	}
	return all
}

// LifecycleExport says whether a name is one the host calls by itself, never as a hook.
func LifecycleExport(name string) bool {
	switch name {
	case "samuel_protocol_version", "health", "samuel_alloc", "_start", "_initialize", "memory":
		return true
	}
	return false
}

// Callable says whether an export is a function with the signature of a hook.
func Callable(m *inspect.Summary, name string) bool {
	if m == nil {
		return false
	}
	i := slices.IndexFunc(m.Exports, func(e inspect.Export) bool { return e.Name == name })
	if i < 0 || m.Exports[i].Type == nil {
		return false
	}
	t := m.Exports[i].Type
	for _, p := range t.Params {
		if p != inspect.I32 {
			return false
		}
	}
	switch len(t.Params) {
	case 0:
		return len(t.Results) == 0 || len(t.Results) == 1 && t.Results[0] == inspect.I32
	case 2:
		return len(t.Results) == 1 && (t.Results[0] == inspect.I32 || t.Results[0] == inspect.I64)
	}
	return false
}

// Payload is what a hook is told: the event, and the files that were saved, as the plugin sees
// them. The path is that of the file saved last; without any, and for files outside of the project,
// it is the manifest's.
func Payload(root, manifest, event string, files ...string) []byte {
	body := struct {
		Event       string   `json:"event"`
		ProjectRoot string   `json:"project_root"`
		Path        string   `json:"path"`
		Files       []string `json:"files"`
		Commands    []string `json:"commands"`
	}{Event: event, ProjectRoot: GuestRoot, Files: []string{}, Commands: []string{}}
	for _, file := range files {
		if guest, ok := GuestPath(root, file); ok && file != "" {
			body.Path, body.Files = guest, append(body.Files, guest)
		}
	}
	if body.Path == "" {
		body.Path, _ = GuestPath(root, manifest)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil // strings and lists of strings always encode
	}
	return raw
}
