// Package progress shows on a terminal that something goes on. Where the output is no terminal it
// shows nothing: logs of scripts stay clean.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	// patience is how long something goes on before it is shown.
	patience = 300 * time.Millisecond
	// period is how often the line is drawn anew.
	period = 100 * time.Millisecond
	// fallbackWidth is assumed where the terminal does not tell.
	fallbackWidth = 80
)

// Line is one line at the bottom of a terminal. The nil *Line shows nothing.
type Line struct {
	out   *os.File
	stop  chan struct{}
	ended sync.WaitGroup

	mu    sync.Mutex
	text  func() string
	shown bool
}

// Start shows what text returns, again and again, until End. It returns nil where out is no
// terminal.
func Start(out io.Writer, text func() string) *Line {
	f, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	l := &Line{out: f, stop: make(chan struct{}), text: text}
	l.ended.Go(l.run)
	return l
}

func (l *Line) run() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-timer.C:
			l.draw()
			timer.Reset(period)
		}
	}
}

func (l *Line) draw() {
	width, _, err := term.GetSize(int(l.out.Fd()))
	if err != nil || width <= 0 {
		width = fallbackWidth
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = true
	fmt.Fprintf(l.out, "\r\x1b[K%s", clip(l.text(), width-1))
}

func clip(s string, width int) string {
	for i := range s {
		if width == 0 {
			return s[:i]
		}
		width--
	}
	return s
}

// Print writes text above the line. The text ends with a line break.
func (l *Line) Print(out io.Writer, text string) {
	if l == nil {
		_, _ = io.WriteString(out, text)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
	_, _ = io.WriteString(out, text)
}

// End removes the line.
func (l *Line) End() {
	if l == nil {
		return
	}
	close(l.stop)
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
}

func (l *Line) wipe() {
	if l.shown {
		l.shown = false
		_, _ = io.WriteString(l.out, "\r\x1b[K")
	}
}
