package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/plugins"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/progress"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// maxPayload bounds a payload, in bytes.
const maxPayload = 8 << 20

// runFlags are the flags of the run command.
type runFlags struct {
	payload, file string
	grants        []string
	json          bool
	where         placeFlags
}

// placeFlags say where a command works.
type placeFlags struct{ project, cacheDir string }

func (p *placeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.project, "project", "", "the `FOLDER` of the project; by default the nearest one above with samuel.toml or .samuel/plugins, else the current folder")
}

func (p *placeFlags) addCache(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.cacheDir, "cache-dir", "", "keep compiled modules in this `FOLDER`, which must be yours alone")
}

// root returns the project's folder.
func (p *placeFlags) root() (string, error) {
	if p.project == "" {
		dir, err := os.Getwd()
		if err != nil {
			return "", fmt.Errorf("finding the project: %w", err)
		}
		return plugins.Root(dir), nil
	}
	dir, err := filepath.Abs(p.project)
	if err != nil {
		return "", fmt.Errorf("finding the project: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", usageError{fmt.Errorf("--project is %q, which is no folder", p.project)}
	}
	return dir, nil
}

// runCommand returns the command that runs a hook or an export of a plugin.
func runCommand() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] PLUGIN EXPORT|EVENT",
		Short: "Run an export of a plugin, or the hooks bound to an event",
		Long: "Run an export of a plugin, or the exports bound to an event, in a process of its own, with what the manifest\n" +
			"declares. PLUGIN is a folder, a manifest, or the name of an installed plugin.\n\n" +
			"Reading below /workspace, the project, is allowed. Writing, programs, the network, samuel.api,\n" +
			"assistant.invoke and reading elsewhere are denied without --grant: there is no one to ask. A grant is\n" +
			"all (everything the manifest asks for), a capability (exec), or one with targets\n" +
			"(network.outbound=api.example.com,cdn.example.com). What the manifest does not declare stays denied.\n\n" +
			"Findings and the result go to standard output, the captured log to standard error. The exit code is 0 when\n" +
			"every export ended with ok, 1 when one did not, and 2 when nothing could be run.",
		Example: "  samuel-lsp run . lint\n" +
			"  samuel-lsp run c-lint quality.check --file main.go\n" +
			"  samuel-lsp run plugins/docs build --grant 'filesystem.write=/workspace/docs/**' --grant exec\n" +
			"  samuel-lsp run . lint --payload @payload.json --json",
		Args:              takes(2, 2, "a plugin and one of its exports or events"),
		ValidArgsFunction: completePlugins(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runHooks(cmd, flags, args[0], args[1])
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.payload, "payload", "", "hand the export this `JSON`, or the content of a file with @FILE, or standard input with @-; by default what a save sends")
	f.StringVar(&flags.file, "file", "", "the saved `FILE` that the default payload speaks of")
	f.StringArrayVar(&flags.grants, "grant", nil, "allow `CAPABILITY[=TARGET,..]` or all; may be repeated")
	jsonFlag(cmd, &flags.json)
	flags.where.add(cmd)
	flags.where.addCache(cmd)
	return cmd
}

// openPlugin reads the plugin that a word names.
func openPlugin(word string, where placeFlags) (*plugins.Plugin, error) {
	root, err := where.root()
	if err != nil {
		return nil, err
	}
	path, err := plugins.Find(word, root)
	if err != nil {
		return nil, err
	}
	p, err := plugins.Load(path, root)
	if err == nil && where.project != "" {
		p.Root = root
	}
	return p, err
}

