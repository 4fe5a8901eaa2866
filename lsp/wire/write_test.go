package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"go.lsp.dev/jsonrpc2"
)

// Answers wait for the client, up to the limit; then nothing more is read until it has read some.
func TestUnreadAnswersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const request = "Content-Length: 37\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"method":"x"}`
		const answer = `{"jsonrpc":"2.0","id":1,"result":null}`
		const frame = "Content-Length: 38\r\n\r\n" + answer
		near, far := net.Pipe()
		s := NewStream(struct {
			io.Reader
			io.WriteCloser
		}{strings.NewReader(strings.Repeat(request, 9)), near}, Hooks{})
		s.backlog.limit = 3 * len(frame)
		ctx := Answering(t.Context())
		go func() { _, _ = s.WriteFrame(context.Background(), []byte(answer)) }() // no answer: it waits itself
		synctest.Wait()
		read := 0
		go func() {
			for {
				if _, _, err := s.ReadFrame(ctx); err != nil {
					return
				}
				read++
				_, _ = s.WriteFrame(ctx, []byte(answer))
			}
		}()
		synctest.Wait()
		if read != 4 {
			t.Errorf("%d requests were read while no answer was, want 4", read)
		}
		got := make([]byte, 10*len(frame))
		if _, err := io.ReadFull(far, got); err != nil || string(got) != strings.Repeat(frame, 10) {
			t.Errorf("%q, %v", got, err)
		}
		synctest.Wait()
		if read != 9 {
			t.Errorf("%d requests were read, want 9", read)
		}
	})
}

// wantBroken checks that nothing waits behind a connection that is broken, and that whoever answers is told.
func wantBroken(ctx context.Context, t *testing.T, s *Stream) {
	t.Helper()
	if _, err := s.WriteFrame(ctx, []byte("{}")); err == nil || s.backlog.any() {
		t.Errorf("something waits behind a broken connection, error %v", err)
	}
}

// Whoever waits for a client that went away goes on, and what is answered then is dropped.
func TestBacklogOfABrokenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		s := NewStream(near, Hooks{})
		s.backlog.limit = 1
		ctx := Answering(context.Background())
		go func() { _, _ = s.WriteFrame(ctx, []byte("{}")) }()
		synctest.Wait()
		ended := false
		go func() {
			_, _, err := s.ReadFrame(ctx)
			ended = err != nil
		}()
		synctest.Wait()
		if ended {
			t.Error("a request was read though there is no room for its answer")
		}
		_ = far.Close()
		synctest.Wait()
		if !ended {
			t.Error("the reader still waits for room")
		}
		wantBroken(ctx, t, s)
	})
}

// told is a connection that knows whether a write would wait.
type told struct {
	net.Conn
	ready bool
}

func (c *told) ReadyFor(int) bool { return c.ready }

// Where a write would wait, an answer does not, and all arrive in order; where it would not, it is
// written before anything else is done.
func TestAnswersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		conn := &told{Conn: near}
		s := NewStream(conn, Hooks{})
		if !s.AnswersAtOnce() {
			t.Error("the connection's word is not taken")
		}
		ctx := Answering(t.Context())
		want := ""
		for i := range 9 {
			body := fmt.Sprintf(`{"id":%d}`, i)
			want += "Content-Length: 8\r\n\r\n" + body
			if _, err := s.WriteFrame(ctx, []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(far, got); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
		synctest.Wait()

		conn.ready = true
		written := false
		go func() {
			_, _ = s.WriteFrame(ctx, []byte("{}"))
			written = true
		}()
		synctest.Wait()
		if written {
			t.Error("an answer was put off")
		}
		_ = far.Close()
		synctest.Wait()
		if !written {
			t.Error("the writer still waits for a client that went away")
		}
		conn.ready = false
		wantBroken(ctx, t, s)
	})
}

// An answer that was left to a writer is sent also where the writer's own message is given up.
func TestAnswerBesideAMessageThatIsGivenUp(t *testing.T) {
	near, far := net.Pipe()
	s := NewStream(near, Hooks{})
	s.writing.Lock() // as the writer of the message does
	if _, err := s.WriteFrame(Answering(context.Background()), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	s.writing.Unlock()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	go func() { _, _ = s.WriteFrame(cancelled, []byte(`"given up"`)) }()
	const frame = "Content-Length: 2\r\n\r\n{}"
	got := make([]byte, len(frame))
	if _, err := io.ReadFull(far, got); err != nil || string(got) != frame {
		t.Errorf("%q, %v", got, err)
	}
}

// A message that can be sent at once is; one that would have to wait is not sent at all.
func TestWriteAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		conn := &told{Conn: near}
		s := NewStream(conn, Hooks{})
		note := jsonrpc2.NewNotification("x", nil)
		const frame = "Content-Length: 30\r\n\r\n" + `{"jsonrpc":"2.0","method":"x"}`
		if s.WriteAtOnce(note) {
			t.Error("sent to a client that does not read")
		}
		if NewStream(near, Hooks{}).WriteAtOnce(note) {
			t.Error("sent over a connection that does not tell what would wait")
		}
		conn.ready = true
		s.writing.Lock() // as another writer does
		if s.WriteAtOnce(note) {
			t.Error("sent beside another writer")
		}
		s.writing.Unlock()
		s.backlog.add([]byte("{}"))
		if s.WriteAtOnce(note) {
			t.Error("sent before an answer that waits")
		}
		_ = s.backlog.take()

		sent := false
		go func() { sent = s.WriteAtOnce(note) }()
		synctest.Wait()                                                             // it is writing, and the pipe waits for its reader
		_, _ = s.WriteFrame(Answering(context.Background()), []byte(`"an answer"`)) // is left to it
		const answer = "Content-Length: 11\r\n\r\n" + `"an answer"`
		got := make([]byte, len(frame+answer))
		if _, err := io.ReadFull(far, got); err != nil || string(got) != frame+answer {
			t.Errorf("%q, %v", got, err)
		}
		synctest.Wait()
		if !sent {
			t.Error("a message that was sent is said not to be")
		}
	})
}

// broken is a connection that takes a part of the first message and then fails once.
type broken struct {
	net.Conn
	written strings.Builder
	failed  bool
}

func (*broken) ReadyFor(int) bool { return true }

func (c *broken) Write(b []byte) (int, error) {
	if !c.failed {
		c.failed = true
		c.written.Write(b[:10])
		return 10, io.ErrShortWrite
	}
	return c.written.Write(b)
}

// Nothing follows a message that was broken off: what came then could not be told from its rest.
func TestNothingFollowsWhatWasBrokenOff(t *testing.T) {
	note := jsonrpc2.NewNotification("x", nil)
	answers := Answering(context.Background())
	ways := map[string]func(s *Stream) bool{
		"at once":        func(s *Stream) bool { return s.WriteAtOnce(note) },
		"a notification": func(s *Stream) bool { _, err := s.Write(context.Background(), note); return err == nil },
		"an answer":      func(s *Stream) bool { _, err := s.WriteFrame(answers, []byte("{}")); return err == nil },
	}
	for name, first := range ways {
		t.Run(name, func(t *testing.T) {
			conn := &broken{}
			s := NewStream(conn, Hooks{})
			if first(s) {
				t.Error("a message that failed is said to be sent")
			}
			for _, next := range ways {
				if next(s) {
					t.Error("a message is sent over a broken connection")
				}
			}
			wantBroken(answers, t, s)
			if got := conn.written.String(); got != "Content-Le" {
				t.Errorf("%q was written", got)
			}
		})
	}
}
