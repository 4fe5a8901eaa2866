package lsp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// pushedFor returns the workspace's files that findings were pushed for.
func pushedFor(e *lsptest.Editor) []string {
	var names []string
	for _, m := range e.Messages(protocol.MethodTextDocumentPublishDiagnostics) {
		var p protocol.PublishDiagnosticsParams
		if protocol.Unmarshal(m.Params, &p) == nil && len(p.Diagnostics) > 0 {
			if rel, err := filepath.Rel(e.Dir, p.URI.FsPath()); err == nil && !slices.Contains(names, rel) {
				names = append(names, filepath.ToSlash(rel))
			}
		}
	}
	slices.Sort(names)
	return names
}

const wrong = "name = \"x\"\n"

func TestScan(t *testing.T) {
	var archive strings.Builder
	for _, name := range []string{
		"samuel-plugin.toml", "deep/er/samuel-plugin.toml", ".samuel/plugins/x/samuel-plugin.toml",
		"node_modules/x/samuel-plugin.toml", "vendor/samuel-plugin.toml", "target/samuel-plugin.toml", ".git/samuel-plugin.toml",
		"ignored/samuel-plugin.toml", "kept/samuel-plugin.toml", "kept/build/samuel-plugin.toml", "Cargo.toml",
	} {
		archive.WriteString("-- " + name + " --\n" + wrong)
	}
	archive.WriteString("-- .gitignore --\n/ignored/\n.samuel\n-- kept/.gitignore --\nbuild\n")
	e := lsptest.Open(t, archive.String(), lsptest.Config{})
	want := []string{".samuel/plugins/x/samuel-plugin.toml", "deep/er/samuel-plugin.toml", "kept/samuel-plugin.toml", "samuel-plugin.toml"}
	e.Await("the manifests of the workspace", func() bool { return len(pushedFor(e)) >= len(want) })
	if got := pushedFor(e); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	e := lsptest.Open(t, "-- one/samuel-plugin.toml --\n"+wrong+"-- two/samuel-plugin.toml --\n"+wrong, lsptest.Config{Folders: []string{"one"}})
	has := func(name string) func() bool {
		return func() bool { p, ok := e.Published(name); return ok && len(p.Diagnostics) > 0 }
	}
	e.Await("the first folder's manifest", has("one/samuel-plugin.toml"))
	folder := func(name string) []protocol.WorkspaceFolder {
		return []protocol.WorkspaceFolder{{URI: e.URI(name), Name: name}}
	}
	e.Notify(protocol.MethodWorkspaceDidChangeWorkspaceFolders, &protocol.DidChangeWorkspaceFoldersParams{
		Event: protocol.WorkspaceFoldersChangeEvent{Added: folder("two"), Removed: folder("one")},
	})
	e.Await("the second folder's manifest", has("two/samuel-plugin.toml"))
	e.Await("nothing of the first folder's", func() bool {
		p, _ := e.Published("one/samuel-plugin.toml")
		return len(p.Diagnostics) == 0
	})
}

func TestFoldersInOneAnother(t *testing.T) {
	e := lsptest.Open(t, "-- one/samuel-plugin.toml --\n"+wrong+"-- one/two/samuel-plugin.toml --\n"+wrong, lsptest.Config{Folders: []string{"one", "one/two"}})
	e.AwaitState("the scan", func(snap *lsp.Snapshot) bool { return snap.Scanned })
	var found []protocol.SymbolInformation
	if err := e.Request(protocol.MethodWorkspaceSymbol, &protocol.WorkspaceSymbolParams{}, &found); err != nil {
		t.Fatal(err)
	}
	seen := map[uri.URI]int{}
	for _, s := range found {
		if s.Kind == protocol.SymbolKindPackage {
			seen[s.Location.URI]++
		}
	}
	want := map[uri.URI]int{e.URI("one/samuel-plugin.toml"): 1, e.URI("one/two/samuel-plugin.toml"): 1}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("plugins found (-want +got):\n%s", diff)
	}
}

func TestFilesOnDiskChange(t *testing.T) {
	for _, tc := range []struct {
		name string
		// watches says that the editor watches files; else the server does.
		watches bool
	}{{"watched by the editor", true}, {"watched by the server", false}} {
		t.Run(tc.name, func(t *testing.T) {
			e := lsptest.Open(t, twoManifests, lsptest.Config{Capabilities: func(c *protocol.ClientCapabilities) {
				c.Workspace.DidChangeWatchedFiles.DynamicRegistration = &tc.watches
			}})
			tell := func(name string, kind protocol.FileChangeType) {
				if tc.watches {
					e.FileChanged(name, kind)
				}
			}
			codes := func(name string) []string {
				p, ok := e.Published(name)
				if !ok {
					return nil
				}
				return lsptest.Codes(p.Diagnostics)
			}
			e.Await("the scan", func() bool {
				return len(codes("a/samuel-plugin.toml")) > 0 && slices.Contains(codes("b/samuel-plugin.toml"), "module/missing")
			})

			e.Write("b/plugin.wasm", "no module")
			tell("b/plugin.wasm", protocol.FileChangeTypeCreated)
			e.Await("the module", func() bool { return slices.Equal(codes("b/samuel-plugin.toml"), []string{"module/not-wasm"}) })

			e.Write("b/plugin.wasm", "xo module")
			e.Write("a/samuel-plugin.toml", "name = \"aa\"\nversion = \"1.0.0\"\nkind = \"skill\"\n")
			tell("a/samuel-plugin.toml", protocol.FileChangeTypeChanged)
			e.Await("the mended manifest", func() bool { return len(codes("a/samuel-plugin.toml")) == 0 })

			e.Write("c/samuel-plugin.toml", wrong)
			tell("c/samuel-plugin.toml", protocol.FileChangeTypeCreated)
			e.Await("the new manifest", func() bool { return len(codes("c/samuel-plugin.toml")) > 0 })

			if err := os.RemoveAll(filepath.Join(e.Dir, "c")); err != nil {
				t.Fatal(err)
			}
			tell("c", protocol.FileChangeTypeDeleted)
			e.Await("the deletion", func() bool { return len(codes("c/samuel-plugin.toml")) == 0 })
		})
	}
}

