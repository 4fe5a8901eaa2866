package lsp

import (
	"context"
	"crypto/subtle"
	"time"

	"go.lsp.dev/jsonrpc2"

	"github.com/samuelpkg/samuel-lsp/lsp/wire"
)

const (
	// admission is how long a client that has to show a token may take to do so.
	admission = 10 * time.Second
	// lastWord is how long a refused client has to read why.
	lastWord = 100 * time.Millisecond
	// maxStrange bounds, in bytes, what a client may send before it has shown the token.
	maxStrange = 1 << 20
)

// tokenField is the field of initializationOptions that holds the client's token.
const tokenField = "token"

// admit checks the token that the client sent with initialize. A client without the right one gets
// an error, and its connection is closed.
func (s *Server) admit(options []byte) error {
	if s.opts.Token == "" {
		return nil
	}
	object, _ := anyValue(options).(map[string]any)
	token, _ := object[tokenField].(string)
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.opts.Token)) == 1 {
		s.admitted.Store(true)
		s.stream.LimitContent(wire.MaxContent)
		return nil
	}
	s.leaveAfter(lastWord)
	if token == "" {
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "this server wants its token in initializationOptions.token; it is in the file that the server named when it started")
	}
	return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "initializationOptions.token is not this server's token; it is in the file that the server named when it started")
}

// awaitAdmission closes the connection of a client that shows no token in time.
func (s *Server) awaitAdmission() {
	if s.opts.Token != "" {
		s.stream.LimitContent(maxStrange)
		s.leaveAfter(admission)
	}
}

// leaveAfter ends the session after a while, unless the client has been admitted by then.
func (s *Server) leaveAfter(d time.Duration) {
	s.spawn(func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
			if !s.admitted.Load() {
				s.leave(1)
			}
		}
	})
}

// leave ends the session with an exit code, if it has not ended yet.
func (s *Server) leave(code int32) {
	s.exitOnce.Do(func() {
		s.exitCode.Store(code)
		close(s.exit)
	})
}