func runHooks(cmd *cobra.Command, flags runFlags, word, what string) error {
	if flags.payload != "" && flags.file != "" {
		return usageError{errors.New("--payload is the whole payload and --file only a part of the default one; give one of them")}
	}
	p, err := openPlugin(word, flags.where)
	if err != nil {
		return err
	}
	hooks, err := p.Hooks(what)
	if err != nil {
		return usageError{err}
	}
	c := plugins.Call{}
	if c.Grants, err = p.Grants(flags.grants); err != nil {
		return usageError{err}
	}
	if c.Payload, err = readPayload(cmd.Context(), flags.payload, cmd.InOrStdin()); err != nil {
		return err
	}
	if flags.file != "" {
		if c.File, err = filepath.Abs(flags.file); err != nil {
			return fmt.Errorf("--file: %w", err)
		}
	}
	host, err := newPool(flags.where.cacheDir, 0, 1)
	if err != nil {
		return err
	}
	defer host.Close()

	out := runOutput{out: cmd.OutOrStdout(), errOut: cmd.ErrOrStderr(), json: flags.json, plugin: p}
	for _, h := range hooks {
		c.Hook = h
		out.run(cmd.Context(), host, c)
		if err := cmd.Context().Err(); err != nil {
			return err
		}
	}
	return out.end()
}

// readPayload returns the payload that a flag names, nil for none.
func readPayload(ctx context.Context, flag string, in io.Reader) ([]byte, error) {
	var payload []byte
	var err error
	switch name, file := strings.CutPrefix(flag, "@"); {
	case flag == "":
		return nil, nil
	case !file:
		payload = []byte(flag)
	case name == "-":
		payload, err = readInput(ctx, in, maxPayload)
	default:
		payload, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the payload: %w", err)
	}
	if len(payload) > maxPayload {
		return nil, usageError{fmt.Errorf("the payload has more than %d bytes", maxPayload)}
	}
	if !json.Valid(payload) {
		return nil, usageError{errors.New("the payload is no JSON; to read it from a file write --payload @FILE")}
	}
	return payload, nil
}

// runOutput shows runs, as text while they go on or as JSON at the end.
type runOutput struct {
	out, errOut io.Writer
	json        bool
	plugin      *plugins.Plugin
	runs        []*plugins.Run
}

func (o *runOutput) run(ctx context.Context, host plugins.Host, c plugins.Call) {
	status := newStatus(fmt.Sprintf("%s: %s", o.plugin.Name(), c.Export))
	line := progress.Start(o.errOut, status.text)
	watch := plugins.Watcher{Progress: status.set}
	if !o.json {
		watch.Line = func(l call.LogLine) { line.Print(o.errOut, runlog.Line(l)+"\n") }
	}
	r := o.plugin.Run(ctx, host, c, watch)
	line.End()
	o.runs = append(o.runs, r)
	if o.json || ctx.Err() != nil {
		return
	}
	for _, f := range r.Findings {
		fmt.Fprintln(o.out, findingText(o.plugin, f))
	}
	fmt.Fprintf(o.out, "%s: %s: %s\n", o.plugin.Name(), r.Export, r.Text())
	for _, f := range r.Result.Stack {
		if f.Func != "" {
			fmt.Fprintf(o.out, "    at %s\n", runlog.OneLine(f.Func))
		}
	}
}

// findingText is a finding in the form of check's findings.
func findingText(p *plugins.Plugin, f runlog.Finding) string {
	where := fmt.Sprintf("%s:%d", shownPath(f.Path), f.Line)
	if f.Column > 0 {
		where += fmt.Sprintf(":%d", f.Column)
	}
	code := p.Name()
	if f.Rule != "" {
		code += "/" + f.Rule
	}
	return fmt.Sprintf("%s: %s: %s [%s]", where, f.Severity, f.Message, code)
}

// shownPath is a path as seen from the current folder, where that is shorter.
func shownPath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// end writes what is left, and decides the exit code.
func (o *runOutput) end() error {
	if o.json {
		if err := printJSON(o.out, runReport(o.plugin, o.runs)); err != nil {
			return err
		}
	}
	for _, r := range o.runs {
		if !r.OK() {
			return exitCode(1)
		}
	}
	return nil
}

// absolute is a path seen from the root of the file system, itself where that cannot be told.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
