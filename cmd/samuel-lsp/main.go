// Command samuel-lsp is the language server for samuel-plugin.toml, the same checks as a command
// line, and the host that runs plugins.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func main() { os.Exit(run(os.Args[1:])) }

// run executes the command line and returns the exit code: 0, 1 for findings or a failed run, 2
// for wrong usage, for what could not be read or written, and for an interruption.
func run(args []string) int {
	root := rootCommand()
	if len(args) == 0 && !term.IsTerminal(int(os.Stdin.Fd())) {
		args = []string{"serve"}
	}
	root.SetArgs(args)
	err := root.Execute()
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "samuel-lsp: "+err.Error())
	return 2
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "samuel-lsp",
		Short: "Language server and plugin host for samuel-plugin.toml",
		Long: "Language server for samuel-plugin.toml, the same checks as a command line, and a host that runs plugins.\n" +
			"Without a command, and with standard input that is no terminal, it is the language server.\n\n" +
			"Exit codes: 0 for success, 1 for findings or a run that failed, 2 for wrong usage, for what could not be\n" +
			"read or written, and when interrupted.",
		Example:       "  samuel-lsp check\n  samuel-lsp run . lint\n  samuel-lsp doctor",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.SetVersionTemplate("samuel-lsp {{.Version}}\n")
	root.AddCommand(serveCommand(), hostCommand())
	for _, cmd := range []*cobra.Command{
		checkCommand(), fmtCommand(), rulesCommand(), schemaCommand(),
		runCommand(), healthCommand(), installCommand(), uninstallCommand(), listCommand(),
		doctorCommand(), cacheCommand(), versionCommand(), manCommand(root),
	} {
		interruptible(cmd)
		root.AddCommand(cmd)
	}
	return root
}

// exitCode is an error that has been told already and only decides how the process ends.
type exitCode int

// Error implements error.
func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// usageError says that the command line was wrong.
type usageError struct{ error }

// Unwrap returns what was wrong.
func (e usageError) Unwrap() error { return e.error }
