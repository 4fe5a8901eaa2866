package wire

import (
	"context"
	"sync"

	"go.lsp.dev/jsonrpc2"
)

// answering marks the context of a connection's answers.
type answering struct{}

// Answering returns a context for [jsonrpc2.Conn.Go] that makes answers wait for the client in a
// backlog of bytes, and not each on a goroutine, which is many times as large.
func Answering(ctx context.Context) context.Context { return context.WithValue(ctx, answering{}, true) }

// Write sends one message as one write. An answer may be sent after it returns.
func (s *Stream) Write(ctx context.Context, msg jsonrpc2.Message) (int64, error) {
	if ctx.Value(answering{}) != nil && ctx.Err() == nil {
		return s.answer(jsonrpc2.AppendMessage(nil, msg))
	}
	return s.write(ctx, func(dst []byte) []byte { return jsonrpc2.AppendMessage(dst, msg) })
}

// WriteFrame sends a body that is encoded already, such as the answer to a batch.
func (s *Stream) WriteFrame(ctx context.Context, body []byte) (int64, error) {
	if ctx.Value(answering{}) != nil && ctx.Err() == nil {
		return s.answer(body)
	}
	return s.write(ctx, func(dst []byte) []byte { return append(dst, body...) })
}

// WriteAtOnce sends one message if that is certain to wait neither for the client nor for another
// writer. Else, or where writing fails, it returns false; a message that was broken off so is the last thing
// written, and who writes next is told why.
func (s *Stream) WriteAtOnce(msg jsonrpc2.Message) bool {
	if s.ready == nil || s.backlog.any() || !s.writing.TryLock() {
		return false
	}
	body := jsonrpc2.AppendMessage(nil, msg)
	frame := append(appendHeader(nil, len(body)), body...)
	sent := s.backlog.err() == nil && s.ready(len(frame))
	if sent {
		_, err := s.conn.Write(frame)
		s.backlog.sent(0, err)
		sent = err == nil
	}
	s.writing.Unlock()
	s.sendAnswers() // that came meanwhile and were left to this writer
	return sent
}

// answer leaves a body to whoever is writing, and writes if nobody is.
func (s *Stream) answer(body []byte) (int64, error) {
	s.backlog.add(body)
	s.sendAnswers()
	return int64(len(body)), s.backlog.err()
}

// sendAnswers writes the backlog, unless somebody is writing, who does so then. Where the connection
// tells what would wait, that is left to a goroutine.
func (s *Stream) sendAnswers() {
	for s.backlog.any() && s.writing.TryLock() {
		frames := s.backlog.take()
		if s.ready != nil && !s.ready(len(frames)) {
			go func() {
				_ = s.send(frames) // whoever answers next is told
				s.writing.Unlock()
				_ = s.drain()
			}()
			return
		}
		_ = s.send(frames)
		s.writing.Unlock()
	}
}

// drain writes the backlog, and waits for the client, unless somebody is writing, who does so then.
func (s *Stream) drain() error {
	for s.backlog.any() && s.writing.TryLock() {
		err := s.sendBacklog()
		s.writing.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// sendBacklog writes what waited until now; the caller holds the lock for writing.
func (s *Stream) sendBacklog() error { return s.send(s.backlog.take()) }

// send writes what was taken from the backlog; the caller holds the lock for writing.
func (s *Stream) send(frames []byte) error {
	if len(frames) == 0 {
		return nil
	}
	_, err := s.conn.Write(frames)
	s.backlog.sent(len(frames), err)
	return err
}

func (s *Stream) write(ctx context.Context, appendBody func([]byte) []byte) (int64, error) {
	n, err := s.writeNow(ctx, appendBody)
	// Answers that came meanwhile were left to this writer, also where its own message was given up.
	if drained := s.drain(); err == nil {
		err = drained
	}
	return n, err
}

func (s *Stream) writeNow(ctx context.Context, appendBody func([]byte) []byte) (int64, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := s.sendBacklog(); err != nil {
		return 0, err
	}
	if err := s.backlog.err(); err != nil {
		return 0, err
	}
	// The length is known once the body is there: it is written into the room left for it.
	const room = len("Content-Length: 12345678901234567890\r\n\r\n")
	buf := appendBody(append(s.out[:0], make([]byte, room)...))
	head := appendHeader(make([]byte, 0, room), len(buf)-room)
	start := room - len(head)
	copy(buf[start:], head)
	n, err := s.conn.Write(buf[start:])
	s.backlog.sent(0, err) // nothing may follow what was broken off
	if s.out = buf; cap(buf) > keepBuffer {
		s.out = nil
	}
	return int64(n), err
}

// Flush returns when what was being written has been written.
func (s *Stream) Flush() {
	s.writing.Lock()    // a write under way holds it
	_ = s.sendBacklog() // nobody is left to tell
	s.writing.Unlock()
	_ = s.drain()
}

// backlog holds framed answers that wait for the client to read.
type backlog struct {
	limit int

	mu      sync.Mutex
	room    sync.Cond // of mu; made by awaitRoom
	frames  []byte
	writing int   // bytes that were taken and are not yet written
	broken  error // why nothing can be written any more
}

// add frames a body. Nothing waits behind a connection that is broken.
func (b *backlog) add(body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken == nil {
		b.frames = append(appendHeader(b.frames, len(body)), body...)
	}
}

func (b *backlog) err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.broken
}

func (b *backlog) any() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.frames) > 0
}

// take hands out what waits; sent must be told what became of it.
func (b *backlog) take() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	frames := b.frames
	b.frames, b.writing = nil, len(frames)
	return frames
}

func (b *backlog) sent(n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writing -= n
	if err != nil {
		b.broken, b.frames = err, nil
	}
	if b.room.L != nil {
		b.room.Broadcast()
	}
}

// awaitRoom returns when less than the limit waits.
func (b *backlog) awaitRoom() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.room.L = &b.mu
	for len(b.frames)+b.writing > b.limit {
		b.room.Wait()
	}
}
