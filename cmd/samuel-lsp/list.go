package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

// listed is one installed plugin.
type listed struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Summary string `json:"summary"`
	Path    string `json:"path"` // its folder
	Error   string `json:"error,omitempty"`
}

// listCommand returns the command that lists what is installed.
func listCommand() *cobra.Command {
	var asJSON bool
	var where placeFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the plugins that are installed in the project",
		Long:    "List the plugins that are installed in the project. The exit code is 2 when the manifest of one cannot be read.",
		Example: "  samuel-lsp list\n  samuel-lsp list --project web --json",
		Args:    takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := where.root()
			if err != nil {
				return err
			}
			all, broken := installed(root)
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), all)
			} else {
				out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, l := range all {
					fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", l.Name, l.Version, l.Kind, shownPath(l.Path))
				}
				err = out.Flush()
			}
			return errors.Join(err, broken)
		},
	}
	jsonFlag(cmd, &asJSON)
	where.add(cmd)
	return cmd
}

// installed reads what is installed in a project; the error speaks of manifests that cannot be read.
func installed(root string) (all []listed, broken error) {
	all = []listed{}
	for _, path := range project.Installed(root) {
		dir := filepath.Dir(path)
		l := listed{Name: filepath.Base(dir), Path: dir}
		m, err := manifest.Load(path)
		if err != nil {
			l.Error = err.Error()
			broken = errors.Join(broken, fmt.Errorf("%s: %w", shownPath(path), err))
		} else {
			l.Version, l.Kind = runlog.OneLine(m.Version), runlog.OneLine(m.Kind)
			l.Summary = runlog.OneLine(m.Summary)
		}
		all = append(all, l)
	}
	return all, broken
}

// completeInstalled offers the names of installed plugins to the shell.
func completeInstalled(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	root, err := (&placeFlags{}).root()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, path := range project.Installed(root) {
		names = append(names, filepath.Base(filepath.Dir(path)))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completePlugins offers installed plugins and folders for the first most arguments, for all where
// most is negative.
func completePlugins(most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		names, _ := completeInstalled(cmd, nil, word)
		return names, cobra.ShellCompDirectiveDefault
	}
}
