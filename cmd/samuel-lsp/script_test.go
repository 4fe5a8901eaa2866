package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/samuelpkg/samuel-lsp/wasmhost"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"samuel-lsp": main})
}

// TestScripts runs the command lines in testdata/script. $PLUGINS and $MODULES are the folders of
// sample plugins and of modules that misbehave, $SCRIPTS is that of the GitHub Action's scripts.
func TestScripts(t *testing.T) {
	top, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := env.WorkDir + ".home" // beside it: a folder that holds the home folder is no project
			env.Setenv("HOME", home)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
			env.Setenv("PLUGINS", filepath.Join(top, "testdata", "plugins"))
			env.Setenv("MODULES", filepath.Join(top, "testdata", "modules"))
			env.Setenv("SCRIPTS", filepath.Join(top, "scripts"))
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"crlf":     crlfCmd,
			"mode":     modeCmd,
			"sarif":    sarifCmd,
			"json":     jsonCmd,
			"fixture":  fixtureCmd,
			"generate": generateCmd,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// crlfCmd ends the lines of files with \r\n; with !, it wants them to end so.
func crlfCmd(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := ts.ReadFile(name)
		if neg {
			if n := strings.Count(text, "\n"); n == 0 || n != strings.Count(text, "\r\n") {
				ts.Fatalf("%s has %d line ends, %d of them \\r\\n", name, n, strings.Count(text, "\r\n"))
			}
			continue
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o666))
	}
}

// modeCmd wants a file to have these permissions, written in octal.
func modeCmd(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := info.Mode().Perm(); got != os.FileMode(want) {
		ts.Fatalf("%s has the permissions %o, want %o", args[1], got, want)
	}
}

// sarifCmd wants files to be valid SARIF 2.1.0. With several, it puts their runs into the last one
// first, and wants that to be valid as well.
func sarifCmd(ts *testscript.TestScript, _ bool, args []string) {
	type log struct {
		Schema  string            `json:"$schema"`
		Version string            `json:"version"`
		Runs    []json.RawMessage `json:"runs"`
	}
	var merged log
	for i, name := range args {
		if i > 0 && i == len(args)-1 {
			text, err := json.Marshal(merged)
			ts.Check(err)
			ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o666))
		}
		text := ts.ReadFile(name)
		ts.Check(validSARIF(text))
		var one log
		ts.Check(json.Unmarshal([]byte(text), &one))
		merged.Schema, merged.Version, merged.Runs = one.Schema, one.Version, append(merged.Runs, one.Runs...)
	}
}

// validSARIF asks a later version of the library, which must know every field, and its copy of the
// standard's schema.
func validSARIF(text string) error {
	strict := json.NewDecoder(strings.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&sarif.Report{}); err != nil {
		return err
	}
	r, err := sarif.FromString(text)
	if err != nil {
		return err
	}
	for _, run := range r.Runs {
		// The library writes absent languages as empty ones, where the standard's default holds.
		run.Language, run.Tool.Driver.Language = "en-US", "en-US"
	}
	return r.Validate()
}

// jsonCmd wants the value at a path of a JSON file, such as a.0.b, to be as written in JSON; len at
// the end of the path is the length of a list.
func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json file path value")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for _, step := range strings.Split(args[1], ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			if step == "len" {
				v = len(node)
				continue
			}
			i, err := strconv.Atoi(step)
			ts.Check(err)
			if i >= len(node) {
				ts.Fatalf("%s: no element %d in %v", args[1], i, node)
			}
			v = node[i]
		default:
			ts.Fatalf("%s: nothing at %q", args[1], step)
		}
	}
	got, err := json.Marshal(v)
	ts.Check(err)
	if (string(got) == args[2]) == neg {
		ts.Fatalf("%s of %s is %s", args[1], args[0], got)
	}
}

// fixtureCmd writes a module with the health and protocol given.
func fixtureCmd(ts *testscript.TestScript, _ bool, args []string) {
	var values [2]int32
	for i := range values {
		n, err := strconv.ParseInt(args[i], 10, 32)
		ts.Check(err)
		values[i] = int32(n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), wasmhost.BuildFixtureWasm(values[0], values[1]), 0o666))
}

// generateCmd writes n manifests below a folder, each with one finding that can be fixed.
func generateCmd(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for i := range n {
		dir := filepath.Join(ts.MkAbs(args[1]), fmt.Sprintf("p%03d", i))
		ts.Check(os.MkdirAll(dir, 0o777))
		text := fmt.Sprintf("name = \"p%03d\"\nversion = \"1.0\"\nkind = \"skill\"\n", i)
		ts.Check(os.WriteFile(filepath.Join(dir, "samuel-plugin.toml"), []byte(text), 0o666))
	}
}
