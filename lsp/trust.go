package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
)

// asker puts questions to the user. A question that is being asked is not asked a second time:
// whoever wants its answer waits for it.
type asker struct {
	s       *Server
	mu      sync.Mutex
	pending map[string]*question
	// said are the answers of this session, for those that are not kept.
	said map[string]string
}

type question struct {
	done   chan struct{}
	answer string
}

func newAsker(s *Server) *asker {
	return &asker{s: s, pending: make(map[string]*question), said: make(map[string]string)}
}

// ask shows a question and returns the title of the chosen action, "" if the user chose none or
// ctx ended first. It waits, so it must not be called on the read loop.
func (a *asker) ask(ctx context.Context, key string, message string, actions ...string) string {
	a.mu.Lock()
	q := a.pending[key]
	if q == nil {
		q = &question{done: make(chan struct{})}
		a.pending[key] = q
		started := a.s.spawn(func(ctx context.Context) {
			q.answer = a.show(ctx, message, actions)
			a.mu.Lock()
			delete(a.pending, key)
			a.mu.Unlock()
			close(q.done)
		})
		if !started {
			delete(a.pending, key)
			a.mu.Unlock()
			return ""
		}
	}
	a.mu.Unlock()
	select {
	case <-q.done:
		return q.answer
	case <-ctx.Done():
		return ""
	}
}

func (a *asker) show(ctx context.Context, message string, actions []string) string {
	params := &protocol.ShowMessageRequestParams{Type: protocol.MessageTypeWarning, Message: message}
	for _, title := range actions {
		params.Actions = append(params.Actions, protocol.MessageActionItem{Title: title})
	}
	var chosen *protocol.MessageActionItem
	if err := a.s.ask(ctx, protocol.MethodWindowShowMessageRequest, params, &chosen); err != nil {
		if ctx.Err() == nil {
			a.s.log.Info("the client could not ask the user; taken for no", zap.Error(err))
		}
		return ""
	}
	if chosen == nil {
		return ""
	}
	return chosen.Title
}

// remembered returns what was said in this session, and whether anything was.
func (a *asker) remembered(key string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer, ok := a.said[key]
	return answer, ok
}

func (a *asker) remember(key, answer string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.said[key] = answer
}

const (
	actionTrust    = "Trust"
	actionDistrust = "Don't trust"
)

// trusted says whether plugins of a project may run at all. What the client says decides; a client
// that says nothing has its user asked, once a workspace.
func (s *Server) trusted(ctx context.Context, root string) bool {
	if t := s.Snapshot().Settings.Trusted; t != nil {
		return *t
	}
	switch s.consent.Trust(root) {
	case consent.Always:
		return true
	case consent.Deny:
		return false
	}
	key := "trust " + root
	answer, ok := s.asker.remembered(key)
	if !ok {
		answer = s.asker.ask(ctx, key, fmt.Sprintf("Plugins in %s are programs. Do you trust their authors to run code in this workspace?", root),
			actionTrust, actionDistrust)
		if ctx.Err() != nil && answer == "" {
			return false
		}
		s.asker.remember(key, answer)
		switch answer {
		case actionTrust:
			s.keep(s.consent.SetTrust(root, consent.Always))
		case actionDistrust:
			s.keep(s.consent.SetTrust(root, consent.Deny))
		}
	}
	return answer == actionTrust
}

// keep logs that a decision could not be kept; it holds for this session all the same.
func (s *Server) keep(err error) {
	if err != nil {
		s.log.Warn("a decision will be asked for again", zap.Error(err))
	}
}

// didChangeTrust takes the notification samuel/didChangeTrust {trusted: bool}.
func didChangeTrust(s *Server, p *struct {
	Trusted *bool `json:"trusted"`
}) error {
	if p.Trusted == nil {
		return invalidParams("trusted is missing; send {\"trusted\": true} or {\"trusted\": false}")
	}
	trusted := *p.Trusted
	s.update(func(next *Snapshot) change {
		set := *next.Settings
		set.Trusted = &trusted
		next.Settings = &set
		return change{everything: true, settings: true}
	})
	if !trusted {
		s.scheduler.cancel("")
	}
	return nil
}

const (
	actionOnce   = "Allow once"
	actionAlways = "Always allow"
	actionDeny   = "Deny"
)

// consented says whether a plugin may use its risky capabilities in the run that is about to
// begin. A plugin that asks for none needs no consent.
func (s *Server) consented(ctx context.Context, p *plugin) bool {
	requests := p.risky()
	if len(requests) == 0 {
		return true
	}
	switch s.grantOf(p.root, p.path, requests) {
	case consent.Always:
		return true
	case consent.Deny:
		return false
	}
	key := grantKey(p.root, p.path, requests)
	message := fmt.Sprintf("The plugin %q asks for: %s.", p.manifest.Name, strings.Join(requests, ", "))
	actions := []string{actionOnce, actionAlways, actionDeny}
	if lockAgrees(p.root, p.manifest.Name) {
		message += " This project's samuel.lock records that somebody agreed to this plugin before."
		actions = []string{actionAlways, actionOnce, actionDeny}
	}
	switch s.asker.ask(ctx, key, message, actions...) {
	case actionOnce:
		return true
	case actionAlways:
		s.setGrant(p.root, p.path, requests, consent.Always)
		return true
	case actionDeny:
		s.setGrant(p.root, p.path, requests, consent.Deny)
	}
	return false
}

func grantKey(root, manifest string, requests []string) string {
	return "grant " + root + "\n" + manifest + "\n" + strings.Join(requests, "\n")
}

// grantOf returns what the user said to exactly these requests, kept or in this session.
func (s *Server) grantOf(root, manifest string, requests []string) consent.Answer {
	if a := s.consent.Grant(root, manifest, requests); a != consent.Unknown {
		return a
	}
	answer, _ := s.asker.remembered(grantKey(root, manifest, requests))
	return consent.Answer(answer)
}

// setGrant keeps an answer, for this session also where it cannot be kept on disk, and shows it.
func (s *Server) setGrant(root, manifest string, requests []string, a consent.Answer) {
	s.asker.remember(grantKey(root, manifest, requests), string(a))
	s.keep(s.consent.SetGrant(root, manifest, requests, a))
	s.updatePlugin(filepath.Clean(manifest), func(*pluginState) {})
}
