package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// rulesCommand returns the command that explains the rules.
func rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rules [group | group/name]",
		Short:   "List the rules, or explain one",
		Example: "  samuel-lsp rules\n  samuel-lsp rules capability\n  samuel-lsp rules capability/undeclared-import",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, r := range manifestcheck.Rules() {
				names = append(names, r.Code+"\t"+r.Summary)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				if name = args[0]; !manifestcheck.KnownRule(name) {
					return usageError{fmt.Errorf("%q is no rule and no group; `samuel-lsp rules` lists them", name)}
				}
			}
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, r := range manifestcheck.Rules() {
				switch name {
				case r.Code:
					_, err := fmt.Fprint(cmd.OutOrStdout(), r.Markdown())
					return err
				case "", r.Group():
					fmt.Fprintf(out, "%s\t%s\t%s\n", r.Code, r.Severity, r.Summary)
				}
			}
			return out.Flush()
		},
	}
}

// schemaCommand returns the command that prints the JSON Schema.
func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of manifests, for other tools",
		Long:    "Print the JSON Schema that is generated from the same table as the checks. It says what a schema can say;\nwhat depends on the module, the folder or another key only the check command knows.",
		Example: "  samuel-lsp schema > samuel-plugin.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(manifestcheck.JSONSchema())
			return err
		},
	}
}
