package project_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func model(src string) *manifestcheck.Model {
	return manifestcheck.New(manifestcheck.Config{}).Check(tomlsyntax.Parse(src), manifestcheck.Facts{}).Model
}

func TestRisky(t *testing.T) {
	m := model(`kind = "wasm"
[capabilities]
exec = true
[capabilities.filesystem]
read = ["/workspace/**", "/etc/hosts"]
write = ["/workspace/docs", "/workspace/docs"]
`)
	if got, want := fmt.Sprint(project.Risky(m)), "[exec read /etc/hosts write /workspace/docs]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, g := range project.Grants(m) {
		if g.Kind == "filesystem.read" && fmt.Sprint(g.Targets) != "[/etc/hosts]" {
			t.Errorf("reading of %v is granted", g.Targets)
		}
	}
}

// Lenses ask at every keystroke: what a manifest asks for is listed in linear time.
func TestRiskyOfAHugeManifest(t *testing.T) {
	var b strings.Builder
	b.WriteString("kind = \"wasm\"\n[capabilities.filesystem]\nwrite = [")
	for i := range 50_000 {
		fmt.Fprintf(&b, "\"/workspace/d%d\", ", i)
	}
	b.WriteString("]\n")
	m := model(b.String())
	started := time.Now()
	if n := len(project.Risky(m)); n != 50_000 {
		t.Errorf("%d requests", n)
	}
	if took := time.Since(started); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
