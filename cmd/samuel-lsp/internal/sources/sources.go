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
	"strconv"
	"strings"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// MaxSize is the largest file that is read, in bytes; the server has the same limit.
const MaxSize = 8 << 20

// Find returns the manifests that arguments name: files as they are, folders with what is below
// them, and patterns (*, **, ?, [..], {..}) that no file has for a name. Each is named once, in the
// order of the arguments and, below a folder, of its listing. Without arguments the current folder
// is searched. What is not there or cannot be read keeps nothing else from being found: the error
// speaks of it, and stands beside the paths.
func Find(ctx context.Context, args []string) ([]string, error) {
	var paths []string
	err := Each(ctx, args, func(path, _ string) { paths = append(paths, path) })
	return paths, err
}

// Each is Find that hands over each path as soon as it is found, as it is named and as seen from the
// root of the file system.
func Each(ctx context.Context, args []string, found func(path, full string)) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	dir, _ := os.Getwd() // without one, paths are compared as they are written
	f := finder{dir: dir, seen: make(map[string]bool), found: found}
	for _, arg := range args {
		f.arg(ctx, arg)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(f.failures...)
}

type finder struct {
	dir      string // the current folder
	found    func(path, full string)
	seen     map[string]bool // absolute paths
	failures []error
}

func (f *finder) arg(ctx context.Context, arg string) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		f.folder(ctx, arg)
	case err == nil:
		f.add(arg)
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, "*?[{"):
		f.pattern(ctx, arg)
	default:
		f.failed(arg, err)
	}
}

func (f *finder) failed(arg string, err error) {
	f.failures = append(f.failures, fmt.Errorf("looking for %s: %w", arg, err))
}

func (f *finder) folder(ctx context.Context, dir string) {
	w := project.Walk{Unbounded: true, Found: f.add, Failed: func(err error) { f.failed("manifests", err) }}
	w.Folder(ctx, dir)
}

func (f *finder) add(path string) {
	path = filepath.Clean(path)
	full := path
	if !filepath.IsAbs(path) {
		full = filepath.Join(f.dir, path)
	}
	if !f.seen[full] {
		f.seen[full] = true
		f.found(path, full)
	}
}

// Shard is one part of a set of files that several machines share.
type Shard struct{ Index, Of int }

// ParseShard reads "i/n", with i from 1 to n; "" is everything.
func ParseShard(s string) (Shard, error) {
	if s == "" {
		return Shard{1, 1}, nil
	}
	i, n, _ := strings.Cut(s, "/")
	index, indexErr := strconv.ParseUint(i, 10, 31)
	of, ofErr := strconv.ParseUint(n, 10, 31)
	if indexErr != nil || ofErr != nil || index < 1 || index > of {
		return Shard{}, fmt.Errorf("--shard is %q; write i/n, such as 2/8, with i from 1 to n", s)
	}
	return Shard{int(index), int(of)}, nil
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
