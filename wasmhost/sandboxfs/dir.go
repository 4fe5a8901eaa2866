package sandboxfs

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero/experimental/sys"
	wsys "github.com/tetratelabs/wazero/sys"
)

// openDir is an open folder of the host, of which the guest sees what exists for it.
type openDir struct {
	dirFile
	seeker[int64]
	fsys   *FS
	at     *place
	file   *os.File
	closed bool
}

// dirFile is one level deeper than the methods that a folder embeds beside it.
type dirFile struct{ sys.DirFile }

// virtualDir is a folder that is made up because it leads to declared places.
type virtualDir struct {
	dirFile
	seeker[int64]
	entries []sys.Dirent
	next    int
}

var (
	_ sys.File = (*openDir)(nil)
	_ sys.File = (*virtualDir)(nil)
)

func (f *FS) openDir(at *place) (sys.File, sys.Errno) {
	file, en := f.host(at, intent{read: true}, 0)
	if en != 0 {
		return nil, en
	}
	d := &openDir{fsys: f, at: at, file: file}
	d.to = d.seek
	if info, err := file.Stat(); err != nil || !info.IsDir() || !os.SameFile(info, at.info) {
		d.Close()
		return nil, sys.EACCES
	}
	return d, 0
}

// Readdir implements sys.File.
func (d *openDir) Readdir(n int) ([]sys.Dirent, sys.Errno) {
	var out []sys.Dirent
	for n <= 0 || len(out) < n {
		want := -1
		if n > 0 {
			want = n - len(out)
		}
		infos, err := d.file.Readdir(want)
		for _, info := range infos {
			if d.fsys.exists(&place{guest: path.Join(d.at.guest, info.Name()), info: info}) {
				out = append(out, dirent(info))
			}
		}
		if errors.Is(err, io.EOF) || n <= 0 && err == nil {
			break
		}
		if err != nil {
			return out, errno(err)
		}
	}
	return out, 0
}

func dirent(info fs.FileInfo) sys.Dirent {
	return sys.Dirent{Ino: wsys.NewStat_t(info).Ino, Name: info.Name(), Type: info.Mode().Type()}
}

// Stat implements sys.File.
func (d *openDir) Stat() (wsys.Stat_t, sys.Errno) {
	info, err := d.file.Stat()
	if err != nil {
		return wsys.Stat_t{}, errno(err)
	}
	return wsys.NewStat_t(info), 0
}

// Dev implements sys.File.
func (d *openDir) Dev() (uint64, sys.Errno) { st, en := d.Stat(); return st.Dev, en }

// Ino implements sys.File.
func (d *openDir) Ino() (wsys.Inode, sys.Errno) { st, en := d.Stat(); return st.Ino, en }

// seek goes back to the start; a folder knows no other place.
func (d *openDir) seek(offset int64, whence int) (int64, sys.Errno) {
	if offset != 0 || whence != io.SeekStart {
		return 0, sys.EINVAL
	}
	_, err := d.file.Seek(0, io.SeekStart)
	return 0, errno(err)
}

// Sync implements sys.File.
func (d *openDir) Sync() sys.Errno { return 0 }

// Datasync implements sys.File.
func (d *openDir) Datasync() sys.Errno { return 0 }

// Utimens implements sys.File.
func (d *openDir) Utimens(atim, mtim int64) sys.Errno {
	if en := d.fsys.mayChange(d.at.guest); en != 0 {
		return en
	}
	return d.fsys.chtimes(d.at, atim, mtim)
}

// Close implements sys.File.
func (d *openDir) Close() sys.Errno {
	if d.closed {
		return 0
	}
	d.closed = true
	d.fsys.open--
	return errno(d.file.Close())
}

// openVirtual lists what guest leads to. Where the host's own root was declared, its entries are
// there too.
func (f *FS) openVirtual(guest string) sys.File {
	found := make(map[string]sys.Dirent)
	add := func(declared string) {
		rest, ok := strings.CutPrefix(declared, strings.TrimSuffix(guest, "/")+"/")
		if !ok || rest == "" {
			return
		}
		name, _, _ := strings.Cut(rest, "/")
		child := path.Join(guest, name)
		if f.virtual(child) {
			found[name] = sys.Dirent{Name: name, Type: fs.ModeDir}
		} else if st, en := f.Lstat(child); en == 0 {
			found[name] = sys.Dirent{Ino: st.Ino, Name: name, Type: st.Mode.Type()}
		}
	}
	for _, b := range f.bases {
		add(b)
	}
	if at, en := f.resolveVirtual(guest); en == 0 {
		if file, en := f.openDir(at); en == 0 {
			entries, _ := file.Readdir(-1)
			for _, e := range entries {
				found[e.Name] = e
			}
			file.Close()
		}
	}
	add(ProjectRoot)
	entries := make([]sys.Dirent, 0, len(found))
	for _, name := range slices.Sorted(maps.Keys(found)) {
		entries = append(entries, found[name])
	}
	d := &virtualDir{entries: entries}
	d.to = d.seek
	return d
}

// resolveVirtual finds the host's folder behind "/", if it was declared.
func (f *FS) resolveVirtual(guest string) (*place, sys.Errno) {
	if guest != "/" || !slices.Contains(f.bases, "/") {
		return nil, sys.ENOENT
	}
	return f.resolve(guest, true)
}

func virtualStat() wsys.Stat_t { return wsys.Stat_t{Mode: fs.ModeDir | 0o555, Nlink: 1} }

// IsDir implements sys.File.
func (*virtualDir) IsDir() (bool, sys.Errno) { return true, 0 }

// Stat implements sys.File.
func (*virtualDir) Stat() (wsys.Stat_t, sys.Errno) { return virtualStat(), 0 }

// Dev implements sys.File.
func (*virtualDir) Dev() (uint64, sys.Errno) { return 0, 0 }

// Ino implements sys.File.
func (*virtualDir) Ino() (wsys.Inode, sys.Errno) { return 0, 0 }

// Readdir implements sys.File.
func (d *virtualDir) Readdir(n int) ([]sys.Dirent, sys.Errno) {
	end := len(d.entries)
	if n > 0 {
		end = min(d.next+n, end)
	}
	out := d.entries[d.next:end]
	d.next = end
	return out, 0
}

func (d *virtualDir) seek(offset int64, whence int) (int64, sys.Errno) {
	if offset != 0 || whence != io.SeekStart {
		return 0, sys.EINVAL
	}
	d.next = 0
	return 0, 0
}

// Sync implements sys.File.
func (*virtualDir) Sync() sys.Errno { return 0 }

// Datasync implements sys.File.
func (*virtualDir) Datasync() sys.Errno { return 0 }

// Utimens implements sys.File.
func (*virtualDir) Utimens(int64, int64) sys.Errno { return sys.EROFS }

// Close implements sys.File.
func (*virtualDir) Close() sys.Errno { return 0 }
