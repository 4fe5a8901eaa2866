package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

// listening serves at an address until the test ends.
func listening(t *testing.T, flags listenFlags) *listener {
	t.Helper()
	l, err := listen(flags, func() lsp.Options { return lsp.Options{} })
	if err != nil {
		t.Fatal(err)
	}
	serveUntilTheEnd(t, l)
	return l
}

func serveUntilTheEnd(t *testing.T, l *listener) {
	done := make(chan error, 1)
	go func() { done <- l.serve() }()
	t.Cleanup(func() {
		l.close()
		if err := <-done; err != nil {
			t.Errorf("serving: %v", err)
		}
		l.work.Wait()
	})
}

// initialize connects, sends initialize with a token and returns the answer, or how the connection
// ended instead.
func initialize(t *testing.T, l *listener, token string) (net.Conn, string) {
	t.Helper()
	conn, err := net.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"initializationOptions":{"token":%q}}}`, token)
	_, _ = fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(body), body) // a refusal is seen by the read
	r := bufio.NewReader(conn)
	head, err := r.ReadString('\n')
	if err != nil {
		return conn, "closed"
	}
	size, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(head, "Content-Length: ")))
	if err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 2+size)
	if _, err := io.ReadFull(r, answer); err != nil {
		t.Fatal(err)
	}
	return conn, string(answer[2:])
}

// awaitClosed fails unless the other side closes the connection.
func awaitClosed(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays open")
	}
}

func TestListenTCPWantsItsToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "token")
	l := listening(t, listenFlags{address: "127.0.0.1:0", tokenFile: file})
	token, err := readToken(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.where, file) || strings.Contains(l.where, token) {
		t.Errorf("printed %q; it must name the file and not hold the token", l.where)
	}
	if _, answer := initialize(t, l, token); !strings.Contains(answer, `"capabilities"`) {
		t.Errorf("with the token: %s", answer)
	}
	conn, answer := initialize(t, l, strings.ToLower(token))
	if !strings.Contains(answer, "is not this server's token") {
		t.Errorf("with a wrong token: %s", answer)
	}
	awaitClosed(t, conn)
}

func TestListenTCPRefusesBrowsers(t *testing.T) {
	l := listening(t, listenFlags{address: "127.0.0.1:0", tokenFile: filepath.Join(t.TempDir(), "token")})
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")
	awaitClosed(t, conn)
}

func TestListenOnlyOnThisMachine(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "localhost:0", "example.com:80", "192.0.2.1:0", "127.0.0.1", ""} {
		if l, err := listen(listenFlags{address: address}, nil); err == nil {
			_ = l.Close()
			t.Errorf("listens at %q", address)
		} else if !strings.Contains(err.Error(), "only loopback addresses") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestListenBoundsItsClients(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	l := listening(t, listenFlags{address: "127.0.0.1:0", tokenFile: file})
	token, err := readToken(file)
	if err != nil {
		t.Fatal(err)
	}
	var first net.Conn
	for i := range maxClients {
		conn, answer := initialize(t, l, token)
		if !strings.Contains(answer, `"capabilities"`) {
			t.Fatalf("client %d: %s", i, answer)
		}
		if first == nil {
			first = conn
		}
	}
	if _, answer := initialize(t, l, token); answer != "closed" {
		t.Errorf("one more client than there may be: %s", answer)
	}
	_ = first.Close()
	for deadline := time.Now().Add(time.Minute); ; { // its place is free once its server has ended
		if _, answer := initialize(t, l, token); answer != "closed" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a client that left leaves no room")
		}
	}
}

func TestToken(t *testing.T) {
	good := strings.Repeat("k", minToken)
	type file struct {
		name, content string
		mode          os.FileMode
		want          string
	}
	cases := []file{
		{"good", good + "\n", 0o600, ""},
		{"short", "secret", 0o600, "has 6 characters, and needs at least 26"},
		{"empty", "", 0o600, "needs at least"},
		{"long", strings.Repeat("k", maxToken+1), 0o600, "one line"},
	}
	if runtime.GOOS != "windows" { // where modes mean nothing
		cases = append(cases,
			file{"others may read", good, 0o644, "can be read by others"},
			file{"others may write", good, 0o602, "can be read by others"})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(file, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, tc.mode); err != nil {
				t.Fatal(err)
			}
			token, _, err := listenToken(file, 1)
			switch {
			case tc.want == "" && (err != nil || token != good):
				t.Errorf("token %q, error %v", token, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error %v, want %q", err, tc.want)
			case err != nil && strings.Contains(err.Error(), good):
				t.Error("the error holds the token")
			}
		})
	}
}

func TestTokenOfTheEnvironment(t *testing.T) {
	token := strings.Repeat("e", minToken)
	t.Setenv(tokenVariable, token)
	got, where, err := listenToken("", 1)
	if err != nil || got != token || where != "$"+tokenVariable {
		t.Errorf("%q in %q, error %v", got, where, err)
	}
	if os.Getenv(tokenVariable) != "" {
		t.Error("the commands of plugins can see the token in the environment")
	}
}

func TestTokenIsMadeAnewForEachServer(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", home)
	t.Setenv("LocalAppData", home)
	first, file, err := listenToken("", 4711)
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := listenToken("", 4711)
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Error("a new server has the old server's token")
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v", info.Mode(), err)
	}
}
