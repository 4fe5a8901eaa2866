package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/shlex"
)

// Every command line in the documentation is one that this program takes.
func TestDocumentedCommandLines(t *testing.T) {
	example := regexp.MustCompile(`(?m)(?:^|entry: |\| |")samuel-lsp ([a-z].*)$`)
	for _, file := range []string{"../../docs/ci.md", "../../.pre-commit-hooks.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := example.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s shows no command line", file)
		}
		for _, m := range found {
			checkCommandLine(t, file, m[1])
		}
	}
}

// The examples of each command's help are command lines that it takes, too.
func TestHelpExamples(t *testing.T) {
	root := rootCommand()
	for _, cmd := range append(root.Commands(), root) {
		if cmd.Hidden || !cmd.Runnable() {
			continue
		}
		if cmd.Example == "" && cmd.Name() != "completion" && cmd.Name() != "help" {
			t.Errorf("%s shows no example", cmd.Name())
		}
		for line := range strings.Lines(cmd.Example) {
			checkCommandLine(t, cmd.Name(), strings.TrimPrefix(strings.TrimSpace(line), "samuel-lsp "))
		}
	}
}

func checkCommandLine(t *testing.T, where, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " >")
	line, _, _ = strings.Cut(line, " <")
	args, err := shlex.Split(line) // drops what stands behind #
	if err != nil {
		t.Errorf("%s: %q: %v", where, line, err)
		return
	}
	cmd, rest, err := rootCommand().Find(args)
	if err != nil {
		t.Errorf("%s: %q: %v", where, line, err)
		return
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Errorf("%s: %q: %v", where, line, err)
		return
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		t.Errorf("%s: %q: %v", where, line, err)
	}
}
