package lsp_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// Marker files are workspaces in testdata/markers, one for each feature or for something that all
// features must stand. What is asked, and what is answered, is written in the manifests, in lines
// that begin with "#!" and are no part of the text:
//
//	kind = "wa"
//	#!        ^ complete
//	#!   wasm -> kind = "wasm"
//
// The caret stands below the character before which the question is asked; "@n" in its place is
// column n, for columns that the mark itself covers. A question about the whole file has neither.
// "complete" takes the number of items to write down, with a + if how many more there are depends on
// the machine. Lines indented by three blanks are the answer; "go test -run TestMarkers -update" writes them anew.
//
// A file named "setup" says, one word or two a line, how the editor and the files are: plain (a
// client that can do nothing extra), utf-16, crlf, bom, and "module <where> <file of the
// repository>" for a module to put there.

var update = flag.Bool("update", false, "write the answers in marker files anew")

func TestMarkers(t *testing.T) {
	paths, err := filepath.Glob("testdata/markers/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no marker files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runMarkers(t, path) })
	}
}

// question is one "#!" line: where it asks, what, and the line it stands on.
type question struct {
	off     int // in the text without marks; -1: the whole file
	command string
	arg     string
	at      int // line of the marked text that asks
}

func runMarkers(t *testing.T, path string) {
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var set setup
	plain := &txtar.Archive{}
	asked := map[string][]question{}
	for _, f := range ar.Files {
		if f.Name == "setup" {
			set = parseSetup(t, string(f.Data))
			continue
		}
		text, questions := unmark(string(f.Data))
		if questions != nil || strings.HasSuffix(f.Name, lsp.ManifestName) {
			asked[f.Name] = questions
		}
		plain.Files = append(plain.Files, txtar.File{Name: f.Name, Data: []byte(text)})
	}
	w := openWorkspace(t, plain, set, asked)
	for i := range ar.Files {
		f := &ar.Files[i]
		if len(asked[f.Name]) == 0 {
			continue
		}
		got := w.answered(f.Name, string(f.Data), asked[f.Name])
		if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", f.Name, diff)
		}
		f.Data = []byte(got)
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// setup is how a workspace and its editor are.
type setup struct {
	plain, utf16, crlf, bom bool
	modules                 [][2]string
}

func parseSetup(t *testing.T, text string) setup {
	t.Helper()
	var s setup
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		switch words[0] {
		case "plain":
			s.plain = true
		case "utf-16":
			s.utf16 = true
		case "crlf":
			s.crlf = true
		case "bom":
			s.bom = true
		case "module":
			s.modules = append(s.modules, [2]string{words[1], words[2]})
		default:
			t.Fatalf("setup: no word %q", words[0])
		}
	}
	return s
}

// unmark takes the marks out of a text.
func unmark(marked string) (string, []question) {
	var text strings.Builder
	var questions []question
	lineStart := 0
	for i, line := range strings.SplitAfter(marked, "\n") {
		if !strings.HasPrefix(line, "#!") {
			if line != "" {
				lineStart = text.Len()
				text.WriteString(line)
			}
			continue
		}
		mark := strings.TrimRight(line, "\n")
		if mark == "#!" || strings.HasPrefix(mark, "#!   ") && !strings.HasPrefix(strings.TrimLeft(mark[2:], " "), "^ ") {
			continue
		}
		q := question{off: -1, at: i}
		rest := strings.TrimSpace(mark[2:])
		switch caret := strings.IndexByte(mark, '^'); {
		case strings.HasPrefix(rest, "^ "):
			q.off = lineStart + caret
			rest = rest[2:]
		case strings.HasPrefix(rest, "@"):
			column, after, _ := strings.Cut(rest[1:], " ")
			q.off = lineStart
			for _, digit := range column {
				q.off = lineStart + (q.off-lineStart)*10 + int(digit-'0')
			}
			rest = after
		}
		q.command, q.arg, _ = strings.Cut(rest, " ")
		questions = append(questions, q)
	}
	return text.String(), questions
}

// workspace is the editor with every manifest open.
type workspace struct {
	t    *testing.T
	e    *lsptest.Editor
	set  setup
	text map[string]string // as marked up, without the marks: before crlf and bom
}

