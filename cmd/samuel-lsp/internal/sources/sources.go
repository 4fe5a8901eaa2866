// Package sources finds the manifests that a command line names and reads and writes them without
// ever leaving one half-written.
package sources

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// MaxSize is the largest file that is read, in bytes; the server has the same limit.
const MaxSize = 8 << 20

// Find returns the manifests that arguments name: files as they are, folders with what is below
// them, and patterns (*, **, ?, [..], {..}) that no file has for a name. Each is named once, in the
// order of the arguments and, below a folder, of its listing. Without arguments the current folder
// is searched.
func Find(ctx context.Context, args []string) ([]string, error) {
	var paths []string
	err := Each(ctx, args, func(path string) { paths = append(paths, path) })
	if err != nil {
		return nil, err
	}
	return paths, nil
}

// Each is Find that hands over each path as soon as it is found.
func Each(ctx context.Context, args []string, found func(path string)) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	f := finder{seen: make(map[string]bool), found: found}
	for _, arg := range args {
		if err := f.arg(ctx, arg); err != nil {
			return err
		}
	}
	return ctx.Err()
}

type finder struct {
	found func(path string)
	seen  map[string]bool
}

func (f *finder) arg(ctx context.Context, arg string) error {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		w := project.Walk{Unbounded: true, Found: f.add}
		w.Folder(ctx, arg)
		return nil
	case err == nil:
		f.add(arg)
		return nil
	case !errors.Is(err, fs.ErrNotExist) || !strings.ContainsAny(arg, "*?[{"):
		return fmt.Errorf("looking for %s: %w", arg, err)
	}
	matches, err := doublestar.FilepathGlob(arg, doublestar.WithFilesOnly())
	if err != nil {
		return fmt.Errorf("looking for %s: the pattern is malformed: %w", arg, err)
	}
	if len(matches) == 0 {
		return fmt.Errorf("looking for %s: no file matches", arg)
	}
	for _, m := range matches {
		f.add(m)
	}
	return nil
}

func (f *finder) add(path string) {
	path = filepath.Clean(path)
	if !f.seen[path] {
		f.seen[path] = true
		f.found(path)
	}
}

// Shard is one part of a set of files that several machines share.
type Shard struct{ Index, Of int }

// ParseShard reads "i/n", with i from 1 to n; "" is everything.
func ParseShard(s string) (Shard, error) {
	if s == "" {
		return Shard{1, 1}, nil
	}
	var sh Shard
	var rest string
	if n, _ := fmt.Sscanf(s, "%d/%d%s", &sh.Index, &sh.Of, &rest); n != 2 || sh.Index < 1 || sh.Index > sh.Of {
		return Shard{}, fmt.Errorf("--shard is %q; write i/n, such as 2/8, with i from 1 to n", s)
	}
	return sh, nil
}

// Has says whether a path is of this part. That depends on the path alone, so that it stays the
// same as files come and go.
func (s Shard) Has(path string) bool {
	if s.Of == 1 {
		return true
	}
	h := fnv.New64a()
	h.Write([]byte(filepath.ToSlash(relative(path))))
	return int(h.Sum64()%uint64(s.Of)) == s.Index-1
}

// relative is a path as seen from the current folder, which is the same on every machine that has
// the same checkout.
func relative(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, abs); err == nil {
		return rel
	}
	return path
}

// Read returns a file's content.
func Read(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("reading %s: not a regular file", path)
	}
	if info.Size() > MaxSize {
		return "", fmt.Errorf("reading %s: %d bytes; manifests above %d bytes are not checked", path, info.Size(), MaxSize)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return string(data), nil
}

// Write replaces a file's content: readers see the old content or the new, never a part. The
// file keeps its permissions and, as far as this process may decide that, its owner; behind a symbolic link the file it leads to is replaced.
func Write(path, content string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if info.Mode().Perm()&0o200 == 0 {
		// A rename would replace it all the same.
		return fmt.Errorf("writing %s: the file is read-only", path)
	}
	temp, err := os.CreateTemp(filepath.Dir(real), ".samuel-lsp-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = temp.WriteString(content)
	if err == nil {
		keepOwner(temp, info)
		err = temp.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), real)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
