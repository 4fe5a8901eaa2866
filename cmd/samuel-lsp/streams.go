package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/sources"
)

// streams are where a command reads and writes.
type streams struct {
	in          io.Reader
	out, errOut io.Writer
}

func streamsOf(cmd *cobra.Command) streams {
	return streams{cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()}
}

// manifest reads the manifest on standard input, for arguments of which one is "-"; it must be the
// only one.
func (s streams) manifest(ctx context.Context, args []string) (string, error) {
	if len(args) > 1 {
		return "", usageError{errors.New("- stands for standard input and must be the only argument")}
	}
	src, err := readInput(ctx, s.in, sources.MaxSize)
	if err != nil {
		return "", fmt.Errorf("reading standard input: %w", err)
	}
	if len(src) > sources.MaxSize {
		return "", fmt.Errorf("reading standard input: manifests above %d bytes are not read", sources.MaxSize)
	}
	return string(src), nil
}
