package lsp

import (
	"context"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
)

// Client is what the client said about itself. It never changes after initialize.
type Client struct {
	Name, Version string
	Encoding      text.Encoding
	// Caps are the capabilities as sent; the fields below are those that the core asks for.
	Caps protocol.ClientCapabilities

	PullDiagnostics    bool // it asks for diagnostics; manifests are never pushed then
	RefreshDiagnostics bool
	RefreshLenses      bool
	RefreshHints       bool
	RefreshTokens      bool
	VersionSupport     bool
	RelatedInformation bool
	CodeDescription    bool
	DiagnosticData     bool
	Tags               map[protocol.DiagnosticTag]bool

	WatchFiles      bool // it watches files when asked to
	RegisterSave    bool // it takes a registration of didSave
	Configuration   bool // it answers workspace/configuration
	RegisterConfig  bool
	Progress        bool // it shows progress that the server begins
	ShowDocument    bool
	TextContent     bool // it opens documents that the server provides
	ShowMessageAsks bool // it shows questions (window/showMessageRequest)
}

// on reads an optional boolean of the protocol.
func on(b *bool) bool { return b != nil && *b }

func newClient(p *protocol.InitializeParams) *Client {
	c := &Client{Name: p.ClientInfo.Name, Caps: p.Capabilities, ShowMessageAsks: true}
	c.Version, _ = p.ClientInfo.Version.Get()
	if g := p.Capabilities.General; g != nil {
		c.Encoding = chooseEncoding(g.PositionEncodings)
	}
	if w := p.Capabilities.Window; w != nil {
		c.Progress = on(w.WorkDoneProgress)
		c.ShowDocument = w.ShowDocument != nil && w.ShowDocument.Support
	}
	if w := p.Capabilities.Workspace; w != nil {
		c.Configuration = on(w.Configuration)
		c.RegisterConfig = w.DidChangeConfiguration != nil && on(w.DidChangeConfiguration.DynamicRegistration)
		c.WatchFiles = w.DidChangeWatchedFiles != nil && on(w.DidChangeWatchedFiles.DynamicRegistration)
		c.RefreshDiagnostics = w.Diagnostics != nil && on(w.Diagnostics.RefreshSupport)
		c.RefreshLenses = w.CodeLens != nil && on(w.CodeLens.RefreshSupport)
		c.RefreshHints = w.InlayHint != nil && on(w.InlayHint.RefreshSupport)
		c.RefreshTokens = w.SemanticTokens != nil && on(w.SemanticTokens.RefreshSupport)
		c.TextContent = w.TextDocumentContent != nil
	}
	if t := p.Capabilities.TextDocument; t != nil {
		c.PullDiagnostics = t.Diagnostic != nil
		c.RegisterSave = t.Synchronization != nil && on(t.Synchronization.DynamicRegistration)
		if d := t.PublishDiagnostics; d != nil {
			c.VersionSupport = on(d.VersionSupport)
			c.take(d.DiagnosticsCapabilities)
		}
		if d := t.Diagnostic; d != nil {
			c.take(d.DiagnosticsCapabilities)
		}
	}
	return c
}

// take adds what one of the two ways of diagnostics can show. Clients that have both fill in one
// and mean both.
func (c *Client) take(d protocol.DiagnosticsCapabilities) {
	c.RelatedInformation = c.RelatedInformation || on(d.RelatedInformation)
	c.CodeDescription = c.CodeDescription || on(d.CodeDescriptionSupport)
	c.DiagnosticData = c.DiagnosticData || on(d.DataSupport)
	if c.Tags == nil {
		c.Tags = make(map[protocol.DiagnosticTag]bool)
	}
	for _, t := range d.TagSupport.ValueSet {
		c.Tags[t] = true
	}
}

// chooseEncoding takes the cheapest encoding the client offers: bytes, then code points.
func chooseEncoding(offered []protocol.PositionEncodingKind) text.Encoding {
	for _, e := range []text.Encoding{text.UTF8, text.UTF32} {
		if slices.Contains(offered, protocol.PositionEncodingKind(e.String())) {
			return e
		}
	}
	return text.UTF16
}

// notify sends a notification. It waits while the client doesn't read, so it must not be called on
// the read loop; a client that went away is no error.
func (s *Server) notify(ctx context.Context, method string, params any) {
	if err := s.conn.Notify(ctx, method, params); err != nil && ctx.Err() == nil {
		s.log.Debug("notification not sent", zap.String("method", method), zap.Error(err))
	}
}

// notifyAtOnce sends a notification if that is certain not to wait; else it returns false. It may be
// called from anywhere.
func (s *Server) notifyAtOnce(method string, params any) bool {
	raw, err := codec{}.Marshal(params)
	return err == nil && s.ctx.Err() == nil && s.stream.WriteAtOnce(jsonrpc2.NewNotification(method, raw))
}

// ask sends a request and waits for the answer, into result unless that is nil. It must never be
// called on the read loop, which has to read the answer. Cancelling ctx tells the client so.
func (s *Server) ask(ctx context.Context, method string, params, result any) error {
	return protocol.Call(ctx, s.conn, method, params, result)
}

// showMessage shows the user a message. It may be called from anywhere, the read loop included.
func (s *Server) showMessage(kind protocol.MessageType, message string) {
	s.outbox.push(func(ctx context.Context) {
		s.notify(ctx, protocol.MethodWindowShowMessage, &protocol.ShowMessageParams{Type: kind, Message: message})
	})
}

// register asks the client to send what only a registration brings.
func (s *Server) register(ctx context.Context) {
	snap := s.Snapshot()
	var regs []protocol.Registration
	for _, f := range s.features {
		if f.register != nil {
			regs = append(regs, f.register(snap)...)
		}
	}
	if len(regs) == 0 {
		return
	}
	err := s.ask(ctx, protocol.MethodClientRegisterCapability, &protocol.RegistrationParams{Registrations: regs}, nil)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("the client refused a registration", zap.Error(err))
	}
}

// registration makes one registration; options are encoded, nil for none.
func registration(id, method string, options any) protocol.Registration {
	r := protocol.Registration{ID: id, Method: method}
	if options != nil {
		if raw, err := protocol.Marshal(options); err == nil {
			r.RegisterOptions = raw
		}
	}
	return r
}

// setTrace is accepted and needs no answer: what the client would trace, it sees itself.
func setTrace(*Server, *protocol.SetTraceParams) error { return nil }
