package lsp

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

const (
	// runPatience is how long a run goes on before it is shown, as progress and in lenses.
	runPatience = 150 * time.Millisecond
	// progressGap is how often progress is reported at most, whatever a plugin says.
	progressGap = 100 * time.Millisecond
)

// runProgress shows a run as progress, if it takes long enough to be noticed.
type runProgress struct {
	late    *time.Timer
	done    chan struct{} // closed when the run is over
	changed chan struct{} // filled when there is something to report

	mu     sync.Mutex
	text   string
	amount int
}

// showProgress announces work that may take long. cancel is what the client's button does.
func (s *Server) showProgress(ctx context.Context, title string, cancel func()) *runProgress {
	r := &runProgress{done: make(chan struct{}), changed: make(chan struct{}, 1), amount: -1}
	r.late = time.AfterFunc(runPatience, func() {
		s.spawn(func(context.Context) { r.show(ctx, s, title, cancel) })
	})
	return r
}

// show shows work that goes on, until it is over.
func (r *runProgress) show(ctx context.Context, s *Server, title string, cancel func()) {
	select {
	case <-r.done:
		return
	default:
	}
	s.refresher.lenses(s.Snapshot().Client)
	_, amount := r.now()
	p := s.beginProgress(ctx, title, amount, cancel)
	defer func() { p.end("") }()
	for r.next() {
		text, amount := r.now()
		if amount >= 0 && p.unmeasured() { // the first percentage comes late, and needs a bar of its own
			p.end("")
			p = s.beginProgress(ctx, title, amount, cancel)
		}
		p.report(text, amount)
		if !r.wait(progressGap) {
			return
		}
	}
}

// now is what the plugin said last.
func (r *runProgress) now() (text string, amount int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text, r.amount
}

// wait returns after a while, with false if the run ended before.
func (r *runProgress) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.done:
		return false
	}
}

// next returns when there is something to report, false when the run is over.
func (r *runProgress) next() bool {
	select {
	case <-r.changed:
		return true
	case <-r.done:
		return false
	}
}

// report takes the payload of callback("progress", {title, message, percentage}). It never waits.
func (r *runProgress) report(payload []byte) {
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
	r.mu.Lock()
	r.text = runlog.Clip(runlog.OneLine(text), 200)
	if body.Percentage != nil {
		r.amount = max(r.amount, int(min(max(*body.Percentage, 0), 100))) // a bar never goes back
	}
	r.mu.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// end takes the progress away, whether it was ever shown or not; it must be called exactly once.
func (r *runProgress) end() {
	r.late.Stop()
	close(r.done)
}

// pulseGap is how often a log that grows is shown anew.
const pulseGap = 250 * time.Millisecond

// logPulse has an open log shown again while a run writes to it: at once, and then not more often
// than pulseGap. Its timer runs only while there is something new.
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
