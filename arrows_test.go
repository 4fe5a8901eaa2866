// Package arrows keeps the direction in which packages depend on each other; see RATIONALE.md.
package arrows

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/samuelpkg/samuel-lsp/"

// rule says what the packages it names may and may not link, counting what they link indirectly.
// Names are relative to the module where they have no dot in their first element; "x/..." is x and
// all below it.
type rule struct {
	packages string
	only     []string // what may be linked beside the standard library; nil: no such limit
	never    []string
	why      string
}

var rules = []rule{
	{
		packages: "manifestcheck/tomlsyntax", only: []string{},
		why: "the tree is a data structure: it must be usable, and fast, without anything else",
	},
	{
		packages: "wasmhost/inspect", only: []string{},
		why: "untrusted bytes are read by few lines that can be reviewed at one sitting",
	},
	{
		packages: "wasmhost/call", only: []string{},
		why: "both sides of the process boundary share it, and one of them must not link wazero",
	},
	{
		packages: "manifestcheck/pattern", only: []string{"github.com/bmatcuk/doublestar/..."},
		why: "the checks and the host's gate decide by the same few lines what a path covers",
	},
	{
		packages: "manifestcheck/semrange", only: []string{},
		why: "ranges are arithmetic, and what a package does when a process starts is paid by every server",
	},
	{
		packages: "manifestcheck/...", never: []string{
			"github.com/tetratelabs/wazero/...", "go.lsp.dev/...", "github.com/spf13/...", "go.uber.org/zap/...",
			"lsp/...", "cache/...", "cmd/...", "wasmhost", "wasmhost/pool",
		},
		why: "analysis is pure: it knows no editor, no command line and runs nothing",
	},
	{
		packages: "cache/...", never: []string{"go.lsp.dev/...", "github.com/spf13/...", "lsp/...", "cmd/...", "manifestcheck/...", "wasmhost/..."},
		why: "storage does not know what is stored",
	},
	{
		packages: "wasmhost/...", never: []string{"go.lsp.dev/...", "github.com/spf13/...", "lsp/...", "cmd/...", "manifestcheck", "manifestcheck/tomlsyntax"},
		why: "the host is a library for other programs too: it knows no editor and no diagnostics",
	},
	{
		packages: "lsp/...", never: []string{"github.com/tetratelabs/wazero/...", "github.com/spf13/...", "cmd/...", "cache/...", "wasmhost", "wasmhost/pool"},
		why: "the server never compiles or runs a module in its own process",
	},
	{
		packages: "cmd/...", never: []string{"github.com/owenrumney/go-sarif/v3/...", "github.com/xeipuuv/...", "github.com/Masterminds/..."},
		why: "wires everything, but what a package does when a process starts is paid by every server and plugin host",
	},
}

type listed struct {
	ImportPath string
	Deps       []string
}

func TestArrows(t *testing.T) {
	packages := list(t)
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		covered := false
		for _, r := range rules {
			if !matches(r.packages, name) {
				continue
			}
			covered = true
			for _, dep := range p.Deps {
				if wrong := r.refuses(dep); wrong {
					t.Errorf("%s links %s; it must not: %s", name, strings.TrimPrefix(dep, module), r.why)
				}
			}
		}
		if !covered && name != strings.TrimSuffix(module, "/") {
			t.Errorf("%s has no rule here; say what it may link", name)
		}
	}
}

// Every rule speaks of a package that exists, or it guards nothing.
func TestRulesAreInUse(t *testing.T) {
	packages := list(t)
	for _, r := range rules {
		if !slices.ContainsFunc(packages, func(p listed) bool { return matches(r.packages, strings.TrimPrefix(p.ImportPath, module)) }) {
			t.Errorf("no package matches %s", r.packages)
		}
	}
}

func (r rule) refuses(dep string) bool {
	name := strings.TrimPrefix(dep, module)
	if standard(name) && name == dep {
		return false
	}
	anyOf := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
	}
	return anyOf(r.never) || r.only != nil && !anyOf(r.only)
}

// standard reports whether the import path is one of the standard library, which alone has no dot
// in its first element.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == prefix || strings.HasPrefix(name, prefix+"/")
	}
	return path.Clean(pattern) == name
}

// list returns the module's packages with all that they link on this platform.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Deps", "./...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing packages: %v\n%s", err, &stderr)
	}
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		packages = append(packages, p)
	}
	return packages
}
