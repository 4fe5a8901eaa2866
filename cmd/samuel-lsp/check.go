package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/progress"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/report"
	"github.com/samuelpkg/samuel-lsp/cmd/samuel-lsp/internal/sources"
	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// checkFlags are the flags of the check command.
type checkFlags struct {
	format        string
	failOn        string
	rules         []string
	framework     string
	stdinFilename string
	shard         string
	fix, diff     bool
}

// checkCommand returns the command that checks manifests.
func checkCommand() *cobra.Command {
	var flags checkFlags
	cmd := &cobra.Command{
		Use:   "check [flags] [file | folder | pattern | -]...",
		Short: "Check manifests, as the editor does",
		Long: "Check manifests and the modules beside them, with the rules, codes and words of the editor.\n" +
			"Folders are searched for " + project.ManifestName + "; what .gitignore names is passed over. Nothing is run.\n\n" +
			"The exit code is 0 when nothing at or above --fail-on was found, 1 when something was, and 2 when\n" +
			"the command line was wrong or a file could not be read or written. Columns count characters from 1.",
		Example: "  samuel-lsp check\n" +
			"  samuel-lsp check --format sarif plugins > findings.sarif\n" +
			"  samuel-lsp check --fix --rule schema/deprecated-key=error '**/samuel-plugin.toml'\n" +
			"  samuel-lsp check --shard 2/8 --format github\n" +
			"  samuel-lsp check - --stdin-filename plugins/lint/samuel-plugin.toml < draft.toml",
		RunE: func(cmd *cobra.Command, args []string) error {
			return check(cmd.Context(), flags, args, streamsOf(cmd))
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.format, "format", "text", "write the report as `FORMAT`: "+strings.Join(report.Formats(), ", "))
	f.StringVar(&flags.failOn, "fail-on", "warning", "exit with 1 for findings of this `SEVERITY` or a worse one: hint, information, warning, error, or off for never")
	f.StringArrayVar(&flags.rules, "rule", nil, "set the severity of a rule or a group, `NAME=SEVERITY`; off switches it off; may be repeated")
	f.StringVar(&flags.framework, "framework-version", manifestcheck.DefaultFrameworkVersion, "check samuel.framework against this framework `VERSION`")
	f.StringVar(&flags.stdinFilename, "stdin-filename", "", "the `PATH` that standard input stands for; its folder is looked at")
	f.StringVar(&flags.shard, "shard", "", "check part `I/N` of the files only")
	f.BoolVar(&flags.fix, "fix", false, "apply the safe fixes, and report what is left")
	f.BoolVar(&flags.diff, "diff", false, "print what --fix would change, and change nothing")
	completeCheckFlags(cmd)
	return cmd
}

// checked is one file with what came of it.
type checked struct {
	report.File
	full  string // the path as seen from the root of the file system, "" for nowhere
	fixed string // with the safe fixes, when asked for
	read  bool   // File is filled
	err   error
}

// heapGarbage is how far, in percent, the heap may grow between collections: a check is over before
// tidying up pays.
const heapGarbage = 400

// checking is a check as its flags have it.
type checking struct {
	checkFlags
	streams
	checker *manifestcheck.Checker
	failOn  manifestcheck.Severity
	write   report.Writer
	shard   sources.Shard
}

func check(ctx context.Context, flags checkFlags, args []string, std streams) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGarbage)
	}
	c, err := newChecking(flags, std)
	if err != nil {
		return usageError{err}
	}
	stdin := slices.Contains(args, "-")
	switch {
	case c.fix && c.diff:
		return usageError{errors.New("--fix changes files and --diff only shows what it would change; give one of them")}
	case c.stdinFilename != "" && !stdin:
		return usageError{errors.New("--stdin-filename names what standard input stands for; add - to read that")}
	case stdin:
		return c.standardInput(ctx, args)
	}
	all, missing := c.all(ctx, args)
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(all) == 0 && missing == nil && c.shard.Of == 1 {
		tellNothingFound(c.errOut)
	}
	if c.mends() {
		if err := c.applyFixes(ctx, all); err != nil {
			return err
		}
	}
	if c.diff {
		c.out = io.Discard // the differences are the report
	}
	return c.conclude(all, missing)
}

