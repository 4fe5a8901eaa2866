package lsp

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"go.lsp.dev/jsonrpc2"
)

// twoPipes is a connection of which one direction can end before the other.
type twoPipes struct {
	io.Reader
	io.Writer
	io.Closer
}

// A client that sends nothing more gets the answers that are being made then, and one that waits for
// what ends with its session is told so.
func TestInputEndsWhileRequestsAreAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(ctx context.Context) (any, error)
		want   string
	}{
		"made in time":          {func(context.Context) (any, error) { return "made", nil }, `{"jsonrpc":"2.0","id":2,"result":"made"}`},
		"ended by the session":  {func(ctx context.Context) (any, error) { return nil, ctx.Err() }, `{"jsonrpc":"2.0","id":2,"error":{"code":-32800,`},
		"stopped, without fail": {func(context.Context) (any, error) { return nil, nil }, `{"jsonrpc":"2.0","id":2,"result":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(Options{})
			started := make(chan struct{})
			s.requests["test/slow"] = func(ctx context.Context, _ *Server, _ *Snapshot, _ jsonrpc2.RawMessage) (any, error) {
				close(started)
				<-ctx.Done() // the server knows by then that nothing more comes
				return c.answer(ctx)
			}
			theirIn, ourOut := io.Pipe()
			ourIn, theirOut := io.Pipe()
			code := make(chan int, 1)
			go func() {
				code <- s.Serve(twoPipes{theirIn, theirOut, theirIn})
				_ = theirOut.Close()
			}()
			send, read := framed(t, twoPipes{ourIn, ourOut, ourOut})
			send(`{"jsonrpc":"2.0","id":2,"method":"test/slow"}`)
			<-started
			_ = ourOut.Close()
			if got, err := read(); err != nil || !strings.HasPrefix(got, c.want) {
				t.Errorf("answer %s, error %v, want %s", got, err, c.want)
			}
			if got, want := <-code, 1; got != want {
				t.Errorf("exit code %d, want %d", got, want)
			}
		})
	}
}

// What is answered is forgotten, and only that.
func TestDetachedRequestsAreForgotten(t *testing.T) {
	var d detached
	waiting, answer := context.WithCancel(t.Context())
	d.add(waiting)
	for range 10_000 {
		ctx, cancel := context.WithCancel(t.Context())
		d.add(ctx)
		cancel()
	}
	if n := len(d.all); n > 2*minPrune {
		t.Errorf("%d requests are kept, of which one is not answered", n)
	}
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		d.wait(time.Hour)
	}()
	select {
	case <-waited:
		t.Error("it did not wait for a request that is not answered")
	default:
	}
	answer()
	<-waited
}
