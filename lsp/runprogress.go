package lsp

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

// delayedProgress is progress that is shown only when the work takes long enough to be noticed.
type delayedProgress struct {
	timer  *time.Timer
	mu     sync.Mutex
	p      *progress
	ended  bool
	ready  chan struct{} // closed when the client was asked, if it was
	last   string
	amount int
}

// showProgress announces work that may take long. cancel is what the client's button does.
func (s *Server) showProgress(ctx context.Context, title string, cancel func()) *delayedProgress {
	d := &delayedProgress{ready: make(chan struct{}), amount: -1}
	d.timer = time.AfterFunc(runPatience, func() {
		defer close(d.ready)
		p := s.beginProgress(ctx, title, cancel)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.ended {
			p.end("")
			return
		}
		d.p = p
		if d.last != "" || d.amount >= 0 {
			p.report(d.last, d.amount)
		}
	})
	return d
}

// report takes the payload of callback("progress", {title, message, percentage}).
func (d *delayedProgress) report(payload []byte) {
	var body struct {
		Title      string   `json:"title"`
		Message    string   `json:"message"`
		Percentage *float64 `json:"percentage"`
	}
	if json.Unmarshal(payload, &body) != nil {
		return // the host refused what is no JSON; what has other types says nothing to show
	}
	text := body.Message
	if body.Title != "" && text != "" {
		text = body.Title + ": " + text
	} else if text == "" {
		text = body.Title
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = runlog.Clip(runlog.OneLine(text), 200)
	if body.Percentage != nil {
		d.amount = int(min(max(*body.Percentage, 0), 100))
	}
	d.p.report(d.last, d.amount)
}

// end takes the progress away, whether it was ever shown or not.
func (d *delayedProgress) end() {
	if !d.timer.Stop() {
		// The timer's function runs, or has run: it must not show what is over.
		d.mu.Lock()
		defer d.mu.Unlock()
		d.ended = true
		d.p.end("")
		d.p = nil
	}
}

// pulseGap is how often a log that grows is shown anew.
const pulseGap = 250 * time.Millisecond

// logPulse has the client read an open log again while a run writes to it: at once, and then not
// more often than pulseGap. Its timer runs only while there is something new.
type logPulse struct {
	s        *Server
	manifest string
	mu       sync.Mutex
	timer    *time.Timer
	again    bool
	ended    bool
}

func newLogPulse(s *Server, manifest string) *logPulse { return &logPulse{s: s, manifest: manifest} }

func (l *logPulse) beat() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return
	}
	if l.timer != nil {
		l.again = true
		return
	}
	l.s.logs.refresh(l.manifest)
	l.timer = time.AfterFunc(pulseGap, func() {
		l.mu.Lock()
		again := l.again && !l.ended
		l.timer, l.again = nil, false
		l.mu.Unlock()
		if again {
			l.beat()
		}
	})
}

// end shows the log as it is when the run is over.
func (l *logPulse) end() {
	l.mu.Lock()
	l.ended = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	l.s.logs.refresh(l.manifest)
}

// refreshContent asks the client to read a document of the server's again.
func (s *Server) refreshContent(ctx context.Context, u uri.URI) {
	_ = s.ask(ctx, protocol.MethodWorkspaceTextDocumentContentRefresh, &protocol.TextDocumentContentRefreshParams{URI: u}, nil)
}
