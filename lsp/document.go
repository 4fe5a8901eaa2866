package lsp

import (
	"slices"
	"sync"
	"sync/atomic"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	// ManifestName is the file name of a plugin's manifest.
	ManifestName = "samuel-plugin.toml"
	// ManifestLanguage is the language id by which a client may call any document a manifest.
	ManifestLanguage = "samuel-manifest"
	// MaxDocument is the size in bytes above which a manifest is tracked but not analysed.
	MaxDocument = 8 << 20
)

// Document is one version of one document. It is immutable but for what it remembers of the work
// that was done on it.
type Document struct {
	// URI is the normalised form, by which documents are told apart.
	URI uri.URI
	// Wire is the URI as the client wrote it, to speak of the document to the client.
	Wire string
	// also are the other spellings under which the client has the same document open.
	also []string
	// Path is the file it is, "" for what is no file.
	Path     string
	Language string
	// Version is the client's; 0 for a document that the client has not opened.
	Version int32
	// Open says that the client has it open.
	Open bool
	// Opening tells the times that the client opened documents apart; 0 for one that it has not.
	Opening uint64
	// Edited says that the client changed it since.
	Edited bool
	// Manifest says that it is analysed. Only then, and if it is not TooLarge, it has a text.
	Manifest bool
	// TooLarge says that it is above [MaxDocument]; its text is empty then.
	TooLarge bool
	// Text is its text. It is never nil.
	Text *text.Text

	syntax *lazyTree
	memo   checkMemo
	report reportMemo
	took   atomic.Int64           // nanoseconds that its last pulled diagnostics took, before it was edited too
	module atomic.Pointer[string] // see moduleOf
	// decoded is the manifest that the framework makes of the text, nil if that was not asked for.
	decoded  atomic.Pointer[manifest.Manifest]
	accepted atomic.Bool // by the framework's decoder, see compare
}

// newDocument returns a document with the given text.
func newDocument(id documentID, language string, version int32, open bool, content string) *Document {
	d := &Document{
		URI: id.key, Wire: id.wire, Path: id.path, Language: language, Version: version, Open: open,
		Manifest: language == ManifestLanguage || id.name() == ManifestName,
	}
	d.set(content)
	return d
}

func (d *Document) set(content string) {
	if d.TooLarge = d.Manifest && len(content) > MaxDocument; d.TooLarge || !d.Manifest {
		content = ""
	}
	d.Text = text.New(content)
	d.syntax = &lazyTree{text: d.Text}
}

// edited returns the document after one didChange. Versions are taken as the client gives them:
// it alone knows its text.
func (d *Document) edited(version int32, changes []protocol.TextDocumentContentChangeEvent, enc text.Encoding) *Document {
	next := &Document{
		URI: d.URI, Wire: d.Wire, also: d.also, Path: d.Path, Language: d.Language, Version: version, Open: true,
		Opening: d.Opening, Edited: true, Manifest: d.Manifest, TooLarge: d.TooLarge, Text: d.Text,
	}
	next.took.Store(d.took.Load())
	if !d.Manifest {
		next.syntax = d.syntax
		return next
	}
	tree := d.syntax
	for _, c := range changes {
		switch c := c.(type) {
		case *protocol.TextDocumentContentChangeWholeDocument:
			next.set(c.Text)
			tree = tree.replaced(next.Text)
		case *protocol.TextDocumentContentChangePartial:
			if next.TooLarge {
				continue // its text is not here to be edited; a full change brings it back
			}
			start := next.Text.Offset(c.Range.Start.Line, c.Range.Start.Character, enc)
			end := next.Text.Offset(c.Range.End.Line, c.Range.End.Character, enc)
			start, end = min(start, end), max(start, end)
			next.Text = next.Text.Replace(start, end, c.Text)
			if next.Text.Len() > MaxDocument {
				next.set(next.Text.String())
				tree = next.syntax
				continue
			}
			tree = tree.edited(next.Text, tomlsyntax.Edit{Span: tomlsyntax.Span{Start: start, End: end}, Text: c.Text})
		}
	}
	next.syntax = tree
	return next
}

// spellings are all under which the client has the document open, the one it is spoken of by first.
func (d *Document) spellings() []string {
	if d == nil {
		return nil
	}
	return append([]string{d.Wire}, d.also...)
}

// without returns the document after the client closed it under one spelling, nil if it has it open
// under no other. A spelling that was never opened stands for the one the document is spoken of by.
func (d *Document) without(wire string) *Document {
	open := d.spellings()
	i := max(0, slices.Index(open, wire))
	open = slices.Delete(open, i, i+1)
	if len(open) == 0 {
		return nil
	}
	return &Document{
		URI: d.URI, Wire: open[0], also: open[1:], Path: d.Path, Language: d.Language, Version: d.Version, Open: true,
		Opening: d.Opening, Edited: d.Edited, Manifest: d.Manifest, TooLarge: d.TooLarge, Text: d.Text, syntax: d.syntax,
	}
}

// Tree returns the document's syntax tree, which is built when first asked for.
func (d *Document) Tree() *tomlsyntax.Tree { return d.syntax.get() }

// checkMemo remembers the last check of a document and what it depended on.
type checkMemo struct {
	mu      sync.Mutex
	checker *manifestcheck.Checker
	facts   *moduleFacts
	result  *manifestcheck.Result
}

func (d *Document) check(c *manifestcheck.Checker, facts *moduleFacts) *manifestcheck.Result {
	m := &d.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.result == nil || m.checker != c || m.facts != facts {
		m.checker, m.facts, m.result = c, facts, c.Check(d.Tree(), facts.Facts)
	}
	return m.result
}

// release lets go of what can be made again.
func (d *Document) release() {
	d.syntax.tree.Store(nil)
	d.decoded.Store(nil)
	d.memo.mu.Lock()
	d.memo.result = nil
	d.memo.mu.Unlock()
}
