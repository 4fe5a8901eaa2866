//go:build linux || darwin

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// maxSocketPath is the longest path in bytes that the system takes for a socket; a zero byte ends it.
const maxSocketPath = len(unix.RawSockaddrUnix{}.Path) - 1

// listenUnix opens a socket that its owner alone can connect to. What a dead server left at its
// place is removed.
func listenUnix(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, usageError{fmt.Errorf("the socket's path has %d bytes, and this system takes at most %d; use a shorter one, for example in $XDG_RUNTIME_DIR, or one relative to the working folder", len(path), maxSocketPath)}
	}
	if err := privateFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	// The socket is born with its mode: there is no moment at which others could connect.
	old := unix.Umask(0o177)
	l, err := net.Listen("unix", path)
	unix.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	return ownSocket(l.(*net.UnixListener), path)
}

// socketListener removes its socket when it is closed, and no other that lies in its place by then.
type socketListener struct {
	*net.UnixListener
	path string
	made fs.FileInfo
}

func ownSocket(l *net.UnixListener, path string) (net.Listener, error) {
	l.SetUnlinkOnClose(false)
	made, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("looking at the socket that was made: %w", err), l.Close())
	}
	return &socketListener{UnixListener: l, path: path, made: made}, nil
}

// Close ends the listener.
func (l *socketListener) Close() error {
	if now, err := os.Lstat(l.path); err == nil && os.SameFile(l.made, now) {
		_ = os.Remove(l.path) // the next server removes one that is left
	}
	return l.UnixListener.Close()
}

// privateFolder makes a folder for this user alone; one that is there must not let others exchange
// the socket.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the socket's folder: %w", err)
	}
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err != nil {
		return fmt.Errorf("looking at the socket's folder: %w", err)
	}
	if st.Mode&0o077 != 0 || int(st.Uid) != os.Getuid() {
		return usageError{fmt.Errorf("the socket's folder %s is open to others; use one that has the mode 0700 and is yours, or one that does not exist yet", dir)}
	}
	return nil
}

func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at the socket's place: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return usageError{fmt.Errorf("%s exists and is no socket; it is left alone", path)}
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		_ = conn.Close()
		return usageError{fmt.Errorf("another server listens at %s; end it or use another path", path)}
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return fmt.Errorf("looking for a server at the socket's place: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the socket of a dead server: %w", err)
	}
	return nil
}

// fromUser returns what checks that the process at the other end is a user's.
func fromUser(want int) func(net.Conn) error {
	return func(conn net.Conn) error {
		socket, ok := conn.(*net.UnixConn)
		if !ok {
			return errors.New("the connection is no Unix socket")
		}
		raw, err := socket.SyscallConn()
		if err != nil {
			return err
		}
		uid, asked := -1, error(nil)
		if err := raw.Control(func(fd uintptr) { uid, asked = peerUser(int(fd)) }); err != nil {
			return err
		}
		if asked == nil && uid != want {
			return fmt.Errorf("the client is user %d", uid)
		}
		return asked
	}
}
