package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestLogFileIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "server.log")
	l, err := openLogFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	line := append(bytes.Repeat([]byte("x"), 1<<20-1), '\n')
	for range 3 * maxLogFile / len(line) {
		if _, err := l.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{path, path + ".old"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() == 0 || info.Size() > maxLogFile || info.Size()%int64(len(line)) != 0 {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files: %v", len(entries), err)
	}
}

func TestLogFileIsContinued(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server.log")
	for range 2 {
		l, err := openLogFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Write([]byte("line\n")); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "line\nline\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// A disk that is full is spoken of once.
func TestLogFileTellsOnceOfAFailure(t *testing.T) {
	l, err := openLogFile(filepath.Join(t.TempDir(), "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil { // so that writing fails
		t.Fatal(err)
	}
	told := 0
	for range 100 {
		if _, err := l.Write([]byte("line\n")); err != nil {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d errors, want 1", told)
	}
}
