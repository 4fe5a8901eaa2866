package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
)

// doctorJSON is what doctor prints for programs.
type doctorJSON struct {
	versions
	Project string         `json:"project"`
	Consent string         `json:"consent_folder"`
	Cache   cacheJSON      `json:"cache"`
	Disk    diskJSON       `json:"disk"`
	Plugins []pluginHealth `json:"plugins"`
	Trouble []string       `json:"trouble"`
}

// cacheJSON are the figures of the module caches of this command's own children.
type cacheJSON struct {
	pool.CacheStats
	HitRate float64 `json:"hit_rate"`
}

// doctorCommand returns the command that says how things are.
func doctorCommand() *cobra.Command {
	var asJSON bool
	var where placeFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say how this installation, its cache and the plugins are",
		Long: "Print versions, where things are kept, the cache's figures (those of this command's own runs, and the disk's)\n" +
			"and the health of every wasm plugin below the current folder and of those installed in the project.\n\n" +
			"The exit code is 0 when all is well, 1 when a plugin is not healthy, and 2 when something of this\n" +
			"installation does not work.",
		Example: "  samuel-lsp doctor\n  samuel-lsp doctor --json",
		Args:    takes(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return doctor(cmd, where, asJSON) },
	}
	jsonFlag(cmd, &asJSON)
	where.add(cmd)
	where.addCache(cmd)
	return cmd
}

func doctor(cmd *cobra.Command, where placeFlags, asJSON bool) error {
	root, err := where.root()
	if err != nil {
		return err
	}
	d := doctorJSON{versions: allVersions(), Project: root, Consent: consent.DefaultDir(), Plugins: []pluginHealth{}, Trouble: []string{}}
	paths, err := pluginPaths(cmd.Context(), nil, root)
	if err != nil {
		d.Trouble = append(d.Trouble, err.Error())
	}
	paths = withInstalled(paths, root)
	host, err := newPool(where.cacheDir, 0, 0)
	if err != nil {
		d.Trouble = append(d.Trouble, err.Error())
	} else {
		defer host.Close()
		d.Plugins = checkHealth(cmd.Context(), host, paths, root, true, cmd.ErrOrStderr())
		s := host.Stats()
		d.Cache = cacheJSON{s.CacheStats, s.HitRate}
	}
	if d.Disk, err = diskUsage(where.cacheDir); err != nil {
		d.Trouble = append(d.Trouble, err.Error())
	}
	if err := cmd.Context().Err(); err != nil {
		return err
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), d)
	} else {
		err = d.show(cmd.OutOrStdout())
	}
	if err != nil {
		return err
	}
	if len(d.Trouble) > 0 {
		return exitCode(2)
	}
	return healthCode(d.Plugins)
}

// withInstalled adds the manifests that are installed in a project to those found below the current
// folder, each once.
func withInstalled(paths []string, root string) []string {
	seen := make(map[string]bool, len(paths))
	for i, p := range paths {
		paths[i] = absolute(p)
		seen[paths[i]] = true
	}
	for _, p := range project.Installed(root) {
		if !seen[p] {
			paths = append(paths, p)
		}
	}
	return paths
}

func (d *doctorJSON) show(out io.Writer) error {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("samuel-lsp", "%s (%s, wazero %s, %s)", d.Version, d.Go, d.Wazero, d.Platform)
	row("checks", "framework %s, protocol %d to %d", d.Framework, d.Protocols[0], d.Protocols[1])
	row("project", "%s", d.Project)
	row("consent", "%s", d.Consent)
	row("disk", "%s · %d modules · %s of %s", d.Disk.Folder, d.Disk.Entries, mib(d.Disk.Bytes), mib(d.Disk.BudgetBytes))
	row("cache", "%d hits · %d misses · hit rate %.2f · %d modules · %s of %s", d.Cache.Hits, d.Cache.Misses, d.Cache.HitRate,
		d.Cache.Modules, mib(d.Cache.UsedBytes), mib(d.Cache.BudgetBytes))
	for _, p := range d.Plugins {
		row("plugin", "%s: %s (%s)", p.Plugin, p.Text, shownPath(p.Manifest))
	}
	if len(d.Plugins) == 0 {
		row("plugin", "none below the current folder or installed")
	}
	for _, t := range d.Trouble {
		row("trouble", "%s", t)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
