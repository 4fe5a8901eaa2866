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
			return check(cmd.Context(), flags, args, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
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

func check(ctx context.Context, flags checkFlags, args []string, in io.Reader, out, errOut io.Writer) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGarbage)
	}
	checker, err := flags.checker()
	if err != nil {
		return usageError{err}
	}
	failOn, ok := manifestcheck.ParseSeverity(flags.failOn)
	if !ok {
		return usageError{fmt.Errorf("--fail-on is %q; write off, hint, information, warning or error", flags.failOn)}
	}
	write, err := report.New(flags.format, report.Options{
		Version: version(), Color: colored(out), Root: os.Getenv("GITHUB_WORKSPACE"),
	})
	if err != nil {
		return usageError{err}
	}
	shard, err := sources.ParseShard(flags.shard)
	if err != nil {
		return usageError{err}
	}
	stdin := slices.Contains(args, "-")
	switch {
	case flags.fix && flags.diff:
		return usageError{errors.New("--fix changes files and --diff only shows what it would change; give one of them")}
	case flags.stdinFilename != "" && !stdin:
		return usageError{errors.New("--stdin-filename names what standard input stands for; add - to read that")}
	case stdin:
		return checkStdin(ctx, flags, args, checker, failOn, write, in, out, errOut)
	}
	all, missing := checkAll(ctx, args, shard, checker, flags.fix || flags.diff, errOut)
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(all) == 0 && missing == nil && shard.Of == 1 {
		tellNothingFound(errOut)
	}
	if flags.fix || flags.diff {
		if err := applyFixes(ctx, all, flags.diff, checker, out); err != nil {
			return err
		}
	}
	if flags.diff {
		out = io.Discard // the differences are the report
	}
	return conclude(all, missing, failOn, write, out, errOut)
}

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

// checkAll checks files at once on all processors while the search for them goes on, and returns
// them in the order in which they were found. The error speaks of what could not be found; the rest
// is checked all the same.
func checkAll(ctx context.Context, args []string, shard sources.Shard, checker *manifestcheck.Checker, fix bool, errOut io.Writer) ([]checked, error) {
	var found, done atomic.Int64
	line := progress.Start(errOut, func() string { return fmt.Sprintf("check: %d of %d files", done.Load(), found.Load()) })
	defer line.End()

	queue := make(chan []*checked, waiting)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for some := range queue {
				for _, c := range some {
					*c = checkFile(c.Path, c.full, checker, fix)
					done.Add(1)
				}
			}
		})
	}
	var all []*checked
	sent := 0
	send := func() { queue <- all[sent:len(all):len(all)]; sent = len(all) }
	err := sources.Each(ctx, args, func(path, full string) {
		if shard.Has(path) {
			c := &checked{File: report.File{Path: path}, full: full}
			all = append(all, c)
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
	for i, c := range all {
		out[i] = *c
	}
	return out, err
}

func checkFile(path, full string, checker *manifestcheck.Checker, fix bool) checked {
	src, err := sources.Read(path)
	if err != nil {
		return checked{File: report.File{Path: path}, err: err}
	}
	return checkSource(path, full, src, checker, fix)
}

// checkSource checks one text that is shown as name and lies at full, "" for nowhere.
func checkSource(name, full, src string, checker *manifestcheck.Checker, fix bool) checked {
	find := func(src string) []manifestcheck.Diagnostic {
		tree := tomlsyntax.Parse(src)
		return checker.Check(tree, surroundings(full, tree)).Diagnostics
	}
	c := checked{File: report.File{Path: name, Source: src, Diagnostics: find(src)}, full: full, fixed: src, read: true}
	if fix {
		c.fixed, _ = manifestcheck.FixAll(src, find)
	}
	return c
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

// errOnlyStdin is the error of a command line that names standard input and files.
var errOnlyStdin = usageError{errors.New("- stands for standard input and must be the only argument")}

func checkStdin(ctx context.Context, flags checkFlags, args []string, checker *manifestcheck.Checker, failOn manifestcheck.Severity, write report.Writer, in io.Reader, out, errOut io.Writer) error {
	if len(args) > 1 {
		return errOnlyStdin
	}
	src, err := readInput(ctx, in, sources.MaxSize)
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	if len(src) > sources.MaxSize {
		return fmt.Errorf("reading standard input: manifests above %d bytes are not checked", sources.MaxSize)
	}
	name, full := "<stdin>", ""
	if flags.stdinFilename != "" {
		name, full = flags.stdinFilename, absolute(flags.stdinFilename)
	}
	c := checkSource(name, full, string(src), checker, flags.fix || flags.diff)
	switch {
	case flags.fix:
		// What was read from standard input is mended onto standard output; the report of what is
		// left would be in the way there.
		if _, err := io.WriteString(out, c.fixed); err != nil {
			return fmt.Errorf("writing the mended text: %w", err)
		}
		c = checkSource(name, full, c.fixed, checker, false)
		out = errOut
	case flags.diff:
		if _, err := out.Write(diff.Diff(name, []byte(c.Source), name, []byte(c.fixed))); err != nil {
			return fmt.Errorf("writing the differences: %w", err)
		}
		out = io.Discard
	}
	return conclude([]checked{c}, nil, failOn, write, out, errOut)
}

// applyFixes writes the mended files, or shows the differences.
func applyFixes(ctx context.Context, all []checked, show bool, checker *manifestcheck.Checker, out io.Writer) error {
	for i := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := &all[i]
		if c.err != nil || c.fixed == c.Source {
			continue
		}
		if show {
			name := filepath.ToSlash(c.Path)
			if _, err := out.Write(diff.Diff("a/"+name, []byte(c.Source), "b/"+name, []byte(c.fixed))); err != nil {
				return fmt.Errorf("writing the differences: %w", err)
			}
			continue
		}
		if err := sources.Write(c.Path, c.fixed); err != nil {
			c.err = err
			continue
		}
		*c = checkSource(c.Path, c.full, c.fixed, checker, false)
	}
	return nil
}

// conclude writes the report and decides the exit code. Missing speaks of what was asked for and
// could not be found, nil if nothing.
func conclude(all []checked, missing error, failOn manifestcheck.Severity, write report.Writer, out, errOut io.Writer) error {
	files := make([]report.File, 0, len(all))
	failed, broken := false, missing != nil
	if broken {
		tell(errOut, missing)
	}
	for _, c := range all {
		if c.err != nil {
			broken = true
			tell(errOut, c.err)
		}
		if !c.read {
			continue
		}
		files = append(files, c.File)
		failed = failed || failOn != manifestcheck.Off && slices.ContainsFunc(c.Diagnostics, func(d manifestcheck.Diagnostic) bool { return d.Severity >= failOn })
	}
	if err := write(out, files); err != nil {
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
