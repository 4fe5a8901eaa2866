package lsp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// BenchmarkOpening opens many manifests, each with a module of its own, until what the modules show is
// said of each. The time per document must not grow with their number.
func BenchmarkOpening(b *testing.B) {
	for _, watches := range []bool{true, false} { // the client, else the server
		for _, n := range []int{1000, 8000} {
			b.Run(fmt.Sprintf("client watches=%v/%d", watches, n), func(b *testing.B) {
				for range b.N {
					b.StopTimer()
					benchOpening(b, n, watches)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/document")
			})
		}
	}
}

func benchOpening(b *testing.B, n int, watches bool) {
	const text = "name = \"many\"\nversion = \"1.0.0\"\nkind = \"wasm\"\n\n[wasm]\nmodule = \"plugin.wasm\"\nexports = [\"absent\"]\n"
	module, err := os.ReadFile("../testdata/modules/result-ok.wasm")
	if err != nil {
		b.Fatal(err)
	}
	host := newFakeHost()
	var probes atomic.Int64
	probed := make(chan struct{})
	host.probed = func(context.Context) {
		if probes.Add(1) == int64(n) {
			close(probed)
		}
	}
	yes := true
	e := lsptest.Open(b, "", lsptest.Config{
		Server:  lsp.Options{OpenHost: func(lsp.HostConfig) (lsp.Host, error) { return host, nil }},
		Options: map[string]bool{"trusted": true},
		Folders: []string{"elsewhere"},
		Capabilities: func(c *protocol.ClientCapabilities) {
			if watches {
				c.Workspace.DidChangeWatchedFiles = &protocol.DidChangeWatchedFilesClientCapabilities{DynamicRegistration: &yes}
			}
		},
	})
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%05d/%s", i, lsp.ManifestName)
		e.Write(names[i], text)
		if err := os.WriteFile(filepath.Join(e.Dir, filepath.Dir(names[i]), "plugin.wasm"), module, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour) // what is new is read twice
	for _, name := range names {
		if err := os.Chtimes(filepath.Join(e.Dir, filepath.Dir(name), "plugin.wasm"), old, old); err != nil {
			b.Fatal(err)
		}
	}
	b.StartTimer()
	for _, name := range names {
		e.OpenText(name, "toml", text)
	}
	for _, name := range names {
		e.AwaitDiagnostics(name, func(d []protocol.Diagnostic) bool { return slices.Contains(lsptest.Codes(d), "export/missing") })
	}
	<-probed
	b.StopTimer()
	e.Close()
}
