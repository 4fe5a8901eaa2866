package sandboxfs

import (
	"io/fs"

	"github.com/tetratelabs/wazero/experimental/sys"
)

// Mkdir implements sys.FS.
func (f *FS) Mkdir(p string, _ fs.FileMode) sys.Errno {
	at, _, en := f.changing(p, false)
	if en != 0 {
		return en
	}
	if at.info != nil {
		return sys.EEXIST
	}
	if err := at.root.Mkdir(at.rel, 0o755); err != nil {
		return errno(err)
	}
	f.Wrote(at.guest)
	return 0
}

// Rmdir implements sys.FS.
func (f *FS) Rmdir(p string) sys.Errno {
	at, _, en := f.changing(p, false)
	switch {
	case en != 0:
		return en
	case at.info == nil:
		return sys.ENOENT
	case !at.isDir():
		return sys.ENOTDIR
	}
	return f.remove(at)
}

// Unlink implements sys.FS.
func (f *FS) Unlink(p string) sys.Errno {
	at, _, en := f.changing(p, false)
	switch {
	case en != 0:
		return en
	case at.info == nil:
		return sys.ENOENT
	case at.isDir():
		return sys.EISDIR
	}
	return f.remove(at)
}

func (f *FS) remove(at *place) sys.Errno {
	if at.isRoot() {
		return sys.EACCES
	}
	if err := at.root.Remove(at.rel); err != nil {
		return errno(err)
	}
	f.Wrote(at.guest)
	return 0
}

// Rename implements sys.FS. Both places must be writable, and renaming must not make readable what
// was not. Between places that lie apart on the host it is not supported.
func (f *FS) Rename(from, to string) sys.Errno {
	src, _, en := f.changing(from, false)
	if en != 0 {
		return en
	}
	dst, slash, en := f.changing(to, false)
	if en != 0 {
		return en
	}
	switch {
	case src.info == nil:
		return sys.ENOENT
	case slash && !src.isDir():
		return sys.ENOTDIR
	case src.isRoot() || dst.isRoot():
		return sys.EACCES
	case src.root != dst.root:
		return sys.ENOTSUP
	case src.isDir() && dst.info != nil && !dst.isDir():
		return sys.ENOTDIR
	case !src.isDir() && dst.isDir():
		return sys.EISDIR
	}
	reveals := f.Policy.May(dst.guest, false) || src.isDir() && f.Policy.Leads(dst.guest)
	if reveals && !f.Policy.May(src.guest, false) {
		f.Denied(src.guest, false)
		return sys.EACCES
	}
	if err := src.root.Rename(src.rel, dst.rel); err != nil {
		return errno(err)
	}
	f.Wrote(src.guest)
	f.Wrote(dst.guest)
	return 0
}

// Link implements sys.FS. A second name for a file would escape what was said of the first.
func (f *FS) Link(_, _ string) sys.Errno { return sys.EPERM }

// Symlink implements sys.FS. The guest could not leave through one, but others who follow it would.
func (f *FS) Symlink(_, _ string) sys.Errno { return sys.EPERM }

// Utimens implements sys.FS.
func (f *FS) Utimens(p string, atim, mtim int64) sys.Errno {
	at, _, en := f.changing(p, true)
	if en != 0 {
		return en
	}
	if at.info == nil {
		return sys.ENOENT
	}
	return f.chtimes(at, atim, mtim)
}
