package lsp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	// kindFixAll is the action that applies every fix that needs no choice.
	kindFixAll protocol.CodeActionKind = "source.fixAll.samuel"
	// kindRun are the actions that stand for lenses: they change no text.
	kindRun protocol.CodeActionKind = "samuel.run"
)

func codeActionFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodTextDocumentCodeAction: request(codeAction),
			protocol.MethodCodeActionResolve:      request(resolveCodeAction),
		},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			if !actionLiterals(client) {
				caps.CodeActionProvider = protocol.Boolean(true)
				return
			}
			yes := true
			caps.CodeActionProvider = &protocol.CodeActionOptions{
				CodeActionKinds: []protocol.CodeActionKind{
					protocol.CodeActionKindQuickFix, protocol.CodeActionKindRefactorMove, protocol.CodeActionKindRefactorExtract,
					protocol.CodeActionKindRefactorRewrite, kindFixAll, kindRun,
				},
				ResolveProvider: &yes,
			}
		},
	}
}

// actionLiterals reports whether the client takes actions that are more than commands.
func actionLiterals(c *Client) bool {
	t := c.Caps.TextDocument
	return t != nil && t.CodeAction != nil && len(t.CodeAction.CodeActionLiteralSupport.CodeActionKind.ValueSet) > 0
}

// resolvesEdits reports whether the client asks for an action's edit once it is chosen.
func resolvesEdits(c *Client) bool {
	t := c.Caps.TextDocument
	return t != nil && t.CodeAction != nil && on(t.CodeAction.DataSupport) && slices.Contains(t.CodeAction.ResolveSupport.Properties, "edit")
}

// wanted reports whether a client that asks for some kinds asks for this one.
func wanted(only []protocol.CodeActionKind, kind protocol.CodeActionKind) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(k protocol.CodeActionKind) bool {
		return k == "" || kind == k || strings.HasPrefix(string(kind), string(k)+".")
	})
}

// codeContentModified is the protocol's code for an answer that would be about another text.
const codeContentModified = jsonrpc2.Code(protocol.LSPErrorCodesContentModified)

// actions collects the code actions for one request.
type actions struct {
	s    *Server
	snap *Snapshot
	doc  *Document
	p    *protocol.CodeActionParams
	at   tomlsyntax.Span
	all  []protocol.CommandOrCodeAction
}

func codeAction(ctx context.Context, s *Server, snap *Snapshot, p *protocol.CodeActionParams) (any, error) {
	doc := snap.Manifest(normalise(p.TextDocument.URI))
	if doc == nil || doc.TooLarge {
		return []protocol.CommandOrCodeAction{}, nil
	}
	a := &actions{s: s, snap: snap, doc: doc, p: p, at: snap.Span(doc, p.Range), all: []protocol.CommandOrCodeAction{}}
	if !actionLiterals(snap.Client) {
		a.lenses()
		return a.all, ctx.Err()
	}
	only := p.Context.Only
	if wanted(only, protocol.CodeActionKindQuickFix) {
		a.fixes()
	}
	if wanted(only, kindFixAll) {
		a.fixAll()
	}
	if wanted(only, kindRun) {
		a.lenses()
	}
	a.refactorings(func(kind protocol.CodeActionKind) bool { return wanted(only, kind) })
	return a.all, ctx.Err()
}

func (a *actions) add(kind protocol.CodeActionKind, title string, edits []tomlsyntax.Edit) *protocol.CodeAction {
	action := &protocol.CodeAction{Title: title, Kind: &kind, Edit: a.snap.workspaceEdit(a.doc, edits)}
	a.all = append(a.all, action)
	return action
}

// fixes offers what mends the findings at the place.
func (a *actions) fixes() {
	preferred := a.snap.Client.Caps.TextDocument.CodeAction.IsPreferredSupport
	diags := a.snap.Check(a.doc).Diagnostics
	first, _ := slices.BinarySearchFunc(diags, a.at.End, func(d manifestcheck.Diagnostic, end int) int {
		if d.Span.Start <= end {
			return -1
		}
		return 1
	})
	for i := range diags[:first] {
		d := &diags[i]
		if d.Span.End < a.at.Start {
			continue
		}
		for _, f := range d.Fixes {
			action := a.add(protocol.CodeActionKindQuickFix, f.Title, f.Edits)
			action.Diagnostics = []protocol.Diagnostic{a.snap.convert(a.doc, d)}
			if f.Preferred && on(preferred) {
				action.IsPreferred = &f.Preferred
			}
		}
	}
}

