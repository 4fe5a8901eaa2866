package lsp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// requestHandler answers one request from the snapshot taken when it arrived. It must look at
// nothing but the snapshot, and runs off the read loop, unless it is of [feature.prompt] and has not
// called [offLoop]. A nil result is sent as null.
type requestHandler func(ctx context.Context, s *Server, snap *Snapshot, params jsonrpc2.RawMessage) (any, error)

// notificationHandler applies one notification on the read loop: it decodes, calls
// [Server.update], and starts what takes longer elsewhere.
type notificationHandler func(s *Server, params jsonrpc2.RawMessage) error

// request makes a requestHandler of a function with typed parameters.
func request[P any](h func(ctx context.Context, s *Server, snap *Snapshot, params *P) (any, error)) requestHandler {
	return func(ctx context.Context, s *Server, snap *Snapshot, raw jsonrpc2.RawMessage) (any, error) {
		params, err := decode[P](raw)
		if err != nil {
			return nil, err
		}
		return h(ctx, s, snap, params)
	}
}

// notification makes a notificationHandler of a function with typed parameters.
func notification[P any](h func(s *Server, params *P) error) notificationHandler {
	return func(s *Server, raw jsonrpc2.RawMessage) error {
		params, err := decode[P](raw)
		if err != nil {
			return err
		}
		return h(s, params)
	}
}

func decode[P any](raw jsonrpc2.RawMessage) (*P, error) {
	if len(raw) == 0 {
		return nil, jsonrpc2.NewError(jsonrpc2.InvalidParams, "params are missing")
	}
	params := new(P)
	if err := protocol.Unmarshal(raw, params); err != nil {
		if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			return nil, jsonrpc2.Errorf(jsonrpc2.ParseError, "params are not JSON: %v", err)
		}
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "params don't fit: %v", err)
	}
	return params, nil
}

// handle is called on the read loop for every message, in order.
func (s *Server) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	if !req.IsCall() {
		s.notified(req)
		return nil, nil
	}
	// The loop never waits in a write: were the client not to read just then, neither side would go on.
	release := sync.OnceFunc(func() {
		s.detached.add(ctx)
		jsonrpc2.Async(ctx)
	})
	result, err := s.answer(req, release)
	if !s.stream.AnswersAtOnce() {
		release()
	}
	return result, wireError(err)
}

func (s *Server) notified(req *jsonrpc2.Request) {
	defer s.recovered(req.Method())
	if err := s.admitNotification(req.Method()); err != nil {
		s.log.Debug("notification dropped", zap.String("method", req.Method()), zap.Error(err))
		return
	}
	h, ok := s.notifications[req.Method()]
	if !ok {
		return // the protocol lets a server ignore what it doesn't know
	}
	if err := h(s, req.Params()); err != nil {
		s.log.Warn("notification dropped", zap.String("method", req.Method()), zap.Error(err))
	}
}

// answer runs a request's handler: the life cycle's own on the loop, a prompt one there where it can
// be answered from there, every other one off the loop, after release.
func (s *Server) answer(req *jsonrpc2.Request, release func()) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.logPanic(req.Method(), r)
			result, err = nil, jsonrpc2.Errorf(jsonrpc2.InternalError, "%s failed inside the server: %v", req.Method(), r)
		}
	}()
	if err := s.admitRequest(req.Method()); err != nil {
		return nil, err
	}
	switch req.Method() {
	case protocol.MethodInitialize:
		return s.initialize(req.Params())
	case protocol.MethodShutdown:
		return s.shutdown()
	}
	h, ok := s.requests[req.Method()]
	if !ok {
		return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "no method %.60q", req.Method())
	}

	snap := s.Snapshot()
	work, cancel := context.WithCancel(s.ctx)
	defer cancel()
	done, ok := s.inflight.add(req.ID(), cancel)
	if !ok {
		return nil, jsonrpc2.Errorf(codeRequestFailed, "%d requests are being answered already; wait for some, or cancel them", maxInflight)
	}
	defer done()
	if s.prompt[req.Method()] && s.stream.AnswersAtOnce() {
		result, err = h(context.WithValue(work, loop{}, release), s, snap, req.Params())
	} else {
		release()
		result, err = h(work, s, snap, req.Params())
	}
	if work.Err() != nil && s.ctx.Err() == nil { // where all ends, what was made in time is sent
		return nil, protocol.ErrRequestCancelled
	}
	return result, err
}

// loop is the context key of what takes a request off the read loop.
type loop struct{}

// offLoop lets the read loop go on without the request of ctx, which may take its time then.
func offLoop(ctx context.Context) {
	if release, ok := ctx.Value(loop{}).(func()); ok {
		release()
	}
}

// wireError gives every error the code that the protocol has for it.
func wireError(err error) error {
	var coded *jsonrpc2.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return err
	case errors.Is(err, context.Canceled):
		return protocol.ErrRequestCancelled
	default:
		return jsonrpc2.NewError(codeRequestFailed, err.Error())
	}
}

// codeRequestFailed is the protocol's code for a request that was well-formed and failed.
const codeRequestFailed jsonrpc2.Code = -32803

// invalidParams is an error that blames the request's parameters.
func invalidParams(format string, args ...any) error {
	return jsonrpc2.NewError(jsonrpc2.InvalidParams, fmt.Sprintf(format, args...))
}

// recovered logs a panic and lets the server live. It must be deferred itself.
func (s *Server) recovered(what string) {
	if r := recover(); r != nil {
		s.logPanic(what, r)
	}
}

func (s *Server) logPanic(what string, r any) {
	s.log.Error("panic", zap.String("in", what), zap.Any("panic", r), zap.ByteString("stack", debug.Stack()))
}

// maxInflight bounds the requests that are answered at once, such as runs that wait for their turn.
const maxInflight = 10_000

// inflight knows how to cancel the requests that are being answered.
type inflight struct {
	mu      sync.Mutex
	count   int
	cancels map[jsonrpc2.ID]context.CancelFunc
}

// add notes a request until the returned function is called, unless there are too many. A client
// that reuses an id which is still being answered can only cancel the newer request.
func (f *inflight) add(id jsonrpc2.ID, cancel context.CancelFunc) (done func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count >= maxInflight {
		return nil, false
	}
	f.count++
	_, reused := f.cancels[id]
	f.cancels[id] = cancel
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.count--
		if !reused {
			delete(f.cancels, id)
		}
	}, true
}

func (f *inflight) cancel(id jsonrpc2.ID) {
	f.mu.Lock()
	cancel := f.cancels[id]
	f.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}
