package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// maxLogFile is the size in bytes at which a log file is put aside, as FILE.old, and begun anew.
const maxLogFile = 8 << 20

// logFile is a log of bounded size on disk.
type logFile struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
	told bool // that writing failed
}

func openLogFile(path string) (*logFile, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("creating the log's folder: %w", err)
	}
	l := &logFile{path: path}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("opening the log: %w", err)
	}
	return l, nil
}

func (l *logFile) open() error {
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	l.file, l.size = file, info.Size()
	return nil
}

// Write implements io.Writer. What cannot be written is lost: a log is no reason to stop. The logger
// tells of each error on standard error, where a full disk must not become a flood: one is returned.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && l.size+int64(len(p)) > maxLogFile {
		l.putAside()
	}
	n, err := l.file.Write(p)
	l.size += int64(n)
	switch {
	case err == nil:
		return n, nil
	case l.told:
		return len(p), nil
	}
	l.told = true
	return n, fmt.Errorf("the log is incomplete from here on, which is said once; make room, or name another file by --log-file: %w", err)
}

// putAside begins a new file. Where that fails, as another process may have the file open on
// Windows, the old one is emptied.
func (l *logFile) putAside() {
	old := l.path + ".old"
	if err := os.Remove(old); err == nil || errors.Is(err, fs.ErrNotExist) {
		_ = l.file.Close()
		_ = os.Rename(l.path, old)
		if l.open() == nil && l.size == 0 {
			return
		}
	}
	if l.file.Truncate(0) == nil {
		l.size = 0
	}
}

// Close closes the file.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
