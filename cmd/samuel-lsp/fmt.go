package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/sources"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// fmtFlags are the flags of the fmt command.
type fmtFlags struct{ check, diff bool }

// fmtCommand returns the command that formats manifests.
func fmtCommand() *cobra.Command {
	var flags fmtFlags
	cmd := &cobra.Command{
		Use:   "fmt [flags] [file | folder | pattern | -]...",
		Short: "Format manifests",
		Long: "Bring manifests into the form that the editor's formatter gives them. Only white space changes; what has\n" +
			"a syntax error is left as it is. With - standard input is formatted onto standard output.\n\n" +
			"The exit code is 0, or 1 when --check or --diff found a file that is not formatted, or 2 for errors.",
		Example: "  samuel-lsp fmt\n  samuel-lsp fmt --check plugins\n  samuel-lsp fmt - < samuel-plugin.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			return format(cmd.Context(), flags, args, streamsOf(cmd))
		},
	}
	cmd.Flags().BoolVar(&flags.check, "check", false, "list the files that are not formatted, and change nothing")
	cmd.Flags().BoolVar(&flags.diff, "diff", false, "print what would change, and change nothing")
	return cmd
}

func formatted(src string) string {
	t := tomlsyntax.Parse(src)
	edits := tomlsyntax.Format(t, tomlsyntax.FormatOptions{})
	if len(edits) == 0 {
		return src
	}
	return tomlsyntax.Patch(src, edits)
}

func format(ctx context.Context, flags fmtFlags, args []string, std streams) error {
	if slices.Contains(args, "-") {
		src, err := std.manifest(ctx, args)
		if err != nil {
			return err
		}
		return formatOne(flags, "<stdin>", src, std.out, func(text string) error {
			_, err := io.WriteString(std.out, text)
			return err
		})
	}
	paths, err := sources.Find(ctx, args)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var code error
	switch {
	case err != nil:
		tell(std.errOut, err)
		code = exitCode(2)
	case len(paths) == 0:
		tellNothingFound(std.errOut)
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		src, err := sources.Read(path)
		if err == nil {
			err = formatOne(flags, path, src, std.out, func(text string) error {
				if text == src {
					return nil
				}
				return sources.Write(path, text)
			})
		}
		switch {
		case err == exitCode(1):
			if code == nil {
				code = err
			}
		case err != nil:
			tell(std.errOut, err)
			code = exitCode(2)
		}
	}
	return code
}

// formatOne formats one text: it shows what is asked for, or hands the result to write.
func formatOne(flags fmtFlags, name, src string, out io.Writer, write func(text string) error) error {
	text := formatted(src)
	if !flags.check && !flags.diff {
		return write(text)
	}
	if text == src {
		return nil
	}
	if flags.check {
		if _, err := fmt.Fprintln(out, name); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
	}
	if flags.diff {
		name = filepath.ToSlash(name)
		if _, err := out.Write(diff.Diff("a/"+name, []byte(src), "b/"+name, []byte(text))); err != nil {
			return fmt.Errorf("writing the differences: %w", err)
		}
	}
	return exitCode(1)
}
