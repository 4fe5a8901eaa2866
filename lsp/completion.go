package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

func completionFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentCompletion: request(completion),
			protocol.MethodCompletionItemResolve:  request(resolveCompletion),
		},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			yes := true
			caps.CompletionProvider = &protocol.CompletionOptions{
				TriggerCharacters: []string{"[", ".", "=", `"`, "'", ",", "{", "/", ":", "^", "~"},
				ResolveProvider:   &yes,
			}
		},
	}
}

// proposals bounds the items of one answer; more than that are narrowed down by typing.
const proposals = 200

// candidate is something that may be written at a place.
type candidate struct {
	label  string
	filter string // what typing is compared with, if not the label
	text   string // what is written
	// snippet is what is written with places to go on at, in the protocol's notation; "" for none.
	snippet string
	// value is the beginning of a key's value in a snippet, if not the one of its table's other keys.
	value      string
	detail     string
	kind       protocol.CompletionItemKind
	about      about
	deprecated bool
	preselect  bool
}

// about says what to look up when the documentation of an item is asked for.
type about struct {
	Field  string `json:"field,omitempty"`  // path of a row of the schema
	Choice string `json:"choice,omitempty"` // one of its values
	URI    string `json:"uri,omitempty"`    // of the manifest
	Export string `json:"export,omitempty"` // an export of its module
}

// completer collects what may be written at one place.
type completer struct {
	s     *Server
	snap  *Snapshot
	doc   *Document
	tree  *tomlsyntax.Tree
	place place
	kind  string // of the plugin, "" if unknown

	word    tomlsyntax.Span // replaced by what is chosen
	quote   quoting
	all     []candidate
	partial bool // there are more than are listed
	commit  []string
}

