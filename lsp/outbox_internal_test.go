package lsp

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/wire"
)

// A client that does not read costs so many pieces and no more, and is told what it missed.
func TestOutboxIsBounded(t *testing.T) {
	s := New(Options{})
	var sent, lost []int
	s.outbox.lost = func(_ context.Context, n int) { lost = append(lost, n) }
	began, reads := make(chan struct{}), make(chan struct{})
	push := func(i int) { s.outbox.push(func(context.Context) { sent = append(sent, i) }) }
	s.outbox.push(func(context.Context) {
		close(began)
		<-reads
	})
	<-began // the first piece was taken from the queue, and waits for the client
	for i := range maxOutbox + 5 {
		push(i)
	}
	close(reads)
	s.work.Wait()
	if len(sent) != maxOutbox-1 || !slices.IsSorted(sent) || sent[len(sent)-1] != maxOutbox-2 {
		t.Errorf("%d pieces were sent, want the first %d", len(sent), maxOutbox-1)
	}
	if !slices.Equal(lost, []int{6}) {
		t.Errorf("%v were told to be lost, want 6", lost)
	}
	for i := range 10 { // once it reads again
		push(maxOutbox + i)
	}
	s.work.Wait()
	if got := sent[len(sent)-10:]; got[0] != maxOutbox || got[9] != maxOutbox+9 {
		t.Errorf("sent %v", got)
	}
}

// A piece that can be sent at once is, unless others wait: they were there before.
func TestOutboxKeepsTheOrderOfWhatIsSentAtOnce(t *testing.T) {
	s := New(Options{})
	var sent []int
	push := func(i int, ready bool) {
		add := func() { sent = append(sent, i) }
		s.outbox.pushUnless(func() bool {
			if ready {
				add()
			}
			return ready
		}, func(context.Context) { add() })
	}
	push(1, true)
	if !slices.Equal(sent, []int{1}) {
		t.Errorf("%v were sent at once, want 1", sent)
	}
	began, reads := make(chan struct{}), make(chan struct{})
	s.outbox.push(func(context.Context) {
		close(began)
		<-reads
		sent = append(sent, 2)
	})
	<-began
	push(3, true)
	push(4, false)
	close(reads)
	s.work.Wait()
	push(5, true)
	if !slices.Equal(sent, []int{1, 2, 3, 4, 5}) {
		t.Errorf("sent in the order %v", sent)
	}
}

// readyConn is a client that has room for whatever is written.
type readyConn struct {
	io.Reader
	bytes.Buffer
}

func (c *readyConn) Read(b []byte) (int, error) { return c.Reader.Read(b) }
func (*readyConn) Close() error                 { return nil }
func (*readyConn) ReadyFor(int) bool            { return true }

// A line for a client that has room for it is with it when the call returns; after the end nothing is sent.
func TestLogMessageAtOnce(t *testing.T) {
	s, conn := New(Options{}), &readyConn{}
	s.stream = wire.NewStream(conn, wire.Hooks{})
	s.logMessage(protocol.MessageTypeInfo, "a line")
	if got := conn.String(); !strings.Contains(got, "window/logMessage") || !strings.Contains(got, "a line") {
		t.Errorf("%q was sent", got)
	}
	s.stop()
	conn.Reset()
	s.logMessage(protocol.MessageTypeInfo, "too late")
	if got := conn.String(); got != "" {
		t.Errorf("%q was sent after the end", got)
	}
}
