package sandboxfs

import (
	"io/fs"
	"os"

	"github.com/tetratelabs/wazero/experimental/sys"
	wsys "github.com/tetratelabs/wazero/sys"
)

// intent is what an open is for.
type intent struct {
	read, write            bool
	create, excl, truncate bool
	appends, folder        bool
	follow                 bool
}

func intentOf(flag sys.Oflag) intent {
	i := intent{
		create: flag&sys.O_CREAT != 0, excl: flag&sys.O_EXCL != 0, truncate: flag&sys.O_TRUNC != 0,
		appends: flag&sys.O_APPEND != 0, folder: flag&sys.O_DIRECTORY != 0, follow: flag&sys.O_NOFOLLOW == 0,
	}
	if i.folder && !i.create && !i.truncate {
		i.read = true // folders are never written through a handle, whatever rights were asked for
		return i
	}
	// Creating and truncating change things, whatever rights the guest says it wants.
	i.write = flag&(sys.O_RDWR|sys.O_WRONLY) != 0 || i.create || i.truncate || i.appends
	i.read = flag&sys.O_WRONLY == 0
	return i
}

// OpenFile implements sys.FS. The permissions are the host's usual ones, not the guest's.
func (f *FS) OpenFile(p string, flag sys.Oflag, _ fs.FileMode) (sys.File, sys.Errno) {
	guest, slash, en := guestPath(p)
	if en != 0 {
		return nil, en
	}
	return f.openGuest(guest, slash, intentOf(flag))
}

func (f *FS) openGuest(guest string, slash bool, i intent) (sys.File, sys.Errno) {
	if f.virtual(guest) {
		if i.write {
			return nil, sys.EISDIR
		}
		return f.openVirtual(guest), 0
	}
	if en := f.mayOpen(guest, &i); en != 0 {
		return nil, en
	}
	at, en := f.resolve(guest, i.follow)
	if en != 0 {
		return nil, en
	}
	if at.guest != guest {
		if en := f.mayOpen(at.guest, &i); en != 0 {
			return nil, en
		}
	}
	if at.info == nil {
		if !i.create || slash {
			return nil, sys.ENOENT
		}
		return f.create(at, i)
	}
	switch mode := at.info.Mode(); {
	case i.create && i.excl:
		return nil, sys.EEXIST
	case mode.IsDir():
		if i.write {
			return nil, sys.EISDIR
		}
		return f.openDir(at)
	case mode&fs.ModeSymlink != 0:
		return nil, sys.ELOOP
	case !mode.IsRegular():
		return nil, sys.EACCES // a pipe could block the host, a device do anything
	case slash || i.folder:
		return nil, sys.ENOTDIR
	case !i.write && !f.Policy.May(at.guest, false):
		f.Denied(at.guest, false) // a file where only a folder leads on
		return nil, sys.ENOENT
	}
	return f.openFile(at, i)
}

// mayOpen asks the policy, and takes from i the reading of what may only be written.
func (f *FS) mayOpen(guest string, i *intent) sys.Errno {
	if i.write {
		if en := f.mayChange(guest); en != 0 {
			return en
		}
		i.read = i.read && f.Policy.May(guest, false)
		return 0
	}
	if !f.visible(guest) {
		f.Denied(guest, false)
		return sys.ENOENT
	}
	return 0
}

// create makes the file at a free place. Exclusive creation never follows a link that appeared
// there meanwhile.
func (f *FS) create(at *place, i intent) (sys.File, sys.Errno) {
	file, en := f.host(at, i, os.O_CREATE|os.O_EXCL)
	if en != 0 {
		return nil, en
	}
	f.Wrote(at.guest)
	return newOpenFile(f, at, file, i), 0
}

// openFile opens an existing regular file. It truncates only after it is sure of what it opened.
func (f *FS) openFile(at *place, i intent) (sys.File, sys.Errno) {
	file, en := f.host(at, i, 0)
	if en != 0 {
		return nil, en
	}
	o := newOpenFile(f, at, file, i)
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || !os.SameFile(info, at.info) {
		o.Close()
		return nil, sys.EACCES
	}
	if i.truncate {
		if en := o.Truncate(0); en != 0 {
			o.Close()
			return nil, en
		}
	}
	return o, 0
}

// host opens the place on the host and counts it.
func (f *FS) host(at *place, i intent, flag int) (*os.File, sys.Errno) {
	if f.open >= maxOpen {
		return nil, sys.EAGAIN
	}
	switch {
	case i.read && i.write:
		flag |= os.O_RDWR
	case i.write:
		flag |= os.O_WRONLY
	}
	file, err := at.root.OpenFile(at.rel, flag|nonBlock, 0o644)
	if err != nil {
		return nil, errno(err)
	}
	f.open++
	return file, 0
}

// Lstat implements sys.FS.
func (f *FS) Lstat(p string) (wsys.Stat_t, sys.Errno) { return f.stat(p, false) }

// Stat implements sys.FS.
func (f *FS) Stat(p string) (wsys.Stat_t, sys.Errno) { return f.stat(p, true) }

func (f *FS) stat(p string, follow bool) (wsys.Stat_t, sys.Errno) {
	guest, slash, en := guestPath(p)
	if en != 0 {
		return wsys.Stat_t{}, en
	}
	if f.virtual(guest) {
		return virtualStat(), 0
	}
	if !f.visible(guest) {
		return wsys.Stat_t{}, sys.ENOENT
	}
	at, en := f.resolve(guest, follow || slash)
	if en != 0 {
		return wsys.Stat_t{}, en
	}
	if at.info == nil || !f.exists(at) {
		return wsys.Stat_t{}, sys.ENOENT
	}
	if slash && !at.isDir() {
		return wsys.Stat_t{}, sys.ENOTDIR
	}
	return wsys.NewStat_t(at.info), 0
}

// exists reports whether what is at a place exists for the guest: what is declared, and the folders
// that lead there.
func (f *FS) exists(at *place) bool {
	return f.Policy.May(at.guest, false) || f.Policy.May(at.guest, true) ||
		at.isDir() && f.Policy.Leads(at.guest)
}

// Readlink implements sys.FS.
func (f *FS) Readlink(p string) (string, sys.Errno) {
	guest, _, en := guestPath(p)
	if en != 0 {
		return "", en
	}
	if !f.Policy.May(guest, false) {
		return "", sys.ENOENT
	}
	at, en := f.resolve(guest, false)
	switch {
	case en != 0:
		return "", en
	case at.info == nil || !f.Policy.May(at.guest, false):
		return "", sys.ENOENT
	case at.info.Mode()&fs.ModeSymlink == 0:
		return "", sys.EINVAL
	}
	target, err := at.root.Readlink(at.rel)
	if err != nil {
		return "", errno(err)
	}
	return target, 0
}
