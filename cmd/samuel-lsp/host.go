package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
	"github.com/samuelpkg/samuel-lsp/wasmhost/tiered"
)

// hostCommand returns the command that the language server runs plugins with. Its standard input
// and output carry the protocol of docs/host-protocol.md; it is of no use to people.
func hostCommand() *cobra.Command {
	host := &cobra.Command{
		Use:    "host",
		Short:  "Run plugins for a parent process, over standard input and output",
		Args:   takes(0, 0, ""),
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var guard []string
			if self, err := os.Executable(); err == nil && len(commandGuard) > 0 {
				guard = append([]string{self}, commandGuard...)
			}
			return pool.Serve(cmd.Context(), func(ctx context.Context, c pool.Config) (pool.Executor, error) {
				e, err := tiered.New(ctx, c, guard)
				return thrifty{e}, err
			})
		},
	}
	addGuard(host)
	return host
}

// thrifty is an executor that gives more back than its own memory when it idles.
type thrifty struct{ *tiered.Executor }

// Trim implements pool.Executor.
func (t thrifty) Trim() {
	t.Executor.Trim()
	dropStartPages()
}

// newPool returns a pool whose children are this program's own host processes, with compiled
// modules kept in cacheDir, the framework's own folder when that is empty. A budget in bytes of 0
// means the children's default, a size of 0 one child for each processor.
func newPool(cacheDir string, budget int64, size int) (*pool.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program to start plugin hosts from: %w", err)
	}
	if cacheDir == "" {
		// Nothing is kept for a user without a home, as in some containers; all else works.
		if dir, err := wasmhost.DefaultCacheDir(); err == nil {
			cacheDir = dir
		}
	}
	return pool.New(pool.Options{
		Executable: self,
		Args:       []string{"host"},
		Config:     pool.Config{CacheDir: cacheDir, CacheBudget: budget},
		Size:       size,
	}), nil
}