func openWorkspace(t *testing.T, ar *txtar.Archive, set setup, asked map[string][]question) *workspace {
	t.Helper()
	w := &workspace{t: t, set: set, text: map[string]string{}}
	for i := range ar.Files {
		f := &ar.Files[i]
		w.text[f.Name] = string(f.Data)
		if _, opened := asked[f.Name]; opened {
			f.Data = []byte(w.dress(string(f.Data)))
		}
	}
	w.e = lsptest.Start(t, string(txtar.Format(ar)), lsptest.Config{Capabilities: w.capabilities})
	for _, m := range set.modules {
		module, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(m[1])))
		if err != nil {
			t.Fatal(err)
		}
		w.e.Write(m[0], string(module))
	}
	w.e.Initialize()
	for name := range asked {
		w.e.OpenText(name, "toml", w.dress(w.text[name]))
	}
	w.e.AwaitState("the facts of all modules", func(snap *lsp.Snapshot) bool {
		for name := range asked {
			d := snap.Manifest(w.e.URI(name))
			if d == nil || snap.Facts(d).Folder == "" || namesModule.MatchString(w.text[name]) && snap.Facts(d).Module == manifestcheck.ModuleUnknown {
				return false
			}
		}
		return true
	})
	return w
}

var namesModule = regexp.MustCompile(`(?m)^module = "[^"]`)

// dress gives a text the line endings and the mark that the setup asks for.
func (w *workspace) dress(text string) string {
	if w.set.crlf {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if w.set.bom {
		text = "\ufeff" + text
	}
	return text
}

func (w *workspace) capabilities(c *protocol.ClientCapabilities) {
	yes := true
	c.General = &protocol.GeneralClientCapabilities{PositionEncodings: []protocol.PositionEncodingKind{"utf-8", "utf-16"}}
	if w.set.utf16 || w.set.plain {
		c.General = nil
	}
	if w.set.plain {
		return
	}
	c.Workspace.WorkspaceEdit = &protocol.WorkspaceEditClientCapabilities{
		DocumentChanges: &yes, ChangeAnnotationSupport: &protocol.ChangeAnnotationsSupportOptions{},
	}
	markdown := []protocol.MarkupKind{protocol.MarkupKindMarkdown}
	completion := &protocol.CompletionClientCapabilities{
		CompletionItem: &protocol.ClientCompletionItemOptions{
			SnippetSupport: &yes, CommitCharactersSupport: &yes, DocumentationFormat: markdown,
			InsertReplaceSupport: &yes, LabelDetailsSupport: &yes,
		},
		CompletionList: &protocol.CompletionListCapabilities{ItemDefaults: []string{"editRange"}},
	}
	completion.CompletionItem.TagSupport.ValueSet = []protocol.CompletionItemTag{protocol.CompletionItemTagDeprecated}
	actions := &protocol.CodeActionClientCapabilities{IsPreferredSupport: &yes, DataSupport: &yes}
	actions.CodeActionLiteralSupport.CodeActionKind.ValueSet = []protocol.CodeActionKind{""}
	actions.ResolveSupport.Properties = []string{"edit"}
	c.TextDocument.Completion, c.TextDocument.CodeAction = completion, actions
	c.TextDocument.Hover = &protocol.HoverClientCapabilities{ContentFormat: markdown}
	c.TextDocument.DocumentSymbol = &protocol.DocumentSymbolClientCapabilities{HierarchicalDocumentSymbolSupport: &yes}
	c.TextDocument.Definition = &protocol.DefinitionClientCapabilities{LinkSupport: &yes}
	c.TextDocument.Rename = &protocol.RenameClientCapabilities{PrepareSupport: &yes}
}

// answered is a marked text with the answers it should have.
func (w *workspace) answered(name, marked string, questions []question) string {
	var out strings.Builder
	for i, line := range strings.SplitAfter(marked, "\n") {
		asks := slices.IndexFunc(questions, func(q question) bool { return q.at == i })
		if strings.HasPrefix(line, "#!") && asks < 0 {
			continue
		}
		out.WriteString(line)
		if asks < 0 {
			continue
		}
		for _, answer := range w.ask(name, questions[asks]) {
			for _, l := range strings.Split(answer, "\n") {
				out.WriteString(strings.TrimRight("#!   "+l, " ") + "\n")
			}
		}
	}
	return out.String()
}
