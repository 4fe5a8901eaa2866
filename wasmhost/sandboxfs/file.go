package sandboxfs

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/tetratelabs/wazero/experimental/sys"
	wsys "github.com/tetratelabs/wazero/sys"
)

// openFile is an open regular file. It enforces what it was opened for itself, whatever the host
// would allow.
type openFile struct {
	unimplemented
	seeker[int64]
	fsys   *FS
	at     *place
	file   *os.File
	intent intent
	closed bool
}

var _ sys.File = (*openFile)(nil)

// unimplemented is one level deeper than the methods that a file embeds beside it.
type unimplemented struct{ sys.UnimplementedFile }

// seeker is the Seek of a sys.File. It is generic for the sake of vet alone, which takes every Seek
// of an int64 for io.Seeker's and then misses its error.
type seeker[O any] struct {
	to func(offset O, whence int) (O, sys.Errno)
}

// Seek implements sys.File.
func (s seeker[O]) Seek(offset O, whence int) (O, sys.Errno) { return s.to(offset, whence) }

func newOpenFile(f *FS, at *place, file *os.File, i intent) *openFile {
	o := &openFile{fsys: f, at: at, file: file, intent: i}
	o.to = o.seek
	return o
}

// Stat implements sys.File.
func (o *openFile) Stat() (wsys.Stat_t, sys.Errno) {
	info, err := o.file.Stat()
	if err != nil {
		return wsys.Stat_t{}, errno(err)
	}
	return wsys.NewStat_t(info), 0
}

// Dev implements sys.File.
func (o *openFile) Dev() (uint64, sys.Errno) { st, en := o.Stat(); return st.Dev, en }

// Ino implements sys.File.
func (o *openFile) Ino() (wsys.Inode, sys.Errno) { st, en := o.Stat(); return st.Ino, en }

// IsDir implements sys.File.
func (o *openFile) IsDir() (bool, sys.Errno) { return false, 0 }

// IsAppend implements sys.File.
func (o *openFile) IsAppend() bool { return o.intent.appends }

// SetAppend implements sys.File.
func (o *openFile) SetAppend(on bool) sys.Errno {
	o.intent.appends = on
	return 0
}

// Read implements sys.File.
func (o *openFile) Read(buf []byte) (int, sys.Errno) {
	if !o.intent.read {
		return 0, sys.EBADF
	}
	n, err := o.file.Read(buf)
	return n, readErrno(err)
}

// Pread implements sys.File.
func (o *openFile) Pread(buf []byte, off int64) (int, sys.Errno) {
	switch {
	case !o.intent.read:
		return 0, sys.EBADF
	case off < 0:
		return 0, sys.EINVAL
	}
	n, err := o.file.ReadAt(buf, off)
	return n, readErrno(err)
}

// readErrno takes the end of a file for no error, as sys.File does.
func readErrno(err error) sys.Errno {
	if errors.Is(err, io.EOF) {
		return 0
	}
	return errno(err)
}

func (o *openFile) seek(offset int64, whence int) (int64, sys.Errno) {
	if whence < io.SeekStart || whence > io.SeekEnd {
		return 0, sys.EINVAL
	}
	n, err := o.file.Seek(offset, whence)
	return n, errno(err)
}

// Write implements sys.File.
func (o *openFile) Write(buf []byte) (int, sys.Errno) {
	if !o.intent.write {
		return 0, sys.EBADF
	}
	if o.intent.appends {
		if _, err := o.file.Seek(0, io.SeekEnd); err != nil {
			return 0, errno(err)
		}
	}
	o.fsys.Wrote(o.at.guest)
	n, err := o.file.Write(buf)
	return n, errno(err)
}

// Pwrite implements sys.File.
func (o *openFile) Pwrite(buf []byte, off int64) (int, sys.Errno) {
	switch {
	case !o.intent.write:
		return 0, sys.EBADF
	case off < 0:
		return 0, sys.EINVAL
	}
	o.fsys.Wrote(o.at.guest)
	n, err := o.file.WriteAt(buf, off)
	return n, errno(err)
}

// Truncate implements sys.File.
func (o *openFile) Truncate(size int64) sys.Errno {
	switch {
	case !o.intent.write:
		return sys.EBADF
	case size < 0:
		return sys.EINVAL
	}
	o.fsys.Wrote(o.at.guest)
	return errno(o.file.Truncate(size))
}

// Sync implements sys.File.
func (o *openFile) Sync() sys.Errno {
	if !o.intent.write {
		return 0
	}
	return errno(o.file.Sync())
}

// Datasync implements sys.File.
func (o *openFile) Datasync() sys.Errno { return o.Sync() }

// Utimens implements sys.File. A handle for reading does not change times.
func (o *openFile) Utimens(atim, mtim int64) sys.Errno {
	if !o.intent.write {
		return sys.EBADF
	}
	return o.fsys.chtimes(o.at, atim, mtim)
}

// Close implements sys.File.
func (o *openFile) Close() sys.Errno {
	if o.closed {
		return 0
	}
	o.closed = true
	o.fsys.open--
	return errno(o.file.Close())
}

// chtimes sets the times of what is at a place; sys.UTIME_OMIT keeps one.
func (f *FS) chtimes(at *place, atim, mtim int64) sys.Errno {
	stamp := func(ns int64) time.Time {
		if ns == sys.UTIME_OMIT {
			return time.Time{}
		}
		return time.Unix(0, ns)
	}
	return errno(at.root.Chtimes(at.rel, stamp(atim), stamp(mtim)))
}
