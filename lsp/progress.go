package lsp

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/protocol"
)

// progress shows one piece of long work at the client, which can cancel it.
type progress struct {
	s     *Server
	token protocol.ProgressToken
	done  func()
	// measured says that it began with a percentage: clients take later ones only then.
	measured bool
}

// progressTokens knows how to cancel the work that is being shown.
type progressTokens struct {
	last    atomic.Int64
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// beginProgress shows work under a title; percentage below 0 means that nobody knows how far it is.
// The client's cancel button calls cancel. It returns nil, on which every method is fine to call,
// when the client shows no progress. It asks the client, so it must not be called on the read loop.
func (s *Server) beginProgress(ctx context.Context, title string, percentage int, cancel context.CancelFunc) *progress {
	if !s.Snapshot().Client.Progress {
		return nil
	}
	token := "samuel-" + strconv.FormatInt(s.tokens.last.Add(1), 10)
	s.tokens.mu.Lock()
	if s.tokens.cancels == nil {
		s.tokens.cancels = make(map[string]context.CancelFunc)
	}
	s.tokens.cancels[token] = cancel
	s.tokens.mu.Unlock()
	done := func() {
		s.tokens.mu.Lock()
		delete(s.tokens.cancels, token)
		s.tokens.mu.Unlock()
	}
	params := &protocol.WorkDoneProgressCreateParams{Token: protocol.String(token)}
	if err := s.ask(ctx, protocol.MethodWindowWorkDoneProgressCreate, params, nil); err != nil {
		done()
		return nil
	}
	p := &progress{s: s, token: protocol.String(token), done: done, measured: percentage >= 0}
	yes := cancel != nil
	p.send(&protocol.WorkDoneProgressBegin{Kind: "begin", Title: title, Cancellable: &yes, Percentage: wirePercentage(percentage)})
	return p
}

// unmeasured says whether it was begun without a percentage.
func (p *progress) unmeasured() bool { return p != nil && !p.measured }

// report shows how far the work is; percentage below 0 means that nobody knows.
func (p *progress) report(message string, percentage int) {
	if p == nil {
		return
	}
	r := &protocol.WorkDoneProgressReport{Kind: "report"}
	if message != "" {
		r.Message = &message
	}
	if p.measured {
		r.Percentage = wirePercentage(percentage)
	}
	p.send(r)
}

// wirePercentage is a percentage as it is sent, nil for none.
func wirePercentage(percentage int) *uint32 {
	if percentage < 0 {
		return nil
	}
	n := uint32(min(percentage, 100))
	return &n
}

// end takes the progress away; it must be called exactly once.
func (p *progress) end(message string) {
	if p == nil {
		return
	}
	p.done()
	e := &protocol.WorkDoneProgressEnd{Kind: "end"}
	if message != "" {
		e.Message = &message
	}
	p.send(e)
}

func (p *progress) send(value any) {
	raw, err := protocol.Marshal(value)
	if err != nil {
		return
	}
	p.s.notify(p.s.ctx, protocol.MethodProgress, &protocol.ProgressParams{Token: p.token, Value: raw})
}

// progressFeature takes the client's cancel button.
func progressFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodWindowWorkDoneProgressCancel: notification(cancelProgress),
		},
	}
}

func cancelProgress(s *Server, p *protocol.WorkDoneProgressCancelParams) error {
	token, ok := p.Token.(protocol.String)
	if !ok || !strings.HasPrefix(string(token), "samuel-") {
		return nil
	}
	s.tokens.mu.Lock()
	cancel := s.tokens.cancels[string(token)]
	s.tokens.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	return nil
}