// fixAll offers all safe fixes of the file at once. Finding what they come to takes several checks,
// so a client that can ask again gets them when it does.
func (a *actions) fixAll() {
	safe := slices.ContainsFunc(a.snap.Check(a.doc).Diagnostics, func(d manifestcheck.Diagnostic) bool {
		return slices.ContainsFunc(d.Fixes, func(f manifestcheck.Fix) bool { return f.Safe })
	})
	if !safe {
		return
	}
	kind := kindFixAll
	action := &protocol.CodeAction{Title: "Apply all safe fixes", Kind: &kind}
	if resolvesEdits(a.snap.Client) {
		raw, err := json.Marshal(actionData{URI: a.doc.Wire, Version: a.doc.Version})
		if err != nil {
			return // strings and numbers always encode
		}
		action.Data = raw
	} else if edits := fixedAll(a.snap, a.doc); len(edits) > 0 {
		action.Edit = a.snap.workspaceEdit(a.doc, edits)
	} else {
		return
	}
	a.all = append(a.all, action)
}

// actionData is what it takes to make the edit of an action later.
type actionData struct {
	URI     string `json:"uri"`
	Version int32  `json:"version"`
}

// fixedAll is the change that applies all safe fixes.
func fixedAll(snap *Snapshot, doc *Document) []tomlsyntax.Edit {
	src, facts := doc.Tree().Source(), snap.Facts(doc)
	fixed, n := manifestcheck.FixAll(src, func(text string) []manifestcheck.Diagnostic {
		return snap.Settings.checker.Check(tomlsyntax.Parse(text), facts).Diagnostics
	})
	if n == 0 {
		return nil
	}
	return []tomlsyntax.Edit{difference(src, fixed)}
}

func resolveCodeAction(ctx context.Context, _ *Server, snap *Snapshot, action *protocol.CodeAction) (any, error) {
	if len(action.Data) == 0 || action.Edit != nil {
		return action, nil
	}
	var data actionData
	if err := json.Unmarshal(action.Data, &data); err != nil {
		return nil, invalidParams("resolving %.60q: its data is not what was sent: %v", action.Title, err)
	}
	doc := snap.Manifest(identify(data.URI).key)
	if doc == nil || doc.Version != data.Version {
		return nil, jsonrpc2.NewError(codeContentModified, "the document has changed since the action was offered: ask again")
	}
	if edits := fixedAll(snap, doc); len(edits) > 0 {
		action.Edit = snap.workspaceEdit(doc, edits)
	}
	return action, ctx.Err()
}

// lenses offers every lens of the lines asked about, for editors that draw none.
func (a *actions) lenses() {
	first, last := a.doc.Text.Line(a.at.Start), a.doc.Text.Line(a.at.End)
	for _, l := range a.s.lenses(a.snap, a.doc) {
		if line := a.doc.Text.Line(l.span.Start); line < first || line > last {
			continue
		}
		command := l.asCommand()
		command.Title = l.actionTitle()
		if !actionLiterals(a.snap.Client) {
			a.all = append(a.all, &command)
			continue
		}
		kind := kindRun
		a.all = append(a.all, &protocol.CodeAction{Title: command.Title, Kind: &kind, Command: command})
	}
}

// actionTitle says what a lens does, where it is not seen beside what it is about.
func (l lens) actionTitle() string {
	what := map[string]string{
		commandRunHook: "Run " + l.args.Export, commandCancelRun: "Cancel the run of " + l.args.Export,
		commandShowLog: "Show the log of " + l.args.Export, commandCheckHealth: "Check health",
		commandGrant: "Grant capabilities", commandRevoke: "Revoke the granted capabilities",
	}[l.command]
	if l.command == commandShowLog && l.args.Export == "" {
		what = "Show the log of the health check"
	}
	state := strings.TrimPrefix(l.title, l.args.Export+": ")
	switch {
	case what == "":
		return l.title
	case state == "run", state == "log", l.command == commandCancelRun, l.command == commandRevoke:
		return what
	}
	return what + " (" + state + ")"
}
