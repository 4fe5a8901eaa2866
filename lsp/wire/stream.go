// Package wire is the byte side of a connection: the base protocol's framing, made safe against
// what a broken or hostile client sends.
//
// [Stream] implements the stream of package jsonrpc2, which ends a connection at the first
// message it cannot decode. Here a message that cannot be a request, notification or response is
// answered as JSON-RPC demands and never reaches jsonrpc2; only a broken frame ends the
// connection, because what follows it cannot be told from it.
package wire

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"

	"go.lsp.dev/jsonrpc2"
)

const (
	// MaxHeader bounds the header block of one frame, in bytes.
	MaxHeader = 4 << 10
	// MaxContent bounds the body of one frame, in bytes.
	MaxContent = 64 << 20
	// MaxUnread bounds the answers that wait for the client to read, in bytes; no more requests are
	// taken up before it has read some.
	MaxUnread = 64 << 20

	// keepBuffer bounds the buffers kept from one message to the next.
	keepBuffer = 1 << 20
	// firstRead bounds what is allocated on the word of a header alone; a longer body is
	// allocated as it arrives.
	firstRead = 1 << 20
)

// ErrFrame says that the frame is broken and the connection cannot go on.
var ErrFrame = errors.New("broken frame")

// Stream frames JSON-RPC messages over a byte connection.
//
// One goroutine reads; any number write.
type Stream struct {
	conn io.ReadWriteCloser
	in   *bufio.Reader
	body []byte
	most int // bytes of a body

	// onClosed is called once, when nothing can be read any more.
	onClosed func(error)
	closed   bool

	ready   func(n int) bool // nil: unknown
	writing sync.Mutex
	out     []byte
	backlog backlog
}

var _ jsonrpc2.Stream = (*Stream)(nil)

// Ready is what a connection may implement that knows whether a write would wait for the client.
type Ready interface {
	// ReadyFor reports whether n bytes can be written at once; false if that is not certain.
	ReadyFor(n int) bool
}

// Hooks are what a [Stream] tells its owner. Both run on the reading goroutine.
type Hooks struct {
	// Idle is called before every read that may wait for the client: everything that was sent
	// so far has been handed on by then.
	Idle func()
	// Closed is called once, when nothing can be read any more, with the reason.
	Closed func(error)
}

// NewStream returns a stream over conn.
func NewStream(conn io.ReadWriteCloser, hooks Hooks) *Stream {
	s := &Stream{
		conn:     conn,
		in:       bufio.NewReaderSize(idleReader{conn, hooks.Idle}, 32<<10),
		onClosed: hooks.Closed,
		backlog:  backlog{limit: MaxUnread},
		most:     MaxContent,
	}
	if conn, ok := conn.(Ready); ok {
		s.ready = conn.ReadyFor
	}
	return s
}

// AnswersAtOnce reports whether an answer may be sent on the reading goroutine: it never waits for
// the client there, which may be waiting for this side to read.
func (s *Stream) AnswersAtOnce() bool { return s.ready != nil }

// LimitContent makes most the bound of the bodies of the frames to come, in bytes. It must be called
// before the reading begins or by what handles a message on the reading goroutine.
func (s *Stream) LimitContent(most int) { s.most = min(most, MaxContent) }

// idleReader announces each read of the connection itself.
type idleReader struct {
	r    io.Reader
	idle func()
}

func (r idleReader) Read(p []byte) (int, error) {
	if r.idle != nil {
		r.idle()
	}
	return r.r.Read(p)
}

// ReadFrame returns the body of the next frame that holds a well-formed message, or batch of
// them. It is valid until the next call.
func (s *Stream) ReadFrame(ctx context.Context) ([]byte, int64, error) {
	GrowStack() // jsonrpc2 reads on a new goroutine after each message that is answered on the old one
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, s.fail(err)
		}
		s.backlog.awaitRoom()
		length, err := readHeader(s.in, s.most)
		if err != nil {
			return nil, 0, s.fail(err)
		}
		body, err := s.readBody(length)
		if err != nil {
			return nil, 0, s.fail(err)
		}
		if reply := screen(body); reply != nil {
			s.backlog.add(reply)
			go s.drain() // this goroutine must go on reading for the client to go on, too
			continue
		}
		return body, int64(length), nil
	}
}

func (s *Stream) fail(err error) error {
	if !s.closed {
		s.closed = true
		if s.onClosed != nil {
			s.onClosed(err)
		}
	}
	return err
}

func (s *Stream) readBody(length int) ([]byte, error) {
	if cap(s.body) > keepBuffer {
		s.body = nil
	}
	for read := 0; ; {
		want := min(length, max(firstRead, 2*read))
		if cap(s.body) < want {
			grown := make([]byte, want)
			copy(grown, s.body[:read])
			s.body = grown
		}
		if _, err := io.ReadFull(s.in, s.body[read:want]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if read = want; read == length {
			return s.body[:length], nil
		}
	}
}

// Read returns the next message. jsonrpc2 uses ReadFrame instead.
func (s *Stream) Read(ctx context.Context) (jsonrpc2.Message, int64, error) {
	frame, n, err := s.ReadFrame(ctx)
	if err != nil {
		return nil, 0, err
	}
	msg, err := jsonrpc2.DecodeMessage(frame)
	return msg, n, err
}

// Close closes the connection below.
func (s *Stream) Close() error { return s.conn.Close() }