// newChecking reads the flags; the error names the one that is wrong.
func newChecking(flags checkFlags, std streams) (*checking, error) {
	c := &checking{checkFlags: flags, streams: std}
	var err error
	if c.checker, err = flags.checker(); err != nil {
		return nil, err
	}
	var ok bool
	if c.failOn, ok = manifestcheck.ParseSeverity(flags.failOn); !ok {
		return nil, fmt.Errorf("--fail-on is %q; write off, hint, information, warning or error", flags.failOn)
	}
	c.write, err = report.New(flags.format, report.Options{
		Version: version(), Color: colored(std.out), Root: os.Getenv("GITHUB_WORKSPACE"),
	})
	if err != nil {
		return nil, err
	}
	c.shard, err = sources.ParseShard(flags.shard)
	return c, err
}

// mends says whether the safe fixes are asked for, to be applied or to be shown.
func (f checkFlags) mends() bool { return f.fix || f.diff }

// tellNothingFound keeps a mistyped folder from being taken for a clean one.
func tellNothingFound(errOut io.Writer) {
	fmt.Fprintln(errOut, "samuel-lsp: there is no "+project.ManifestName+" below the folders searched")
}

func (f checkFlags) checker() (*manifestcheck.Checker, error) {
	rules := make(map[string]manifestcheck.Severity, len(f.rules))
	for _, r := range f.rules {
		name, word, _ := strings.Cut(r, "=")
		severity, ok := manifestcheck.ParseSeverity(word)
		switch {
		case !ok:
			return nil, fmt.Errorf("--rule is %q; write NAME=SEVERITY, with off, hint, information, warning or error", r)
		case !manifestcheck.KnownRule(name):
			return nil, fmt.Errorf("--rule: %w", unknownRule(name))
		}
		rules[name] = severity
	}
	if _, problem := semrange.ParseSemver(f.framework); problem != nil {
		return nil, fmt.Errorf("--framework-version is %q; write a version such as %s", f.framework, manifestcheck.DefaultFrameworkVersion)
	}
	return manifestcheck.New(manifestcheck.Config{Rules: rules, FrameworkVersion: f.framework}), nil
}

// colored says whether out is a terminal whose user wants colours; see no-color.org.
func colored(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// stride is how many files are handed over at once: waking a processor for each of them would cost
// as much as checking it. waiting is how many strides the search may be ahead.
const (
	stride  = 32
	waiting = 8
)

// all checks files at once on all processors while the search for them goes on, and returns
// them in the order in which they were found. The error speaks of what could not be found; the rest
// is checked all the same.
func (c *checking) all(ctx context.Context, args []string) ([]checked, error) {
	var found, done atomic.Int64
	line := progress.Start(c.errOut, func() string { return fmt.Sprintf("check: %d of %d files", done.Load(), found.Load()) })
	defer line.End()

	queue := make(chan []*checked, waiting)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for some := range queue {
				for _, f := range some {
					*f = c.file(f.Path, f.full)
					done.Add(1)
				}
			}
		})
	}
	var all []*checked
	sent := 0
	send := func() { queue <- all[sent:len(all):len(all)]; sent = len(all) }
	err := sources.Each(ctx, args, func(path, full string) {
		if c.shard.Has(path) {
			all = append(all, &checked{File: report.File{Path: path}, full: full})
			found.Add(1)
			if len(all)-sent == stride {
				send()
			}
		}
	})
	send()
	close(queue)
	workers.Wait()
	out := make([]checked, len(all))
	for i, f := range all {
		out[i] = *f
	}
	return out, err
}

func (c *checking) file(path, full string) checked {
	src, err := sources.Read(path)
	if err != nil {
		return checked{File: report.File{Path: path}, err: err}
	}
	return c.source(path, full, src, c.mends())
}

