package wasmhost

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/samuelpkg/samuel-lsp/wasmhost/inspect"
)

// knownFile remembers what a module file held, so that an unchanged one is not read again.
type knownFile struct {
	info   fs.FileInfo
	digest digest
}

// files is what is known of module files. Several runtimes may share it.
type files struct {
	mu    sync.Mutex
	known map[string]knownFile // by path

	// What was read to look at a file is kept until it is loaded, or something else looked at.
	body   []byte
	digest digest
}

func newFiles() *files { return &files{known: make(map[string]knownFile)} }

// keep keeps a body for a load that may follow.
func (f *files) keep(d digest, body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.digest, f.body = d, body
}

// take returns the body of that digest if it was kept, and keeps none any more.
func (f *files) take(d digest) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	body := f.body
	f.body = nil
	if f.digest != d {
		return nil
	}
	return body
}

// settled is how long a file that changed at a time must have been left alone before its time stamp
// can be trusted to change with its content: longer than the clock that gives the stamps takes to move on.
// Those of FAT move on every two seconds, those of HFS+ every second. A stamp with a fraction comes from
// a finer clock: the slowest of these, Linux's with 100 ticks a second and exFAT's, take 10 ms.
func settled(changed time.Time) time.Duration {
	if changed.Nanosecond() == 0 {
		return 2 * time.Second
	}
	return 100 * time.Millisecond
}

// CompileAndCache compiles the module at modulePath, as [Runtime.LoadCached] does with its bytes.
// An unchanged file is not read again.
func (r *Runtime) CompileAndCache(ctx context.Context, modulePath string) (wazero.CompiledModule, error) {
	m, err := r.loadFile(ctx, modulePath)
	if err != nil {
		return nil, err
	}
	m.release()
	return m.compiled, nil
}

// loadFile returns the module at path, retained for the caller.
func (r *Runtime) loadFile(ctx context.Context, path string) (*module, error) {
	d, body, err := r.files.content(path)
	if err != nil {
		return nil, err
	}
	return r.load(ctx, d, func() ([]byte, error) {
		kept := r.files.take(d)
		if body == nil {
			body = kept
		}
		if body != nil {
			return body, nil
		}
		body, _, err := readModule(path)
		if err == nil && sha256.Sum256(body) != d {
			err = errChanging
		}
		return body, err
	})
}

// fileDigest returns the SHA-256 of the module at path.
func (r *Runtime) fileDigest(path string) (digest, error) {
	d, _, err := r.files.content(path)
	return d, err
}

// content returns the digest of the file at path, and its bytes where they had to be read.
func (f *files) content(path string) (digest, []byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return digest{}, nil, fmt.Errorf("open the module: %w", err)
	}
	f.mu.Lock()
	known, ok := f.known[path]
	f.mu.Unlock()
	if ok && sameFile(known.info, info) {
		return known.digest, nil, nil
	}
	read := time.Now()
	body, info, err := readModule(path)
	if err != nil {
		return digest{}, nil, err
	}
	d := digest(sha256.Sum256(body))
	f.mu.Lock()
	delete(f.known, path)
	if changed := inspect.ChangedAt(info); read.Sub(changed) > settled(changed) {
		f.known[path] = knownFile{info, d}
	}
	f.mu.Unlock()
	return d, body, nil
}

var errChanging = errors.New("read the module: the file changed while it was read, try again when the build is done")

// readModule reads a whole module file that stays the same meanwhile.
func readModule(path string) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open the module: %w", err)
	}
	if !info.Mode().IsRegular() { // opening a pipe or a device could block for ever
		return nil, nil, fmt.Errorf("open the module: %s is no regular file", path)
	}
	if info.Size() > inspect.MaxModuleSize {
		return nil, nil, fmt.Errorf("open the module: it has %d bytes, modules of up to %d are run", info.Size(), inspect.MaxModuleSize)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open the module: %w", err)
	}
	defer f.Close()
	body := make([]byte, info.Size())
	if _, err := io.ReadFull(f, body); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) && len(body) > 0 {
		return nil, nil, errChanging
	} else if err != nil && len(body) > 0 {
		return nil, nil, fmt.Errorf("read the module: %w", err)
	}
	after, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read the module: %w", err)
	}
	if !sameFile(info, after) {
		return nil, nil, errChanging
	}
	return body, after, nil
}

func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) &&
		inspect.ChangedAt(a).Equal(inspect.ChangedAt(b))
}
