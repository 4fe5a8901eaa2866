package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cache"
	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/tiered"
)

// cacheCommand returns the commands that look after the cache of compiled modules.
func cacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cache",
		Short:   "Look after the cache of compiled modules",
		Example: "  samuel-lsp cache stats\n  samuel-lsp cache clear",
	}
	cmd.AddCommand(cacheStatsCommand(), cacheClearCommand())
	return cmd
}

// diskJSON is what the cache folder holds, for programs.
type diskJSON struct {
	Folder      string `json:"folder"`
	Entries     int    `json:"entries"`
	Bytes       int64  `json:"bytes"`
	BudgetBytes int64  `json:"budget_bytes"`
}

// openCache opens the folder in which this program keeps compiled modules, by default the
// framework's own. It also returns the folder that was named.
func openCache(dir string) (folder *cache.Folder, named string, err error) {
	if dir == "" {
		if dir, err = wasmhost.DefaultCacheDir(); err != nil {
			return nil, "", err
		}
	}
	folder, err = wasmhost.OpenDiskCache(dir, wasmhost.DefaultDiskBudget)
	return folder, dir, err
}

func diskUsage(dir string) (diskJSON, error) {
	folder, _, err := openCache(dir)
	if err != nil {
		return diskJSON{}, err
	}
	u, err := folder.Usage()
	return diskJSON{Folder: folder.Dir(), Entries: u.Entries, Bytes: u.Bytes, BudgetBytes: wasmhost.DefaultDiskBudget}, err
}

func cacheStatsCommand() *cobra.Command {
	var asJSON bool
	var where placeFlags
	cmd := &cobra.Command{
		Use:     "stats",
		Short:   "Say what the cache folder holds",
		Example: "  samuel-lsp cache stats --json",
		Args:    takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			u, err := diskUsage(where.cacheDir)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), u)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "folder   %s\nmodules  %d\nused     %s of %s\n", u.Folder, u.Entries, mib(u.Bytes), mib(u.BudgetBytes))
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	where.addCache(cmd)
	return cmd
}

func cacheClearCommand() *cobra.Command {
	var asJSON bool
	var where placeFlags
	cmd := &cobra.Command{
		Use:     "clear",
		Short:   "Remove all compiled modules from the cache folder",
		Long:    "Remove all compiled modules from the cache folder. What other versions of the engine keep there stays.",
		Example: "  samuel-lsp cache clear\n  samuel-lsp cache clear --cache-dir /var/tmp/samuel-modules",
		Args:    takes(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, named, err := openCache(where.cacheDir)
			if err != nil {
				return err
			}
			freed, err := folder.Clear()
			if err != nil {
				return err
			}
			if err := tiered.Forget(named); err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), struct {
					FreedBytes int64 `json:"freed_bytes"`
				}{freed.Bytes})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s freed\n", mib(freed.Bytes))
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	where.addCache(cmd)
	return cmd
}

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
