package lsp

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
)

// neighbour is another plugin of the workspace.
type neighbour struct{ name, version string }

// maxNeighbours bounds how many manifests are looked at.
const maxNeighbours = 500

// neighbours are the plugins of the workspace, each name once.
func (c *completer) neighbours() []neighbour {
	var all []neighbour
	seen := map[string]bool{}
	for i, d := range c.snap.Manifests() {
		if i == maxNeighbours || d.TooLarge {
			break
		}
		name, ok := textAt(d.Tree(), "name")
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		version, _ := textAt(d.Tree(), "version")
		all = append(all, neighbour{name, version})
	}
	return all
}

// licenses proposes what the word at the cursor of an SPDX expression can be: an identifier at its
// beginning and behind AND and OR, an exception behind WITH, an operator behind an identifier.
func (c *completer) licenses(f *manifestcheck.Field) {
	typed := c.typed()
	before := ""
	if i := strings.LastIndexAny(typed, " ()"); i >= 0 && c.quote.mark != "" {
		c.word.Start += i + 1
		end := c.place.off
		for end < c.word.End && !strings.ContainsRune(" ()", rune(c.tree.Source()[end])) {
			end++
		}
		c.word.End = end
		before, typed = strings.TrimRight(typed[:i+1], " "), typed[i+1:]
	}
	kind := protocol.CompletionItemKindValue
	last := before[strings.LastIndexAny(before, " (")+1:]
	switch {
	case last == "" || last == "AND" || last == "OR":
		common := []string{"MIT", "Apache-2.0", "BSD-3-Clause", "BSD-2-Clause", "GPL-3.0-or-later", "MPL-2.0", "ISC", "AGPL-3.0-or-later", "LGPL-3.0-or-later", "Unlicense"}
		for _, id := range common {
			c.text(f, id, "SPDX", kind)
		}
		c.spdx(f, typed, slices.DeleteFunc(slices.Clone(manifestcheck.Licenses()), func(id string) bool { return slices.Contains(common, id) }))
	case last == "WITH":
		c.spdx(f, typed, manifestcheck.LicenseExceptions())
	default:
		for _, operator := range []string{"OR", "AND", "WITH"} {
			c.text(f, operator, "SPDX operator", protocol.CompletionItemKindOperator)
		}
	}
}

// spdx proposes those identifiers that begin as typed.
func (c *completer) spdx(f *manifestcheck.Field, typed string, ids []string) {
	typed = strings.ToLower(typed)
	for _, id := range ids {
		if !strings.HasPrefix(strings.ToLower(id), typed) {
			continue
		}
		if len(c.all) >= proposals/2 {
			c.partial = true
			return
		}
		c.text(f, id, "SPDX", protocol.CompletionItemKindValue)
	}
}

// ranges proposes ranges that admit what is there today.
func (c *completer) ranges(f *manifestcheck.Field) {
	kind := protocol.CompletionItemKindValue
	var version string
	switch f.Path {
	case "samuel.protocol":
		for _, r := range []string{"^1", "1", ">=1, <2"} {
			c.text(f, r, "protocol 1", kind)
		}
		return
	case "samuel.framework":
		version = c.snap.Settings.Framework
	default:
		name := c.place.path[len(c.place.path)-1]
		for _, n := range c.neighbours() {
			if n.name == name {
				version = n.version
			}
		}
	}
	v, err := semrange.ParseSemver(version)
	if err != nil {
		c.text(f, "^1.0", "", kind)
		c.text(f, "*", "any version", kind)
		return
	}
	short := fmt.Sprintf("%d.%d", v.Major(), v.Minor())
	c.text(f, "^"+short, "admits "+version, kind)
	c.text(f, "~"+short, "admits "+version, kind)
	c.text(f, fmt.Sprintf(">=%s, <%d.0", short, v.Major()+1), "admits "+version, kind)
	c.text(f, "="+version, "this version alone", kind)
	c.text(f, "*", "any version", kind)
}

// hosts proposes the hosts that the manifest names elsewhere.
func (c *completer) hosts(f *manifestcheck.Field, have []string) {
	var all []string
	for _, key := range []string{"hosts", "allowed_hosts", "outbound"} {
		all = append(all, listAt(c.tree, "capabilities", "network", key)...)
	}
	if page, ok := textAt(c.tree, "homepage"); ok {
		if _, rest, ok := strings.Cut(page, "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			all = append(all, host)
		}
	}
	manifests := c.snap.Manifests()
	for _, d := range manifests[:min(maxNeighbours, len(manifests))] {
		if d != c.doc && !d.TooLarge {
			all = append(all, listAt(d.Tree(), "capabilities", "network", "hosts")...)
		}
		if len(all) > proposals {
			break
		}
	}
	for _, host := range unique(all) {
		if _, bad := pattern.CompileHost(host); bad == nil && host != c.current() && !slices.Contains(have, host) {
			c.text(f, host, "", protocol.CompletionItemKindValue)
		}
	}
}