func TestProjectRoot(t *testing.T) {
	e := lsptest.Open(t, `-- home/samuel.toml --
-- home/proj/samuel.toml --
-- home/proj/sub/x --
-- home/inst/.samuel/plugins/p/samuel-plugin.toml --
-- home/plain/sub/x --
`, lsptest.Config{Folders: []string{"home/plain", "home/proj/sub"}})
	home := filepath.Join(e.Dir, "home")
	server := lsp.New(lsp.Options{Home: home})
	for _, tc := range []struct{ file, want string }{
		{"proj/sub/x", "proj"},
		{"inst/.samuel/plugins/p/samuel-plugin.toml", "inst"},
		{"plain/sub/x", "plain"},
	} {
		got := server.ProjectRoot(e.Server.Snapshot(), filepath.Join(home, tc.file))
		if want := filepath.Join(home, tc.want); got != want {
			t.Errorf("%s: root %q, want %q", tc.file, got, want)
		}
	}
	if got := server.ProjectRoot(e.Server.Snapshot(), filepath.Join(home, "other", "x")); got != "" {
		t.Errorf("outside of all folders: root %q", got)
	}
	for _, folder := range []string{home, filepath.Dir(home)} {
		snap := *e.Server.Snapshot()
		snap.Folders = []lsp.Folder{{Path: folder}}
		if got := server.ProjectRoot(&snap, filepath.Join(home, "other", "x")); got != "" {
			t.Errorf("with %s opened: root %q", folder, got)
		}
	}
}

// Who types without a pause from the start on does not keep what the start needed for good.
func TestSettledWithoutAPause(t *testing.T) {
	settled := make(chan struct{})
	e := lsptest.Open(t, "", lsptest.Config{Server: lsp.Options{Settled: func() { close(settled) }}})
	e.OpenText("samuel-plugin.toml", "toml", wrong)
	late := time.After(lsptest.Patience)
	for typed := 0; ; typed++ {
		select {
		case <-settled:
			return
		case <-late:
			t.Fatal("nothing was given back")
		default:
			e.Change("samuel-plugin.toml", wrong+strings.Repeat("#", typed%2))
			e.AwaitDiagnostics("samuel-plugin.toml", func(d []protocol.Diagnostic) bool { return len(d) > 0 })
		}
	}
}

// What only a start needs is given back when it is over: once, and not before the workspace was
// searched, a document is open and everything is said of it; and what much work needs, after it.
func TestSettledAndDrained(t *testing.T) {
	for name, pulls := range map[string]bool{"pushed": false, "pulled": true} {
		t.Run(name, func(t *testing.T) {
			told := make(chan string, 100)
			cfg := lsptest.Config{Server: lsp.Options{Settled: func() { told <- "settled" }, Crowded: func() { told <- "crowded" }, Drained: func() { told <- "drained" }}}
			if pulls {
				cfg.Capabilities = func(c *protocol.ClientCapabilities) {
					c.TextDocument.Diagnostic = &protocol.DiagnosticClientCapabilities{}
				}
			}
			e := lsptest.Open(t, "-- samuel-plugin.toml --\n"+wrong, cfg)
			said := func(doc string) {
				if pulls {
					if err := e.Request(protocol.MethodTextDocumentDiagnostic, &protocol.DocumentDiagnosticParams{TextDocument: e.Doc(doc)}, nil); err != nil {
						t.Fatal(err)
					}
					return
				}
				e.AwaitDiagnostics(doc, func(d []protocol.Diagnostic) bool { return len(d) > 0 })
			}
			e.AwaitState("a search of the workspace", func(s *lsp.Snapshot) bool { return s.Scanned })
			if len(told) > 0 {
				t.Errorf("%s before a document is open", <-told)
			}
			e.Open("samuel-plugin.toml")
			said("samuel-plugin.toml")
			if got := <-told; got != "settled" {
				t.Errorf("told %q first", got)
			}
			for range 70 { // no news, though no id of an earlier report comes with a request
				e.Change("samuel-plugin.toml", wrong)
				said("samuel-plugin.toml")
			}
			if len(told) > 0 {
				t.Errorf("%s while one document is edited", <-told)
			}
			for i := range 64 {
				e.OpenText(fmt.Sprintf("%d/samuel-plugin.toml", i), "toml", wrong)
				said(fmt.Sprintf("%d/samuel-plugin.toml", i))
			}
			for _, want := range []string{"crowded", "drained"} {
				if got := <-told; got != want {
					t.Errorf("told %q then, want %q", got, want)
				}
			}
			e.Close()
			if len(told) > 0 {
				t.Errorf("%s once more", <-told)
			}
		})
	}
}
