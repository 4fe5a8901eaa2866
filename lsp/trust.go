package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

// asker puts questions to the user. A question that is being asked is not asked a second time:
// whoever wants its answer waits for it.
type asker struct {
	s       *Server
	mu      sync.Mutex
	pending map[string]*asked
	// dismissed are the questions that the user closed without an answer.
	dismissed map[string]bool
	// unused are answers for one time that nobody waited for any more when they came: they count
	// for whoever asks next.
	unused map[string]string
	// decided counts how often a question was decided in another way than by its answer.
	decided map[string]int
}

// question is something to ask the user.
type question struct {
	key     string // equal for questions that are the same
	message string
	actions []string
	// known returns what was answered before; it decides whether to ask at all.
	known func() (answer string, ok bool)
	// keep takes an answer, and says whether known will return it from now on.
	keep func(answer string) bool
	// byHand says that the user is at it: a question that was closed without an answer is put again.
	byHand bool
}

// asked is a question that the user sees.
type asked struct {
	done    chan struct{}
	answer  string
	once    bool // the answer is for one time, and known will not return it
	taken   bool // somebody acts on the answer
	waiting int
}

func newAsker(s *Server) *asker {
	return &asker{s: s, pending: make(map[string]*asked), dismissed: make(map[string]bool), unused: make(map[string]string), decided: make(map[string]int)}
}

// ask shows a question and returns the title of the chosen action, "" if the user chose none or
// ctx ended first. It waits, so it must not be called on the read loop.
func (a *asker) ask(ctx context.Context, q question) string {
	a.mu.Lock()
	p := a.pending[q.key]
	if p == nil {
		answer, ok := a.unused[q.key]
		if delete(a.unused, q.key); !ok {
			answer, ok = q.known()
		}
		if ok || a.dismissed[q.key] && !q.byHand {
			a.mu.Unlock()
			return answer
		}
		p = &asked{done: make(chan struct{})}
		if !a.s.spawn(func(ctx context.Context) { a.show(ctx, q, p) }) {
			a.mu.Unlock()
			return ""
		}
		a.pending[q.key] = p
	}
	p.waiting++
	a.mu.Unlock()
	select {
	case <-p.done:
	case <-ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p.waiting--
	if ctx.Err() != nil {
		a.spare(q.key, p) // the answer may have come in the same moment
		return ""
	}
	p.taken = true
	return p.answer
}

// returner makes a function that gives an answer for one time back, where what it was taken for came
// to nothing. What was decided since is not undone by that.
func (a *asker) returner(key, answer string) func() {
	a.mu.Lock()
	defer a.mu.Unlock()
	decided := a.decided[key]
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.decided[key] == decided {
			a.unused[key] = answer
		}
	}
}

// forget drops what is kept of a question that was decided in another way.
func (a *asker) forget(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.decided[key]++
	delete(a.unused, key)
	delete(a.dismissed, key)
}

// spare keeps an answer for one time that nobody takes; the caller holds the mutex.
func (a *asker) spare(key string, p *asked) {
	if p.once && !p.taken && p.waiting == 0 {
		a.unused[key] = p.answer
	}
}

// show asks the user and settles the answer before anybody can ask again.
func (a *asker) show(ctx context.Context, q question, p *asked) {
	params := &protocol.ShowMessageRequestParams{Type: protocol.MessageTypeWarning, Message: q.message}
	for _, title := range q.actions {
		params.Actions = append(params.Actions, protocol.MessageActionItem{Title: title})
	}
	var chosen *protocol.MessageActionItem
	if err := a.s.ask(ctx, protocol.MethodWindowShowMessageRequest, params, &chosen); err != nil && ctx.Err() == nil {
		a.s.log.Info("the client could not ask the user; taken for no", zap.Error(err))
	}
	answer := ""
	if chosen != nil && slices.Contains(q.actions, chosen.Title) {
		answer = chosen.Title
	}
	kept := answer != "" && q.keep(answer)
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.pending, q.key)
	a.dismissed[q.key] = answer == "" && ctx.Err() == nil
	p.answer, p.once = answer, answer != "" && !kept
	a.spare(q.key, p)
	close(p.done)
}

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