// environment proposes names of environment variables: common ones, and those set here.
func (c *completer) environment(f *manifestcheck.Field, have []string) {
	all := []string{"HOME", "PATH", "USER", "LANG", "TZ", "TMPDIR", "CI", "NO_COLOR", "SHELL", "EDITOR"}
	for _, kv := range os.Environ() {
		if name, _, ok := strings.Cut(kv, "="); ok && name != "" {
			all = append(all, name)
		}
	}
	slices.Sort(all[10:])
	for _, name := range unique(all) {
		if !slices.Contains(have, name) && name != "_" {
			c.text(f, name, "environment variable", protocol.CompletionItemKindVariable)
		}
	}
}

// maxEntries bounds how much of a folder is read for one request.
const maxEntries = 256

// paths proposes guest paths: those the manifest uses elsewhere, and what lies in the project.
func (c *completer) paths(ctx context.Context, f *manifestcheck.Field, have []string) {
	var all []string
	if f.Path == "capabilities.filesystem.read" {
		all = append(all, pattern.WorkspaceRoot+"/**")
	}
	for _, key := range []string{"read", "write"} {
		all = append(all, listAt(c.tree, "capabilities", "filesystem", key)...)
	}
	if f.Path == "capabilities.filesystem.write" {
		all = append(all, pattern.WorkspaceRoot+"/**")
	}
	known := unique(all)
	for _, p := range known {
		if p != c.current() && !slices.Contains(have, p) {
			c.text(f, p, "", protocol.CompletionItemKindValue)
		}
	}
	folder := pattern.WorkspaceRoot
	if typed := c.typed(); strings.HasPrefix(typed, folder+"/") {
		folder = path.Dir(typed + "x")
	}
	if c.doc.Path == "" || strings.ContainsAny(folder, "*?[{\\") || strings.Contains(folder, "..") {
		return
	}
	local := filepath.FromSlash(strings.TrimPrefix(folder, pattern.WorkspaceRoot))
	entries := readSome(ctx, filepath.Join(c.s.rootOf(c.snap, c.doc.Path), local))
	c.partial = len(entries) == maxEntries
	for _, e := range entries {
		p, detail, kind := folder+"/"+e.Name(), "file", protocol.CompletionItemKindFile
		if vendored(e.Name()) || strings.ContainsAny(e.Name(), "*?[]{}\\") {
			continue
		}
		if e.IsDir() {
			p, detail, kind = p+"/**", "folder", protocol.CompletionItemKindFolder
		}
		if !slices.Contains(have, p) && !slices.Contains(known, p) {
			c.text(f, p, detail, kind)
		}
	}
}

// readSome returns the first entries of a folder by name, of no more than are read.
func readSome(ctx context.Context, dir string) []os.DirEntry {
	if ctx.Err() != nil {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	entries, _ := d.ReadDir(maxEntries) // what could be read is worth showing
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries
}

// modules proposes the modules beside the manifest, two folders deep.
func (c *completer) modules(ctx context.Context, f *manifestcheck.Field) {
	var found []string
	if c.doc.Path != "" {
		found = wasmFiles(ctx, filepath.Dir(c.doc.Path), "", 2)
	}
	for _, m := range found {
		c.text(f, m, "module", protocol.CompletionItemKindFile)
	}
	if !slices.Contains(found, "plugin.wasm") {
		c.text(f, "plugin.wasm", "the usual name", protocol.CompletionItemKindFile)
	}
}

func wasmFiles(ctx context.Context, dir, prefix string, depth int) []string {
	var found []string
	for _, e := range readSome(ctx, dir) {
		switch {
		case e.IsDir() && depth > 0 && !vendored(e.Name()):
			found = append(found, wasmFiles(ctx, filepath.Join(dir, e.Name()), prefix+e.Name()+"/", depth-1)...)
		case strings.HasSuffix(e.Name(), ".wasm") && !e.IsDir():
			found = append(found, prefix+e.Name())
		}
	}
	return found
}

// vendored reports whether a folder holds what others wrote or tools made. Rust puts modules into
// target, so that is no reason there; a source scan skips it by itself.
func vendored(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor"
}
