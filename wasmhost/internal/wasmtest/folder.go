package wasmtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Project makes the folder that a case expects: a project, with what the case [Case.Needs], inside a
// parent that it must not leave. It returns the project's root; the parent holds outside.txt.
func (c Case) Project(tb testing.TB) string {
	tb.Helper()
	parent := tb.TempDir()
	root := filepath.Join(parent, "project")
	for path, text := range map[string]string{
		filepath.Join(parent, "outside.txt"): "outside\n",
		filepath.Join(root, "main.go"):       "package main\n",
		filepath.Join(root, "secret.txt"):    "secret\n",
		filepath.Join(root, "out", "file"):   "written before\n",
		filepath.Join(root, "sub", "file"):   "below\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	switch c.Needs {
	case "link-outside":
		if err := os.Symlink(filepath.Join("..", "outside.txt"), filepath.Join(root, "link-outside")); err != nil {
			tb.Fatal(err)
		}
	case "pipe":
		makePipe(tb, filepath.Join(root, "pipe"))
	}
	return root
}

// Snapshot describes everything below dir: paths relative to it, kinds, times and content. Two are
// equal exactly when nothing there has changed.
func Snapshot(tb testing.TB, dir string) string {
	tb.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(strings.TrimPrefix(path, dir) + " " + info.Mode().String() + " " + info.ModTime().String())
		if info.Mode().IsRegular() {
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.WriteString(" " + string(body))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}
