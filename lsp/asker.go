package lsp

import (
	"context"
	"slices"
	"sync"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
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
