package lsp

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

const (
	actionTrust    = "Trust"
	actionDistrust = "Don't trust"
)

// untrusted says that the client does not trust the workspace.
func (snap *Snapshot) untrusted() bool {
	t := snap.Settings.Trusted
	return t != nil && !*t
}

// trusted says whether plugins of a project may run at all. What the client says decides; a client
// that says nothing has its user asked, once a workspace, and again only for what the user does by
// hand after having refused.
func (s *Server) trusted(ctx context.Context, root string, byHand bool) bool {
	snap := s.Snapshot()
	if t := snap.Settings.Trusted; t != nil {
		return *t
	}
	workspace := root
	if f := snap.folderOf(root); f != nil {
		workspace = f.Path
	}
	return actionTrust == s.asker.ask(ctx, question{
		key: "trust " + workspace, byHand: byHand,
		message: fmt.Sprintf("Plugins in %s are programs. Do you trust their authors to run code in this workspace?", runlog.OneLine(workspace)),
		actions: []string{actionTrust, actionDistrust},
		known: func() (string, bool) {
			switch s.consent.Trust(workspace) {
			case consent.Always:
				return actionTrust, true
			case consent.Deny:
				return actionDistrust, !byHand
			}
			return "", false
		},
		keep: func(answer string) bool {
			a := consent.Deny
			if answer == actionTrust {
				a = consent.Always
			}
			s.keep(s.consent.SetTrust(workspace, a))
			if answer == actionTrust {
				s.spawn(func(context.Context) { s.probeAll() })
			}
			return true
		},
	})
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
},
) error {
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
// begin. A plugin that asks for none needs no consent. unused must be called where the run does not
// begin after all, so that consent to one run is not used up by none.
func (s *Server) consented(ctx context.Context, p *plugin, byHand bool) (granted bool, unused func()) {
	unused = func() {}
	requests := p.risky()
	if len(requests) == 0 {
		return true, unused
	}
	key := grantKey(p.root, p.path, requests)
	message := fmt.Sprintf("The plugin %q asks for: %s.", p.name, shownRequests(requests))
	actions := []string{actionOnce, actionAlways, actionDeny}
	if lockAgrees(p.root, p.model.Name.Text) {
		message += " This project's samuel.lock records that somebody agreed to this plugin before."
		actions = []string{actionAlways, actionOnce, actionDeny}
	}
	answer := s.asker.ask(ctx, question{
		key: key, byHand: byHand, message: message, actions: actions,
		known: func() (string, bool) {
			switch s.consent.Grant(p.root, p.path, requests) {
			case consent.Always:
				return actionAlways, true
			case consent.Deny:
				return actionDeny, true
			}
			return "", false
		},
		keep: func(answer string) bool {
			switch answer {
			case actionAlways:
				s.setGrant(p.root, p.path, requests, consent.Always)
			case actionDeny:
				s.setGrant(p.root, p.path, requests, consent.Deny)
			default:
				return false
			}
			return true
		},
	})
	if answer == actionOnce {
		unused = s.asker.returner(key, answer)
	}
	return answer == actionOnce || answer == actionAlways, unused
}

// grantKey names the question whether a plugin may have what it asks for.
func grantKey(root, manifest string, requests []string) string {
	return "grant " + root + "\n" + manifest + "\n" + strings.Join(requests, "\n")
}

// maxShownRequests bounds how many requests of one kind a question lists.
const maxShownRequests = 6

// shownRequests lists requests for a question. Many of one kind are counted, so that none can hide
// behind another.
func shownRequests(requests []string) string {
	var kinds []string
	byKind := make(map[string][]string)
	for _, r := range requests {
		kind, _, _ := strings.Cut(r, " ")
		if byKind[kind] == nil {
			kinds = append(kinds, kind)
		}
		byKind[kind] = append(byKind[kind], runlog.Clip(runlog.OneLine(r), 120))
	}
	var all []string
	for _, kind := range kinds {
		same := byKind[kind]
		if n := len(same) - maxShownRequests; n > 0 {
			same = append(same[:maxShownRequests:maxShownRequests], fmt.Sprintf("%s (%d more)", kind, n))
		}
		all = append(all, same...)
	}
	return strings.Join(all, ", ")
}

// setGrant keeps an answer to what a plugin asks for, and shows it.
func (s *Server) setGrant(root, manifest string, requests []string, a consent.Answer) {
	s.keep(s.consent.SetGrant(root, manifest, requests, a))
	s.asker.forget(grantKey(root, manifest, requests))
	s.updatePlugin(manifest, func(st *pluginState) {
		if a == consent.Always {
			st.agreed = time.Now()
		}
	})
}