// source checks one text that is shown as name and lies at full, "" for nowhere, and mends it if fix
// is set.
func (c *checking) source(name, full, src string, fix bool) checked {
	find := func(src string) []manifestcheck.Diagnostic {
		tree := tomlsyntax.Parse(src)
		return c.checker.Check(tree, surroundings(full, tree)).Diagnostics
	}
	f := checked{File: report.File{Path: name, Source: src, Diagnostics: find(src)}, full: full, fixed: src, read: true}
	if fix {
		f.fixed, _ = manifestcheck.FixAll(src, find)
	}
	return f
}

// surroundings asks the disk about the folder and the module of a manifest.
func surroundings(full string, tree *tomlsyntax.Tree) manifestcheck.Facts {
	if full == "" {
		return manifestcheck.Facts{}
	}
	module := ""
	if item, ok := tree.Root().Lookup("wasm", "module"); ok && item.IsValue() {
		module, _ = item.Value().Text()
	}
	return project.Look(full, module)
}

// standardInput checks the text on standard input.
func (c *checking) standardInput(ctx context.Context, args []string) error {
	src, err := c.manifest(ctx, args)
	if err != nil {
		return err
	}
	name, full := "<stdin>", ""
	if c.stdinFilename != "" {
		name, full = c.stdinFilename, absolute(c.stdinFilename)
	}
	f := c.source(name, full, src, c.mends())
	switch {
	case c.fix:
		// What was read from standard input is mended onto standard output; the report of what is
		// left would be in the way there.
		if _, err := io.WriteString(c.out, f.fixed); err != nil {
			return fmt.Errorf("writing the mended text: %w", err)
		}
		f = c.source(name, full, f.fixed, false)
		c.out = c.errOut
	case c.diff:
		if _, err := c.out.Write(diff.Diff(name, []byte(f.Source), name, []byte(f.fixed))); err != nil {
			return fmt.Errorf("writing the differences: %w", err)
		}
		c.out = io.Discard
	}
	return c.conclude([]checked{f}, nil)
}

// applyFixes writes the mended files, or shows the differences.
func (c *checking) applyFixes(ctx context.Context, all []checked) error {
	for i := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := &all[i]
		if f.err != nil || f.fixed == f.Source {
			continue
		}
		if c.diff {
			name := filepath.ToSlash(f.Path)
			if _, err := c.out.Write(diff.Diff("a/"+name, []byte(f.Source), "b/"+name, []byte(f.fixed))); err != nil {
				return fmt.Errorf("writing the differences: %w", err)
			}
			continue
		}
		if err := sources.Write(f.Path, f.fixed); err != nil {
			f.err = err
			continue
		}
		*f = c.source(f.Path, f.full, f.fixed, false)
	}
	return nil
}

// conclude writes the report and decides the exit code. Missing speaks of what was asked for and
// could not be found, nil if nothing.
func (c *checking) conclude(all []checked, missing error) error {
	files := make([]report.File, 0, len(all))
	failed, broken := false, missing != nil
	if broken {
		tell(c.errOut, missing)
	}
	for _, f := range all {
		if f.err != nil {
			broken = true
			tell(c.errOut, f.err)
		}
		if !f.read {
			continue
		}
		files = append(files, f.File)
		failed = failed || c.failOn != manifestcheck.Off && slices.ContainsFunc(f.Diagnostics, func(d manifestcheck.Diagnostic) bool { return d.Severity >= c.failOn })
	}
	if err := c.write(c.out, files); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	switch {
	case broken:
		return exitCode(2)
	case failed:
		return exitCode(1)
	}
	return nil
}

// completeCheckFlags offers the words that flags take to the shell.
func completeCheckFlags(cmd *cobra.Command) {
	words := map[string][]string{
		"format":  report.Formats(),
		"fail-on": {"error", "warning", "information", "hint", "off"},
		"rule":    ruleCompletions(),
	}
	for flag, all := range words {
		directive := cobra.ShellCompDirectiveNoFileComp
		if flag == "rule" {
			directive |= cobra.ShellCompDirectiveNoSpace // =SEVERITY follows
		}
		if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(all, directive)); err != nil {
			panic(err) // the flag was not added, or twice
		}
	}
}
