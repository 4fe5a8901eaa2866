//go:build unix

package tiered_test

import (
	"os"

	"github.com/samuelpkg/samuel-lsp/wasmhost/proctree"
)

const guardArg = "plugin-guard"

func guard() []string { return []string{os.Args[0], guardArg} }

// init makes the test binary a guard too, before its tests are set up.
func init() {
	if len(os.Args) > 3 && os.Args[1] == guardArg {
		os.Exit(proctree.Guard(os.Args[2], os.Args[3:]))
	}
}
