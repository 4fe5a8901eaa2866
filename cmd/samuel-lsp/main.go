// Command samuel-lsp is the language server for samuel-plugin.toml, the same checks as a command
// line, and the host that runs plugins.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func main() { os.Exit(run(os.Args[1:])) }

// run executes the command line and returns the exit code: 0, 1 for findings or a failed run, 2
// for wrong usage and for what could not be read or written.
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
		Use:           "samuel-lsp",
		Short:         "Language server and plugin host for samuel-plugin.toml",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.AddCommand(serveCommand(), hostCommand(), checkCommand(), fmtCommand(), rulesCommand(), schemaCommand())
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

// version returns the module's version as built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}
