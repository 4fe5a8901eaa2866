package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/plugins"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/progress"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/wasmhost"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// installFlags are the flags of the install and uninstall commands.
type installFlags struct {
	json, dryRun bool
	where        placeFlags
}

func (f *installFlags) add(cmd *cobra.Command) {
	jsonFlag(cmd, &f.json)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and change nothing")
	f.where.add(cmd)
}

// installedJSON is what install and uninstall print for programs.
type installedJSON struct {
	Path string `json:"path"` // the plugin's folder in the project
}

// installCommand returns the command that installs a plugin into a project.
func installCommand() *cobra.Command {
	var flags installFlags
	cmd := &cobra.Command{
		Use:   "install [flags] SOURCE",
		Short: "Install a wasm plugin into the project",
		Long: "Copy the module and the manifest of a wasm plugin into .samuel/plugins of the project. SOURCE is the plugin's\n" +
			"folder or its manifest. The module's protocol is verified first, with no capability and in a process of its\n" +
			"own; where anything fails the project stays as it was.",
		Example: "  samuel-lsp install ../c-lint\n  samuel-lsp install --project web --dry-run plugins/docs",
		Args:    takes(1, 1, "the folder or the manifest of a plugin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return install(cmd.Context(), flags, args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags.add(cmd)
	flags.where.addCache(cmd)
	return cmd
}

func install(ctx context.Context, flags installFlags, source string, out, errOut io.Writer) error {
	root, err := flags.where.root()
	if err != nil {
		return err
	}
	path, err := plugins.Find(source, "")
	if err != nil {
		return err
	}
	m, err := manifest.Load(path)
	if err != nil {
		return fmt.Errorf("installing %s: %w", source, err)
	}
	line := progress.Start(errOut, newStatus("installing "+m.Name).text)
	defer line.End()
	if err := tryProtocol(ctx, flags.where.cacheDir, path, root); err != nil {
		return err
	}
	// The trial has shown that the module ends and is no danger; what is left to do with it here is
	// little, and does not deserve a compilation.
	rt, err := wasmhost.NewRuntime(ctx, "", wasmhost.WithInterpreter())
	if err != nil {
		return fmt.Errorf("installing %s: %w", m.Name, err)
	}
	defer rt.Close(ctx)
	res, err := wasmhost.New(*m, root, filepath.Dir(path), rt, nil).Install(ctx, wasmhost.InstallOptions{DryRun: flags.dryRun})
	if err != nil {
		return err
	}
	return flags.told("installed "+m.Name+" "+m.Version+" to ", res.Mutations, folderOf(root, m.Name), out)
}

// tryProtocol lets the module say its protocol in a child process, so that one that hangs, crashes
// or eats memory is that process's problem. Judging the answer is left to the installation.
func tryProtocol(ctx context.Context, cacheDir, path, root string) error {
	p, err := plugins.Load(path, root)
	if err != nil {
		return err
	}
	host, err := newPool(cacheDir, 0, 1)
	if err != nil {
		return err
	}
	defer host.Close()
	h := p.Probe(ctx, host)
	switch h.Result.Outcome.Word {
	case call.Crashed, call.MemoryLimit, call.TimedOut, call.Cancelled:
		if !h.ProtocolOK() {
			return fmt.Errorf("installing %s: asking for its protocol: %s", p.Name(), h.Result.Outcome)
		}
	}
	return nil
}

func folderOf(root, name string) string { return filepath.Join(root, ".samuel", "plugins", name) }

// told says what was done, or would be.
func (f *installFlags) told(done string, mutations []wasmhost.Mutation, dir string, out io.Writer) error {
	if f.json {
		return printJSON(out, installedJSON{dir})
	}
	if !f.dryRun {
		_, err := fmt.Fprintln(out, done+dir)
		return err
	}
	for _, m := range mutations {
		if _, err := fmt.Fprintf(out, "would %s %s\n", m.Action, m.Path); err != nil {
			return err
		}
	}
	return nil
}

// uninstallCommand returns the command that removes a plugin from a project.
func uninstallCommand() *cobra.Command {
	var flags installFlags
	cmd := &cobra.Command{
		Use:               "uninstall [flags] NAME",
		Short:             "Remove an installed plugin from the project",
		Example:           "  samuel-lsp uninstall c-lint\n  samuel-lsp uninstall --project web --dry-run docs",
		Args:              takes(1, 1, "the name of an installed plugin"),
		ValidArgsFunction: completeInstalled,
		RunE: func(cmd *cobra.Command, args []string) error {
			return uninstall(cmd.Context(), flags, args[0], cmd.OutOrStdout())
		},
	}
	flags.add(cmd)
	return cmd
}

func uninstall(ctx context.Context, flags installFlags, name string, out io.Writer) error {
	root, err := flags.where.root()
	if err != nil {
		return err
	}
	p := wasmhost.New(manifest.Manifest{Name: name}, root, "", nil, nil)
	res, err := p.Uninstall(ctx, wasmhost.UninstallOptions{DryRun: flags.dryRun})
	if err != nil {
		return err
	}
	if len(res.Mutations) == 0 {
		return fmt.Errorf("uninstalling %s: %w in %s; `samuel-lsp list` shows what is", name, errNotInstalled, root)
	}
	return flags.told("uninstalled "+name+" from ", res.Mutations, folderOf(root, name), out)
}

var errNotInstalled = errors.New("no such plugin is installed")
