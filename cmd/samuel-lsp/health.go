package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/plugins"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/progress"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/sources"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// healthCommand returns the command that checks the health of plugins.
func healthCommand() *cobra.Command {
	var asJSON bool
	var where placeFlags
	cmd := &cobra.Command{
		Use:   "health [flags] [PLUGIN]...",
		Short: "Check the protocol and the health of plugins",
		Long: "Ask plugins for their protocol and their health, in a process of its own and with no capability at all.\n" +
			"PLUGIN is a folder, a manifest, or the name of an installed plugin; without any, all wasm plugins below\n" +
			"the current folder are asked. The log of those that are not healthy goes to standard error.\n\n" +
			"The exit code is 0 when all are healthy, 1 when one is not, and 2 for errors.",
		Example:           "  samuel-lsp health\n  samuel-lsp health c-lint plugins/docs --json",
		ValidArgsFunction: completePlugins(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := where.root()
			if err != nil {
				return err
			}
			paths, missing := pluginPaths(cmd.Context(), args, root)
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if missing != nil {
				if len(paths) == 0 {
					return missing
				}
				tell(cmd.ErrOrStderr(), missing)
			}
			host, err := newPool(where.cacheDir, 0, 0)
			if err != nil {
				return err
			}
			defer host.Close()
			all := checkHealth(cmd.Context(), host, paths, root, len(args) == 0, cmd.ErrOrStderr())
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), all)
			} else {
				err = showHealth(all, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			if err != nil {
				return err
			}
			if missing != nil {
				return exitCode(2)
			}
			return healthCode(all)
		},
	}
	jsonFlag(cmd, &asJSON)
	where.add(cmd)
	where.addCache(cmd)
	return cmd
}

// pluginPaths are the manifests that words name; without words all that lie below the current folder.
// The error speaks of what could not be found, beside the paths of the rest.
func pluginPaths(ctx context.Context, words []string, root string) ([]string, error) {
	if len(words) == 0 {
		return sources.Find(ctx, nil)
	}
	var paths []string
	var missing []error
	for _, w := range words {
		path, err := plugins.Find(w, root)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, errors.Join(missing...)
}

// pluginHealth is what is known of one plugin's health.
type pluginHealth struct {
	Plugin     string         `json:"plugin"`
	Manifest   string         `json:"manifest"`
	OK         bool           `json:"ok"`
	Text       string         `json:"text"`
	Protocol   *int32         `json:"protocol"`
	Health     *int32         `json:"health"`
	DurationMS float64        `json:"duration_ms"`
	Log        []call.LogLine `json:"log"`
}

// checkHealth asks several plugins at once and answers in their order. Where lenient is set, those
// that run no code are left out.
func checkHealth(ctx context.Context, host plugins.Host, paths []string, root string, lenient bool, errOut io.Writer) []pluginHealth {
	var done atomic.Int64
	line := progress.Start(errOut, func() string { return fmt.Sprintf("health: %d of %d plugins", done.Load(), len(paths)) })
	defer line.End()
	found := make([]*pluginHealth, len(paths))
	turns := make(chan struct{}, 8) // more than the host runs at once
	var wg sync.WaitGroup
	for i, path := range paths {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { done.Add(1); <-turns }()
			if ctx.Err() == nil {
				found[i] = healthOf(ctx, host, path, root, lenient)
			}
		})
	}
	wg.Wait()
	all := []pluginHealth{}
	for _, h := range found {
		if h != nil {
			all = append(all, *h)
		}
	}
	return all
}

func healthOf(ctx context.Context, host plugins.Host, path, root string, lenient bool) *pluginHealth {
	p, err := plugins.Load(path, root)
	if errors.Is(err, plugins.ErrNoCode) && lenient {
		return nil
	}
	if err != nil {
		return &pluginHealth{Plugin: plugins.NameOf(path), Manifest: path, Text: err.Error(), Log: []call.LogLine{}}
	}
	h := p.Probe(ctx, host)
	lines, _ := h.Log.Read()
	return &pluginHealth{
		Plugin: p.Name(), Manifest: p.Path, OK: h.OK(), Text: h.Text(), Protocol: h.Result.Protocol, Health: h.Result.Health,
		DurationMS: ms(h.Result.Duration), Log: notNil(lines),
	}
}

func showHealth(all []pluginHealth, out, errOut io.Writer) error {
	for _, h := range all {
		if !h.OK {
			for _, l := range h.Log {
				fmt.Fprintln(errOut, runlog.Line(l))
			}
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", h.Plugin, h.Text); err != nil {
			return err
		}
	}
	return nil
}

func healthCode(all []pluginHealth) error {
	for _, h := range all {
		if !h.OK {
			return exitCode(1)
		}
	}
	return nil
}
