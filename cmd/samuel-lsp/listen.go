package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

const (
	// maxClients is how many clients a listener serves at once; one more is turned away.
	maxClients = 16
	// acceptPause is how long a listener waits when the system is out of files.
	acceptPause = 100 * time.Millisecond
)

// listenFlags say where clients are accepted and how they prove who they are.
type listenFlags struct {
	address   string
	tokenFile string
}

// listener accepts clients and gives each a server of its own.
type listener struct {
	net.Listener
	// where says where clients find the listener and its token.
	where string
	// trusted says whether a connection comes from this user; nil where the token says so.
	trusted func(net.Conn) error
	options func() lsp.Options

	mu    sync.Mutex
	conns map[net.Conn]bool
	over  bool
	work  sync.WaitGroup
}

// serveListener serves clients until the process is interrupted.
func serveListener(flags listenFlags, options func() lsp.Options) error {
	l, err := listen(flags, options)
	if err != nil {
		return err
	}
	fmt.Println("listening at " + l.where)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		l.close()
	}()
	err = l.serve()
	l.close()
	l.work.Wait()
	return err
}

// listen opens the listener.
func listen(flags listenFlags, options func() lsp.Options) (*listener, error) {
	l := &listener{options: options, conns: map[net.Conn]bool{}}
	if path, ok := strings.CutPrefix(flags.address, "unix:"); ok {
		if flags.tokenFile != "" {
			return nil, usageError{errors.New("--token-file is for TCP addresses; a Unix socket is open to its owner alone")}
		}
		opened, err := listenUnix(path)
		if err != nil {
			return nil, err
		}
		l.Listener, l.trusted = opened, fromUser(os.Getuid())
		l.where = "unix:" + path
		return l, nil
	}
	if host, _, err := net.SplitHostPort(flags.address); err != nil || !loopback(host) {
		return nil, usageError{fmt.Errorf("listening at %q: only loopback addresses such as 127.0.0.1:7070, or unix:PATH, are allowed", flags.address)}
	}
	opened, err := net.Listen("tcp", flags.address)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	token, where, err := listenToken(flags.tokenFile, opened.Addr().(*net.TCPAddr).Port)
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	l.Listener = opened
	l.options = func() lsp.Options {
		opts := options()
		opts.Token = token
		return opts
	}
	l.where = fmt.Sprintf("%s, token in %s", opened.Addr(), where)
	return l, nil
}

// loopback takes addresses only: what "localhost" is, somebody else decides.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (l *listener) serve() error {
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ECONNABORTED):
			time.Sleep(acceptPause) // clients that leave make room
			continue
		case err != nil:
			return fmt.Errorf("accepting a client: %w", err)
		}
		if !l.admit(conn) {
			_ = conn.Close()
		}
	}
}

// admit serves a client, unless there are too many or it is somebody else's.
func (l *listener) admit(conn net.Conn) bool {
	if l.trusted != nil && l.trusted(conn) != nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || len(l.conns) >= maxClients {
		return false
	}
	l.conns[conn] = true
	l.work.Go(func() {
		lsp.New(l.options()).Serve(conn)
		_ = conn.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.conns, conn)
	})
	return true
}

// close ends the listener and all sessions.
func (l *listener) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	_ = l.Close()
	for conn := range l.conns {
		_ = conn.Close() // its server takes this for a client that went away
	}
}
