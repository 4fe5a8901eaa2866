// Command samuel-lsp is the language server for samuel-plugin.toml, the same checks as a command
// line, and the host that runs plugins.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func main() { os.Exit(run(os.Args[1:])) }

// run executes the command line and returns the exit code: 0, 1 for findings or a failed run, 2
// for wrong usage, for what could not be read or written, and for an interruption.
func run(args []string) int {
	if len(args) == 0 && !term.IsTerminal(int(os.Stdin.Fd())) {
		args = []string{"serve"}
	}
	command := rootCommand
	if len(args) > 0 && isService(args[0]) {
		command = serviceCommand
	}
	root := command()
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	var code exitCode
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	tell(os.Stderr, err)
	if usage := (usageError{}); errors.As(err, &usage) {
		fmt.Fprintf(os.Stderr, "samuel-lsp: see `%s --help`\n", cmd.CommandPath())
	}
	return 2
}

// tell writes an error, each of those that it joins on a line of its own.
func tell(out io.Writer, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			tell(out, e)
		}
		return
	}
	fmt.Fprintln(out, "samuel-lsp: "+strings.TrimSpace(err.Error()))
}

// isService reports whether a command is one that editors and servers start, and wait for.
func isService(name string) bool { return name == "serve" || name == "host" }

// serviceCommand is rootCommand with the services alone: making all the other commands takes a tenth
// of what there is to wait for.
func serviceCommand() *cobra.Command {
	root := bareCommand()
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(serveCommand(), hostCommand())
	return root
}

func rootCommand() *cobra.Command {
	root := bareCommand()
	root.SetHelpCommand(helpCommand(root))
	root.AddCommand(serveCommand(), hostCommand())
	for _, cmd := range []*cobra.Command{
		checkCommand(), fmtCommand(), rulesCommand(), schemaCommand(),
		runCommand(), healthCommand(), installCommand(), uninstallCommand(), listCommand(),
		doctorCommand(), cacheCommand(), versionCommand(), manCommand(root),
	} {
		interruptible(cmd)
		root.AddCommand(cmd)
	}
	root.InitDefaultCompletionCmd()
	for _, cmd := range append(root.Commands(), root) {
		if cmd.HasSubCommands() && !cmd.Runnable() {
			wantSubcommand(cmd)
		}
	}
	return root
}

// bareCommand is the program without its commands.
func bareCommand() *cobra.Command {
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
	root.SetFlagErrorFunc(flagError)
	return root
}
