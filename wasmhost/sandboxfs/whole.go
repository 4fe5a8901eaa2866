package sandboxfs

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/tetratelabs/wazero/experimental/sys"
)

// ReadFile returns the whole of a file of at most limit bytes.
func (f *FS) ReadFile(guest string, limit int64) ([]byte, error) {
	clean, slash, en := guestPath(guest)
	if en != 0 {
		return nil, en
	}
	opened, en := f.openGuest(clean, slash, intent{read: true, follow: true})
	if en != 0 {
		return nil, en
	}
	defer opened.Close()
	file, ok := opened.(*openFile)
	if !ok {
		return nil, sys.EISDIR
	}
	body, err := io.ReadAll(io.LimitReader(file.file, limit+1))
	if err != nil {
		return nil, errno(err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("file is larger than %d bytes", limit)
	}
	return body, nil
}

// WriteFile replaces a file as a whole, or not at all: readers see the old content or the new one.
// The file's permissions are kept. Its folder must exist.
func (f *FS) WriteFile(guest string, body []byte) error {
	at, slash, en := f.changing(guest, true)
	if en != 0 {
		return en
	}
	perm := os.FileMode(0o644)
	switch {
	case slash || at.isDir() || at.isRoot():
		return sys.EISDIR
	case at.info != nil && !at.info.Mode().IsRegular():
		return sys.EACCES
	case at.info != nil:
		perm = at.info.Mode().Perm()
	}
	temp := path.Join(path.Dir(at.rel), ".samuel-"+rand.Text()+".tmp")
	if err := writeNew(at.root, temp, body, perm); err != nil {
		return errno(err)
	}
	if err := at.root.Rename(temp, at.rel); err != nil {
		_ = at.root.Remove(temp) // the rename's error is the one to tell
		return errno(err)
	}
	f.Wrote(at.guest)
	return nil
}

// writeNew writes a file that must not exist yet, and leaves none behind when it fails.
func writeNew(root *os.Root, name string, body []byte, perm os.FileMode) (err error) {
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, perm)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(name) // the first error is the one to tell
		}
	}()
	if _, err = file.Write(body); err == nil {
		err = file.Chmod(perm) // beyond what the umask left of it
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}
