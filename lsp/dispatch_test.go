package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	testlog "go.uber.org/zap/zaptest/observer"
)

// connect serves s to a bare connection that is initialized.
func connect(t *testing.T, s *Server) jsonrpc2.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- s.Serve(theirs)
		_ = theirs.Close()
	}()
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(ours))
	conn.Go(context.Background(), func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		jsonrpc2.Async(ctx)
		return nil, nil
	})
	t.Cleanup(func() {
		_ = conn.Close()
		<-code
	})
	if _, err := conn.Call(t.Context(), protocol.MethodInitialize, jsonrpc2.RawMessage(`{"capabilities":{}}`), nil); err != nil {
		t.Fatal(err)
	}
	return conn
}

// framed initializes a connection on which a test sends and reads bodies as they are.
func framed(t *testing.T, conn io.ReadWriteCloser) (send func(body string), read func() (string, error)) {
	t.Helper()
	frames := jsonrpc2.NewStream(conn).(interface {
		ReadFrame(context.Context) ([]byte, int64, error)
		WriteFrame(context.Context, []byte) (int64, error)
	})
	send = func(body string) {
		t.Helper()
		if _, err := frames.WriteFrame(t.Context(), []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	read = func() (string, error) {
		body, _, err := frames.ReadFrame(t.Context())
		return string(body), err
	}
	send(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`)
	if _, err := read(); err != nil {
		t.Fatal(err)
	}
	return send, read
}

func TestErrorsHaveTheirCodes(t *testing.T) {
	core, logged := testlog.New(zapcore.ErrorLevel)
	s := New(Options{Log: zap.New(core)})
	answers := map[string]func(ctx context.Context) error{
		"test/panic":    func(context.Context) error { panic("boom") },
		"test/failed":   func(context.Context) error { return errors.New("no") },
		"test/wrapped":  func(context.Context) error { return fmt.Errorf("reading: %w", io.ErrUnexpectedEOF) },
		"test/invalid":  func(context.Context) error { return invalidParams("no %s", "name") },
		"test/modified": func(context.Context) error { return protocol.ErrContentModified },
		"test/canceled": func(context.Context) error { return fmt.Errorf("waiting: %w", context.Canceled) },
	}
	for method, answer := range answers {
		s.requests[method] = func(ctx context.Context, _ *Server, _ *Snapshot, _ jsonrpc2.RawMessage) (any, error) {
			return nil, answer(ctx)
		}
	}
	conn := connect(t, s)
	for method, want := range map[string]jsonrpc2.Code{
		"test/panic": jsonrpc2.InternalError, "test/failed": codeRequestFailed, "test/wrapped": codeRequestFailed,
		"test/invalid": jsonrpc2.InvalidParams, "test/modified": protocol.CodeContentModified,
		"test/canceled": protocol.CodeRequestCancelled, "test/unknown": jsonrpc2.MethodNotFound,
	} {
		_, err := conn.Call(t.Context(), method, nil, nil)
		var coded *jsonrpc2.Error
		if !errors.As(err, &coded) || coded.Code != want {
			t.Errorf("%s: %v, want code %d", method, err, want)
		}
	}
	if panics := logged.FilterMessage("panic").All(); len(panics) != 1 || panics[0].ContextMap()["stack"] == "" {
		t.Errorf("the panic is logged %d times, want once, with its stack", len(panics))
	}
}

func TestPanicInNotificationIsSurvived(t *testing.T) {
	s := New(Options{})
	s.notifications["test/panic"] = func(*Server, jsonrpc2.RawMessage) error { panic("boom") }
	conn := connect(t, s)
	if err := conn.Notify(t.Context(), "test/panic", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Call(t.Context(), protocol.MethodShutdown, nil, nil); err != nil {
		t.Error(err)
	}
}

func TestCancel(t *testing.T) {
	for _, tc := range []struct{ name, id, cancel string }{
		{"number", `7`, `7`},
		{"number spelled otherwise", `7`, `7.0`},
		{"string", `"x/ü"`, `"x/ü"`},
		{"zero", `0`, `0`},
		{"beyond 32 bits", `9007199254740993`, `9007199254740993`},
		{"negative", `-3`, `-3`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := New(Options{})
			started := make(chan struct{})
			s.requests["test/slow"] = func(ctx context.Context, _ *Server, _ *Snapshot, _ jsonrpc2.RawMessage) (any, error) {
				close(started)
				<-ctx.Done()
				return nil, ctx.Err()
			}
			ours, theirs := net.Pipe()
			code := make(chan int, 1)
			go func() { code <- s.Serve(theirs) }()
			send, read := framed(t, ours)
			send(`{"jsonrpc":"2.0","id":` + tc.id + `,"method":"test/slow"}`)
			<-started
			send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + tc.cancel + `}}`)
			got, err := read()
			if want := `{"jsonrpc":"2.0","id":` + tc.id + `,"error":{"code":-32800,`; err != nil || !strings.HasPrefix(got, want) {
				t.Errorf("answer %s, error %v", got, err)
			}
			_ = ours.Close()
			<-code
		})
	}
}
