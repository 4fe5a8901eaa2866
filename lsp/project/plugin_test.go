package project_test

import (
	"fmt"
	"math"
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
	const few, many = 5_000, 50_000
	took := func(n int) time.Duration {
		m := model("kind = \"wasm\"\n[capabilities.filesystem]\nwrite = [" + writes(n) + "]\n")
		best := time.Duration(math.MaxInt64)
		for range 3 {
			started := time.Now()
			if got := len(project.Risky(m)); got != n {
				t.Errorf("%d requests, want %d", got, n)
			}
			best = min(best, time.Since(started))
		}
		return best
	}
	if a, b := took(few), took(many); b > 5*many/few*max(a, time.Millisecond) {
		t.Errorf("%d requests take %s, %d take %s", few, a, many, b)
	}
}

func writes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\"/workspace/d%d\", ", i)
	}
	return b.String()
}
