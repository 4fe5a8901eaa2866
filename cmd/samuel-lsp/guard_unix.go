//go:build unix

package main

import (
	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/wasmhost/proctree"
)

// commandGuard is how this program is started as a guard.
var commandGuard = []string{"host", "guard"}

// addGuard adds the command that a plugin host starts a plugin's commands with.
func addGuard(host *cobra.Command) {
	host.AddCommand(&cobra.Command{
		Use:                "guard PATH NAME [ARGUMENT...]",
		Short:              "Run a command and end all that it starts",
		Hidden:             true,
		DisableFlagParsing: true,
		Args:               cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			return exitCode(proctree.Guard(args[0], args[1:]))
		},
	})
}
