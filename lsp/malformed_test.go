package lsp_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp"
	"github.com/samuelpkg/samuel-lsp/lsp/lsptest"
)

// rawClient speaks bytes.
type rawClient struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
	code chan int
}

func dialRaw(t *testing.T) *rawClient {
	t.Helper()
	ours, theirs := net.Pipe()
	c := &rawClient{t: t, conn: ours, in: bufio.NewReader(ours), code: make(chan int, 1)}
	go func() {
		c.code <- lsp.New(lsp.Options{}).Serve(theirs)
		_ = theirs.Close()
	}()
	t.Cleanup(func() { _ = ours.Close() })
	deadline := time.Now().Add(lsptest.Patience)
	if err := ours.SetDeadline(deadline); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *rawClient) send(bodies ...string) {
	for _, b := range bodies {
		c.raw("Content-Length: " + strconv.Itoa(len(b)) + "\r\n\r\n" + b)
	}
}

// raw sends bytes; a server that closed the connection is what some tests wait for.
func (c *rawClient) raw(s string) { _, _ = io.WriteString(c.conn, s) }

func (c *rawClient) read() string {
	c.t.Helper()
	length := 0
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatalf("reading an answer: %v", err)
		}
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(v)
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		c.t.Fatal(err)
	}
	return string(body)
}

const (
	rawInitialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	rawShutdown   = `{"jsonrpc":"2.0","id":"bye","method":"shutdown"}`
	rawExit       = `{"jsonrpc":"2.0","method":"exit"}`
)

// finish ends the session and returns the exit code.
func (c *rawClient) finish() int {
	c.t.Helper()
	c.send(rawShutdown)
	for !strings.Contains(c.read(), `"bye"`) {
	}
	c.send(rawExit)
	return <-c.code
}

func TestMalformedMessagesAreSurvived(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		// want are parts of the answer, in order of the answers; none: no answer.
		want []string
	}{
		{"unknown request", `{"jsonrpc":"2.0","id":7,"method":"foo/bar","params":{}}`, []string{`"id":7,"error":{"code":-32601`}},
		{"unknown request without params", `{"jsonrpc":"2.0","id":7,"method":"foo/bar"}`, []string{`"id":7,"error":{"code":-32601`}},
		{"unknown notification", `{"jsonrpc":"2.0","method":"$/foo","params":{"x":1}}`, nil},
		{"request without params", `{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic"}`, []string{`"code":-32602`}},
		{"request with null params", `{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic","params":null}`, []string{`"code":-32602`}},
		{"request with wrong params", `{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic","params":[1]}`, []string{`"code":-32602`}},
		{"request with a wrong type", `{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":5}}}`, []string{`"code":-32602`}},
		{"notification without params", `{"jsonrpc":"2.0","method":"textDocument/didOpen"}`, nil},
		{"notification with wrong params", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":7}}`, nil},
		{"change of what is not open", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x/samuel-plugin.toml","version":2},"contentChanges":[{"text":"x"}]}}`, nil},
		{"close of what is not open", `{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///x"}}}`, nil},
		{"cancel of a fraction", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1.5}}`, nil},
		{"cancel of a huge number", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99999999999999999999}}`, nil},
		{"cancel of null", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}`, nil},
		{"cancel without params", `{"jsonrpc":"2.0","method":"$/cancelRequest"}`, nil},
		{"string id", `{"jsonrpc":"2.0","id":"é\"x","method":"foo"}`, []string{`"id":"é\"x","error"`}},
		{"id zero", `{"jsonrpc":"2.0","id":0,"method":"foo"}`, []string{`"id":0,"error"`}},
		{"id beyond 32 bits", `{"jsonrpc":"2.0","id":9007199254740993,"method":"foo"}`, []string{`"id":9007199254740993,"error"`}},
		{"fractional id", `{"jsonrpc":"2.0","id":1.5,"method":"foo"}`, []string{`"id":null,"error":{"code":-32600`}},
		{"object id", `{"jsonrpc":"2.0","id":{},"method":"foo"}`, []string{`"id":null,"error":{"code":-32600`}},
		{"wrong version", `{"jsonrpc":"1.0","id":1,"method":"foo"}`, []string{`"id":1,"error":{"code":-32600`}},
		{"no method", `{"jsonrpc":"2.0","id":1}`, []string{`"id":null,"error":{"code":-32600`}},
		{"not JSON", `{"jsonrpc":`, []string{`"id":null,"error":{"code":-32700`}},
		{"not an object", `7`, []string{`"id":null,"error":{"code":-32600`}},
		{"binary", "\x00\xff\xfe", []string{`"id":null,"error":{"code":-32700`}},
		{"broken params", `{"jsonrpc":"2.0","id":7,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":tru}}}`, []string{`"code":-32700`}},
		{"answer to nothing", `{"jsonrpc":"2.0","id":12345,"result":null}`, nil},
		{"error answer to nothing", `{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no"}}`, nil},
		{"empty batch", `[]`, []string{`"id":null,"error":{"code":-32600`}},
		{"broken batch", `[{"jsonrpc":"2.0"`, []string{`"id":null,"error":{"code":-32700`}},
		{"batch", `[{"jsonrpc":"2.0","id":1,"method":"foo"},7,{"jsonrpc":"2.0","method":"$/x"},{"jsonrpc":"2.0","id":2,"method":"bar"}]`, []string{`"code":-32601`}},
		{"wrong progress token", `{"jsonrpc":"2.0","method":"window/workDoneProgress/cancel","params":{"token":{}}}`, nil},
		{"wrong settings", `{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":[1,2]}}`, []string{"setting samuel must be an object"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := dialRaw(t)
			c.send(rawInitialize)
			c.read()
			c.send(`{"jsonrpc":"2.0","method":"initialized","params":{}}`, tc.body)
			for _, want := range tc.want {
				for got := c.read(); !strings.Contains(got, want); got = c.read() {
					if !strings.Contains(got, "window/logMessage") {
						t.Fatalf("answer %s, want one with %s", got, want)
					}
				}
			}
			if code := c.finish(); code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

func TestBrokenFramesEndTheSession(t *testing.T) {
	for _, tc := range []struct{ name, bytes string }{
		{"no colon", "hello\r\n\r\n"},
		{"no length", "X: 1\r\n\r\n{}"},
		{"length is no number", "Content-Length: many\r\n\r\n"},
		{"negative length", "Content-Length: -5\r\n\r\n"},
		{"two gigabytes", "Content-Length: 2147483648\r\n\r\n{"},
		{"length overflows", "Content-Length: 99999999999999999999999\r\n\r\n"},
		{"line that never ends", strings.Repeat("a", 1<<20)},
		{"header that never ends", strings.Repeat("A: b\r\n", 1<<16)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := dialRaw(t)
			go func() { _, _ = io.Copy(io.Discard, c.in) }()
			go c.raw(tc.bytes)
			select {
			case code := <-c.code:
				if code != 1 {
					t.Errorf("exit code %d, want 1", code)
				}
			case <-time.After(lsptest.Patience):
				t.Fatal("the session goes on")
			}
		})
	}
}

func TestFramesInPieces(t *testing.T) {
	c := dialRaw(t)
	whole := fmt.Sprintf("content-length:%d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s", len(rawInitialize), rawInitialize)
	for _, b := range []byte(whole) {
		c.raw(string(b))
	}
	if got := c.read(); !strings.Contains(got, `"positionEncoding":"utf-16"`) {
		t.Error(got)
	}
	if code := c.finish(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
