package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"go.lsp.dev/jsonrpc2"
)

// pipe is a connection that reads given bytes and keeps what is written.
type pipe struct {
	io.Reader
	bytes.Buffer
}

func (p *pipe) Read(b []byte) (int, error) { return p.Reader.Read(b) }
func (p *pipe) Close() error               { return nil }

func TestHeader(t *testing.T) {
	const ok = `{"jsonrpc":"2.0","method":"x"}`
	for _, tc := range []struct {
		name, in string
		want     error // of the first read; nil: the frame above
	}{
		{"usual", "Content-Length: 30\r\n\r\n" + ok, nil},
		{"lower case, no space", "content-length:30\r\n\r\n" + ok, nil},
		{"other fields", "A: b\r\nContent-Length: 30\r\nContent-Type: x; charset=utf-8\r\n\r\n" + ok, nil},
		{"bare line feeds", "Content-Length: 30\n\n" + ok, nil},
		{"end", "", io.EOF},
		{"end in the header", "Content-Le", io.ErrUnexpectedEOF},
		{"end behind the header", "Content-Length: 30\r\n\r\n", io.ErrUnexpectedEOF},
		{"end in the body", "Content-Length: 30\r\n\r\n{", io.ErrUnexpectedEOF},
		{"no length", "A: b\r\n\r\n", ErrFrame},
		{"no colon", "hello\r\n\r\n", ErrFrame},
		{"no number", "Content-Length: x\r\n\r\n", ErrFrame},
		{"negative", "Content-Length: -1\r\n\r\n", ErrFrame},
		{"too large", "Content-Length: 2147483648\r\n\r\n", ErrFrame},
		{"endless line", strings.Repeat("x", 1<<20), ErrFrame},
		{"endless header", strings.Repeat("A: b\r\n", 1<<12), ErrFrame},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var closed []error
			s := NewStream(&pipe{Reader: strings.NewReader(tc.in)}, Hooks{Closed: func(err error) { closed = append(closed, err) }})
			frame, _, err := s.ReadFrame(context.Background())
			if !errors.Is(err, tc.want) || tc.want == nil && string(frame) != ok {
				t.Fatalf("frame %q, error %v, want %v", frame, err, tc.want)
			}
			if err != nil {
				_, _, _ = s.ReadFrame(context.Background())
				if len(closed) != 1 {
					t.Errorf("closed was told %d times", len(closed))
				}
			}
		})
	}
}

// TestLargeBody also covers a body that is longer than what its header's word is taken for.
func TestLargeBody(t *testing.T) {
	body := `{"jsonrpc":"2.0","method":"x","params":["` + strings.Repeat("a", 3*firstRead) + `"]}`
	p := &pipe{}
	s := NewStream(p, Hooks{})
	if _, err := s.WriteFrame(context.Background(), []byte(body)); err != nil {
		t.Fatal(err)
	}
	s = NewStream(&pipe{Reader: &p.Buffer}, Hooks{})
	got, _, err := s.ReadFrame(context.Background())
	if err != nil || string(got) != body {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}

func TestIdleIsToldBeforeWaiting(t *testing.T) {
	const frame = "Content-Length: 30\r\n\r\n" + `{"jsonrpc":"2.0","method":"x"}`
	idle := 0
	s := NewStream(&pipe{Reader: strings.NewReader(frame + frame + frame)}, Hooks{Idle: func() { idle++ }})
	for range 3 {
		if _, _, err := s.ReadFrame(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if idle != 1 {
		t.Errorf("idle was told %d times for three frames that came at once, want 1", idle)
	}
}

func TestMalformedMessages(t *testing.T) {
	for _, tc := range []struct{ name, body, id, code string }{
		{"no JSON", `{`, "null", "-32700"},
		{"nothing", ``, "null", "-32700"},
		{"two messages", `{"jsonrpc":"2.0","id":1,"method":"x"} {}`, "null", "-32700"},
		{"no object", `5`, "null", "-32600"},
		{"no message", `{}`, "null", "-32600"},
		{"no version", `{"id":31,"method":"x"}`, "31", "-32600"},
		{"old version", `{"jsonrpc":"1.0","id":"a\"b","method":"x"}`, `"a\"b"`, "-32600"},
		{"method is no string", `{"jsonrpc":"2.0","id":0,"method":{}}`, "0", "-32600"},
		{"id is no integer", `{"jsonrpc":"2.0","id":1.5,"method":"x"}`, "null", "-32600"},
		{"id is no value of one", `{"jsonrpc":"2.0","id":[1],"method":"x"}`, "null", "-32600"},
		{"neither request nor response", `{"jsonrpc":"2.0","id":40}`, "null", "-32600"},
		{"both", `{"jsonrpc":"2.0","id":41,"result":1,"error":{}}`, "null", "-32600"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := `{"jsonrpc":"2.0","id":` + tc.id + `,"error":{"code":` + tc.code + `,`
			if got := string(screen([]byte(tc.body))); !strings.HasPrefix(got, want) {
				t.Errorf("answer %s, want %s...", got, want)
			}
		})
	}
}

// FuzzScreen holds that what passes is what jsonrpc2 can take: a connection outlives every body.
func FuzzScreen(f *testing.F) {
	for _, s := range []string{
		"", "7", "[]", "[7]", "{}", `{"jsonrpc":"2.0","id":1,"method":"x"}`, `{"jsonrpc":"2.0","id":1,"result":null}`,
		`[{"jsonrpc":"2.0","id":"a","method":"x"},{}]`, `{"jsonrpc":"2.0","id":1.5,"method":"x"}`, "\xff", `{"a":"\ud800"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if reply := screen(body); reply != nil {
			if _, err := jsonrpc2.DecodeMessage(reply); err != nil {
				t.Fatalf("%q is answered %q: %v", body, reply, err)
			}
			return
		}
		if len(bytes.TrimSpace(body)) > 0 && bytes.TrimSpace(body)[0] == '[' {
			if _, err := jsonrpc2.ParseRequests(body); err != nil {
				t.Fatalf("%q passes: %v", body, err)
			}
			return
		}
		if _, err := jsonrpc2.DecodeMessage(body); err != nil {
			t.Fatalf("%q passes: %v", body, err)
		}
	})
}
