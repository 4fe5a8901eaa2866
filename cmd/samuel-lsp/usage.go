package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exitCode is an error that has been told already and only decides how the process ends.
type exitCode int

// Error implements error.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// usageError says that the command line was wrong.
type usageError struct{ error }

// Unwrap returns what was wrong.
func (e usageError) Unwrap() error { return e.error }

// takes wants from least to most arguments, which what names.
func takes(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usageError{fmt.Errorf("%s needs %s, and there is %s", cmd.Name(), what, counted(len(args)))}
		case len(args) > most && most == 0:
			return usageError{fmt.Errorf("%s takes no arguments, and there is %q", cmd.Name(), args[0])}
		case len(args) > most:
			return usageError{fmt.Errorf("%s takes %s, and %q is too many", cmd.Name(), what, args[most])}
		}
		return nil
	}
}

func counted(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

// flagError names the flag that one that does not exist was most likely meant to be.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err}
	}
	// The distance that cobra uses for the names of commands is as good for those of flags.
	flags := &cobra.Command{SuggestionsMinimumDistance: suggestionDistance}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: f.Name, Hidden: f.Hidden, Run: func(*cobra.Command, []string) {}})
	})
	name := unknown.GetSpecifiedName()
	if len(name) <= suggestionDistance {
		return usageError{err} // it is as near to any short name
	}
	near := flags.SuggestionsFor(name)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return usageError{fmt.Errorf("%w%s", err, didYouMean(near))}
}

// suggestionDistance is how many slips a name may have that is still recognised, as in cobra.
const suggestionDistance = 2

func didYouMean(near []string) string {
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// unknownCommand is the error of a word that is none of a command's own.
func unknownCommand(cmd *cobra.Command, word string) error {
	cmd.SuggestionsMinimumDistance = suggestionDistance
	return usageError{fmt.Errorf("unknown command %q for %q%s", word, cmd.CommandPath(), didYouMean(cmd.SuggestionsFor(word)))}
}

// wantSubcommand makes a command that does nothing itself show its help, and refuse any word that
// names no command below it.
func wantSubcommand(cmd *cobra.Command) {
	cmd.DisableFlagsInUseLine = true
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
}

// helpCommand returns the command that shows another one's help. Cobra's own takes a word that names
// none for a success.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]...",
		Short:   "Show the help of a command",
		Example: "  samuel-lsp help check\n  samuel-lsp help cache clear",
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if cmd, rest, err := root.Find(args); err == nil && len(rest) == 0 {
				for _, sub := range cmd.Commands() {
					if sub.IsAvailableCommand() {
						names = append(names, sub.Name()+"\t"+sub.Short)
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest := root, args
			for len(rest) > 0 {
				next, _, err := cmd.Find(rest[:1])
				if err != nil || next == cmd {
					return unknownCommand(cmd, rest[0])
				}
				cmd, rest = next, rest[1:]
			}
			cmd.InitDefaultHelpFlag()
			cmd.InitDefaultVersionFlag()
			return cmd.Help()
		},
	}
}
