// Package sandboxfs is the file system that a guest sees: one tree, "/", in which only what the
// policy names exists, and the folders that lead to it.
//
// /workspace is the project's folder; every other path is the same path of the host. All access is
// by os.Root, so that no ".." and no symbolic link leads out of a declared place; symbolic links
// inside are followed by hand, and where they lead is put to the policy again. Only regular files
// and folders can be opened. Links cannot be made.
//
// What decides is the policy alone; this package knows nothing of manifests, grants or host
// functions, which use ReadFile and WriteFile and so pass the same checks as WASI does.
package sandboxfs

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero/experimental/sys"
)

// ProjectRoot is the guest path of the project's folder.
const ProjectRoot = "/workspace"

// maxOpen bounds the files a guest may hold open, so that it cannot use up the host's.
const maxOpen = 256

// maxLinks is how many symbolic links one path may lead over.
const maxLinks = 40

// Policy decides what a guest may do. Paths are absolute, clean and slash-separated. Answers must
// not change while a FS uses the policy.
type Policy interface {
	// May reports whether guest may be read, or with write be written.
	May(guest string, write bool) bool
	// Leads reports whether guest is, or is a folder above, something that may exist.
	Leads(guest string) bool
	// Bases returns the outermost declared folders or files that are not in the project.
	Bases() []string
}

// Config is what a FS is made of.
type Config struct {
	Project string // host folder of the project; empty: there is none
	Policy  Policy
	// Denied is told each path that the policy refused, or that a symbolic link leads out of its
	// place; Wrote each that was changed.
	Denied func(guest string, write bool)
	Wrote  func(guest string)
}

// FS implements sys.FS for one guest. Its files belong to one goroutine; Close may be called from
// any.
type FS struct {
	sys.UnimplementedFS
	Config
	bases []string

	mu     sync.Mutex
	areas  map[string]*area // by base
	closed bool
	open   int
}

// area is a host folder that part of the tree is mapped to.
type area struct {
	root  *os.Root
	guest string // what the root stands for
}

// New returns the file system that c describes. It touches the disk only when it is used.
func New(c Config) *FS {
	f := &FS{Config: c, areas: make(map[string]*area)}
	for _, b := range c.Policy.Bases() {
		f.bases = append(f.bases, path.Clean("/"+b))
	}
	return f
}

// Close lets go of the host's folders. Nothing can be opened afterwards.
func (f *FS) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, a := range f.areas {
		a.root.Close()
	}
	clear(f.areas)
}

// area returns where guest lies on the host. ENOENT means nowhere.
func (f *FS) area(guest string) (*area, sys.Errno) {
	base, host := "", ""
	if below(guest, ProjectRoot) {
		if f.Project == "" {
			return nil, sys.ENOENT
		}
		base, host = ProjectRoot, f.Project
	} else {
		for _, b := range f.bases {
			if below(guest, b) && len(b) > len(base) {
				base = b
			}
		}
		if base == "" {
			return nil, sys.ENOENT
		}
		host = filepath.FromSlash(base)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, sys.EBADF
	}
	if a := f.areas[base]; a != nil {
		return a, 0
	}
	// A declared file, or a folder yet to be made, is reached through its parent.
	at := base
	if info, err := os.Stat(host); base != ProjectRoot && (err != nil || !info.IsDir()) {
		at, host = path.Dir(base), filepath.Dir(host)
	}
	root, err := os.OpenRoot(host)
	if err != nil {
		return nil, errno(err)
	}
	a := &area{root: root, guest: at}
	f.areas[base] = a
	return a, 0
}

// relative returns guest as a path below the area's root.
func (a *area) relative(guest string) string {
	rel := strings.TrimPrefix(strings.TrimPrefix(guest, a.guest), "/")
	if rel == "" {
		return "."
	}
	return rel
}

// place is one path, with all symbolic links on the way followed.
type place struct {
	*area
	rel   string      // below the area's root
	guest string      // in the tree; the policy was asked about it
	info  fs.FileInfo // nil: nothing is there yet
}

func (p *place) isDir() bool { return p.info != nil && p.info.IsDir() }

// isRoot reports whether the place is a folder the host was asked for, which guests do not move.
func (p *place) isRoot() bool { return p.rel == "." }

// resolve finds where guest really lies, following a symbolic link at its end too if follow is set.
// The caller has asked the policy about guest, and must ask it again about the place's guest path.
func (f *FS) resolve(guest string, follow bool) (*place, sys.Errno) {
	at, en := f.walk(guest, follow)
	if en == sys.EACCES {
		f.Denied(guest, false)
	}
	return at, en
}

