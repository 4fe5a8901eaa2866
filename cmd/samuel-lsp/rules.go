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
		Args:    takes(0, 1, "one rule or group"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return ruleCompletions(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				if name = args[0]; !manifestcheck.KnownRule(name) {
					return usageError{unknownRule(name)}
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

// ruleCompletions are the rules' codes, each with its summary, as shells are told them.
func ruleCompletions() []string {
	var names []string
	for _, r := range manifestcheck.Rules() {
		names = append(names, r.Code+"\t"+r.Summary)
	}
	return names
}

// unknownRule says that a name is none of a rule or a group, and which one it is close to.
func unknownRule(name string) error {
	if near := manifestcheck.NearestRule(name); near != "" {
		return fmt.Errorf("%q is no rule and no group; did you mean %s?", name, near)
	}
	return fmt.Errorf("%q is no rule and no group; `samuel-lsp rules` lists them", name)
}

// schemaCommand returns the command that prints the JSON Schema.
func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of manifests, for other tools",
		Long:    "Print the JSON Schema that is generated from the same table as the checks. It says what a schema can say;\nwhat depends on the module, the folder or another key only the check command knows.",
		Example: "  samuel-lsp schema > samuel-plugin.schema.json",
		Args:    takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(manifestcheck.JSONSchema())
			return err
		},
	}
}
