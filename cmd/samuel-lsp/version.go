package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

// buildVersion is set by the linker where a build knows better than the module: -X main.buildVersion=1.2.3.
var buildVersion string

// version returns this program's version, "devel" for a build that has none.
func version() string {
	if buildVersion != "" {
		return strings.TrimPrefix(buildVersion, "v")
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}

// versions is what this program is made of, and what it speaks.
type versions struct {
	Version   string   `json:"version"`
	Commit    string   `json:"commit,omitempty"`
	Go        string   `json:"go"`
	Wazero    string   `json:"wazero"`
	Platform  string   `json:"platform"`
	Protocols [2]int64 `json:"protocols"` // first and last
	Framework string   `json:"framework"` // checked against unless told otherwise
}

func allVersions() versions {
	v := versions{
		Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Protocols: [2]int64{manifest.ProtocolMin, manifest.ProtocolMax},
		Framework: manifestcheck.DefaultFrameworkVersion,
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/tetratelabs/wazero" {
			v.Wazero = strings.TrimPrefix(d.Version, "v")
		}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	return v
}

// versionCommand returns the command that tells the version.
func versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  samuel-lsp version\n  samuel-lsp version --json",
		Args:    takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return printJSON(cmd.OutOrStdout(), allVersions())
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "samuel-lsp", version())
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}