func completion(ctx context.Context, s *Server, snap *Snapshot, p *protocol.CompletionParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return &protocol.CompletionList{Items: []protocol.CompletionItem{}}, nil
	}
	tree := doc.Tree()
	c := &completer{
		s: s, snap: snap, doc: doc, tree: tree,
		place: placeAt(tree, snap.Offset(doc, p.Position)), kind: manifestKind(tree),
	}
	c.word = c.place.word
	switch c.place.kind {
	case placeKey:
		c.keys()
	case placeHeader:
		c.headers(true)
	case placeValue:
		c.values(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.list(), nil
}

func (c *completer) add(items ...candidate) {
	c.all = append(c.all, items...)
}

// list is the answer. What all items share is said once, to clients that understand that.
func (c *completer) list() *protocol.CompletionList {
	can := completionAbilities(c.snap.Client)
	if len(c.all) > proposals {
		c.all, c.partial = c.all[:proposals], true
	}
	list := &protocol.CompletionList{IsIncomplete: c.partial, Items: make([]protocol.CompletionItem, len(c.all))}
	rng := c.editRange(c.word)
	if can.defaultRange && len(c.all) > 0 {
		list.ItemDefaults = &protocol.CompletionItemDefaults{}
		if insert, replace := rng.insert, rng.replace; can.insertReplace && insert != replace {
			list.ItemDefaults.EditRange = &protocol.EditRangeWithInsertReplace{Insert: insert, Replace: replace}
		} else {
			list.ItemDefaults.EditRange = &rng.replace
		}
	}
	for i, x := range c.all {
		item := &list.Items[i]
		item.Label, item.Kind = x.label, x.kind
		item.SortText.Set(fmt.Sprintf("%04d", i))
		if x.filter != "" && x.filter != x.label {
			item.FilterText.Set(x.filter)
		}
		can.describe(item, &x)
		text := x.text
		if x.snippet != "" && can.snippets {
			text, item.InsertTextFormat = x.snippet, protocol.InsertTextFormatSnippet
		}
		switch {
		case can.defaultRange:
			item.TextEditText.Set(text)
		case can.insertReplace && rng.insert != rng.replace:
			item.TextEdit = &protocol.InsertReplaceEdit{NewText: text, Insert: rng.insert, Replace: rng.replace}
		default:
			item.TextEdit = &protocol.TextEdit{NewText: text, Range: rng.replace}
		}
		if can.commit && len(c.commit) > 0 {
			item.CommitCharacters = c.commit
		}
		if x.preselect && can.preselect {
			item.Preselect.Set(true)
		}
		if x.about != (about{}) {
			if raw, err := json.Marshal(x.about); err == nil {
				item.Data = raw
			}
		}
	}
	return list
}

// editRanges are the range for a client that inserts and for one that replaces.
type editRanges struct{ insert, replace protocol.Range }

func (c *completer) editRange(word tomlsyntax.Span) editRanges {
	replace := c.snap.Range(c.doc, word)
	insert := replace
	if quotesOf(c.tree.Source()[word.Start:word.End]) != "" {
		return editRanges{insert, replace} // half of a quoted name cannot stay
	}
	insert.End = c.snap.Position(c.doc, max(word.Start, min(c.place.off, word.End)))
	return editRanges{insert, replace}
}

// abilities are what a client does with completion items.
type abilities struct {
	snippets, commit, preselect, labelDetails, insertReplace, defaultRange bool
	deprecated, deprecatedTag                                              bool
}

func completionAbilities(c *Client) abilities {
	var a abilities
	t := c.Caps.TextDocument
	if t == nil || t.Completion == nil {
		return a
	}
	if i := t.Completion.CompletionItem; i != nil {
		a.snippets, a.commit, a.preselect = on(i.SnippetSupport), on(i.CommitCharactersSupport), on(i.PreselectSupport)
		a.labelDetails, a.insertReplace, a.deprecated = on(i.LabelDetailsSupport), on(i.InsertReplaceSupport), on(i.DeprecatedSupport)
		a.deprecatedTag = slices.Contains(i.TagSupport.ValueSet, protocol.CompletionItemTagDeprecated)
	}
	if l := t.Completion.CompletionList; l != nil {
		a.defaultRange = slices.Contains(l.ItemDefaults, "editRange")
	}
	return a
}

// describe sets what an item shows beside its label.
func (a abilities) describe(item *protocol.CompletionItem, x *candidate) {
	if x.detail != "" {
		if a.labelDetails {
			item.LabelDetails = &protocol.CompletionItemLabelDetails{Description: &x.detail}
		} else {
			item.Detail.Set(x.detail)
		}
	}
	switch {
	case x.deprecated && a.deprecatedTag:
		item.Tags = []protocol.CompletionItemTag{protocol.CompletionItemTagDeprecated}
	case x.deprecated && a.deprecated:
		//lint:ignore SA1019 there is no other way to tell such a client
		item.Deprecated.Set(true)
	}
}

// resolveCompletion adds the documentation, which costs only for the item that is looked at.
func resolveCompletion(_ context.Context, _ *Server, snap *Snapshot, item *protocol.CompletionItem) (any, error) {
	var a about
	if len(item.Data) == 0 || json.Unmarshal(item.Data, &a) != nil {
		return item, nil
	}
	doc := documentationOf(snap, a)
	if doc == "" {
		return item, nil
	}
	item.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: doc}
	if !completionMarkdown(snap.Client) {
		item.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindPlainText, Value: plainText(doc)}
	}
	return item, nil
}

func completionMarkdown(c *Client) bool {
	t := c.Caps.TextDocument
	return t != nil && t.Completion != nil && t.Completion.CompletionItem != nil &&
		slices.Contains(t.Completion.CompletionItem.DocumentationFormat, protocol.MarkupKindMarkdown)
}

// documentationOf is what there is to say of an item, in markdown.
func documentationOf(snap *Snapshot, a about) string {
	if a.Export != "" {
		if doc := snap.Manifest(identify(a.URI).key); doc != nil {
			return exportHover(snap, doc, a.Export)
		}
		return ""
	}
	f := fieldNamed(a.Field)
	if f == nil {
		return ""
	}
	if a.Choice == "" {
		return fieldHover(f, "")
	}
	for _, choice := range f.Enum {
		if choice.Value == a.Choice {
			return choice.Doc
		}
	}
	return ""
}

// fieldNamed returns the row of the schema with that path.
func fieldNamed(path string) *manifestcheck.Field {
	for _, f := range manifestcheck.Schema().Fields {
		if f.Path == path {
			return f
		}
	}
	return nil
}