// walk is resolve; EACCES means that a symbolic link on the way leads out of the area.
func (f *FS) walk(guest string, follow bool) (*place, sys.Errno) {
	a, en := f.area(guest)
	if en != 0 {
		return nil, en
	}
	todo := strings.Split(a.relative(guest), "/")
	done, links := ".", 0
	var info fs.FileInfo
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		switch {
		case name == "." || name == "":
			continue
		case name == "..":
			if done == "." {
				return nil, sys.EACCES // out of the area
			}
			done = path.Dir(done)
			continue
		case !safeName(name):
			return nil, sys.EINVAL
		}
		next := path.Join(done, name)
		var err error
		info, err = a.root.Lstat(next)
		if err != nil {
			if en := errno(err); en != sys.ENOENT || len(todo) > 0 {
				return nil, en
			}
			return a.at(next, nil), 0
		}
		if info.Mode()&fs.ModeSymlink == 0 || len(todo) == 0 && !follow {
			if len(todo) > 0 && !info.IsDir() {
				return nil, sys.ENOTDIR
			}
			done = next
			continue
		}
		if links++; links > maxLinks {
			return nil, sys.ELOOP
		}
		target, err := a.root.Readlink(next)
		if err != nil {
			return nil, errno(err)
		}
		target = filepath.ToSlash(target)
		if path.IsAbs(target) || filepath.VolumeName(target) != "" {
			return nil, sys.EACCES
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	// The last component may have been a ".." of a link, so look again at where this ended.
	info, err := a.root.Lstat(done)
	if err != nil {
		return nil, errno(err)
	}
	return a.at(done, info), 0
}

func (a *area) at(rel string, info fs.FileInfo) *place {
	return &place{area: a, rel: rel, guest: path.Join(a.guest, rel), info: info}
}

// guestPath makes the path a guest gives clean and absolute. Slash tells that it ended in one, and
// so must be a folder.
func guestPath(p string) (guest string, slash bool, en sys.Errno) {
	if p == "" || strings.ContainsRune(p, 0) {
		return "", false, sys.EINVAL
	}
	return path.Clean("/" + p), strings.HasSuffix(p, "/"), 0
}

// below reports whether guest is base or lies below it.
func below(guest, base string) bool {
	if base == "/" {
		return true
	}
	rest, ok := strings.CutPrefix(guest, base)
	return ok && (rest == "" || rest[0] == '/')
}

// safeName refuses what Windows takes for something else than a name: a second separator, a drive,
// a stream.
func safeName(name string) bool {
	return runtime.GOOS != "windows" || !strings.ContainsAny(name, `\:`)
}

// visible reports whether guest exists for the guest at all.
func (f *FS) visible(guest string) bool {
	return f.Policy.May(guest, false) || f.Policy.May(guest, true) || f.Policy.Leads(guest)
}

// virtual reports whether guest is a folder that only leads to places on the host, and is made up.
func (f *FS) virtual(guest string) bool {
	if guest == "/" {
		return true
	}
	if below(guest, ProjectRoot) || !f.Policy.Leads(guest) {
		return false
	}
	for _, b := range f.bases {
		if below(guest, b) {
			return false
		}
	}
	return true
}

// mayChange asks for leave to change guest.
func (f *FS) mayChange(guest string) sys.Errno {
	if f.Policy.May(guest, true) {
		return 0
	}
	f.Denied(guest, true)
	if f.visible(guest) {
		return sys.EROFS
	}
	return sys.EACCES
}

// changing resolves a path that is to be changed itself, not what a link there leads to, and asks
// for leave both before and after.
func (f *FS) changing(p string, follow bool) (*place, bool, sys.Errno) {
	guest, slash, en := guestPath(p)
	if en != 0 {
		return nil, slash, en
	}
	if en := f.mayChange(guest); en != 0 {
		return nil, slash, en
	}
	at, en := f.resolve(guest, follow)
	if en != 0 {
		return nil, slash, en
	}
	if at.guest != guest {
		if en := f.mayChange(at.guest); en != 0 {
			return nil, slash, en
		}
	}
	if slash && at.info != nil && !at.info.IsDir() {
		return nil, slash, sys.ENOTDIR
	}
	return at, slash, 0
}

// errno turns an error of the host into one for the guest. What has no number of its own, such as
// os.Root's refusal of an escape, is EIO.
func errno(err error) sys.Errno {
	if err == nil {
		return 0
	}
	if en := sys.UnwrapOSError(err); en != 0 {
		return en
	}
	return sys.EIO
}
