package manifestcheck

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// inspected are the facts of a module file.
func inspected(t *testing.T, path string) Facts {
	t.Helper()
	s, err := inspect.File(path)
	switch {
	case err == nil:
		return Facts{Module: ModuleInspected, Summary: s}
	case errors.Is(err, os.ErrNotExist):
		return Facts{Module: ModuleMissing}
	}
	return Facts{Module: ModuleUnreadable, Err: err}
}

// The plugins that this project shows to authors have no error and no warning.
func TestShownPluginsAreClean(t *testing.T) {
	manifests, err := filepath.Glob("../testdata/plugins/*/samuel-plugin.toml")
	if err != nil || len(manifests) == 0 {
		t.Fatalf("no manifests found: %v", err)
	}
	for _, path := range manifests {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			tree := tomlsyntax.Parse(string(src))
			module := filepath.Join(dir, New(Config{}).Check(tree, Facts{}).Model.ModulePath.Text)
			if filepath.Base(dir) == "go-lint" {
				module = builtByGo(t, dir) // too big to be kept with its source
			}
			for _, d := range New(Config{}).Check(tree, inspected(t, module)).Diagnostics {
				if d.Severity >= Warning {
					t.Errorf("%s %s: %s", d.Severity, d.Code, d.Message)
				}
			}
		})
	}
}

// builtByGo builds the Go plugin in dir and returns its module's path.
func builtByGo(t *testing.T, dir string) string {
	t.Helper()
	module := filepath.Join(t.TempDir(), "plugin.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", module, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", dir, err, out)
	}
	return module
}

// Modules that a host must refuse are refused here for the same reason, before they run.
func TestBrokenModules(t *testing.T) {
	tests := []struct{ module, code string }{
		{"alloc-missing", "export/no-allocator"},
		{"alloc-signature", "export/signature"},
		{"export-missing", "export/missing"},
		{"export-not-function", "export/not-a-function"},
		{"export-signature", "export/signature"},
		{"import-memory", "module/unknown-import"},
		{"import-signature", "module/import-signature"},
		{"import-unknown-function", "module/unknown-import"},
		{"import-unknown-module", "module/unknown-import"},
		{"memory-initial-over-cap", "runtime/memory-too-small"},
		{"protocol-missing", "protocol/export-missing"},
		{"protocol-signature", "export/signature"},
		{"protocol-two", "protocol/module-outside-host"},
		{"protocol-zero", "protocol/module-outside-host"},
		{"import-dotted", ""},
		{"import-log-number", ""},
		{"result-ok", ""},
	}
	const manifest = "name = \"lint\"\nversion = \"0.1.0\"\nkind = \"wasm\"\n[capabilities]\nexec = true\n[capabilities.filesystem]\nread = [\"/workspace\"]\nwrite = [\"/workspace\"]\n" +
		"[capabilities.network]\nhosts = [\"api.example.com\"]\n[wasm]\nmodule = \"plugin.wasm\"\nexports = [\"run_hook\"]\n"
	for _, tt := range tests {
		t.Run(tt.module, func(t *testing.T) {
			facts := inspected(t, "../testdata/modules/"+tt.module+".wasm")
			export := hookOf(facts)
			src := strings.ReplaceAll(manifest, "run_hook", export)
			var codes []string
			for _, d := range New(Config{}).Check(tomlsyntax.Parse(src), facts).Diagnostics {
				if d.Severity >= Warning && d.Code != "export/reserved" { // the hook of those modules is named run
					codes = append(codes, d.Code)
				}
			}
			if tt.code == "" && len(codes) > 0 || tt.code != "" && !slices.Contains(codes, tt.code) {
				t.Errorf("export %q: got %v, want %q", export, codes, tt.code)
			}
		})
	}
}

// hookOf is the first export of a module that is no life-cycle export, "absent" if it has none.
func hookOf(f Facts) string {
	if f.Summary == nil {
		return "absent"
	}
	for _, e := range f.Summary.Exports {
		if !isLifecycle(e.Name) && !isAllocator(e.Name) {
			return e.Name
		}
	}
	return "absent"
}
