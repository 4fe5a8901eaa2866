package linmem

import (
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// minGap is how much an image must leave out for its two sides to be mapped by themselves, in bytes:
	// as much as the kernel maps around a page that is read.
	minGap = 64 << 10
	// maxExtents bounds the mappings of one image; each costs a system call, and a process may have some
	// 65,000 of them.
	maxExtents = 32
)

// shared is an image in a file that exists in memory alone. Each region that holds the image maps it
// privately: all read the same pages until an instance writes to one, and which those are the kernel
// can tell.
type shared struct {
	once    sync.Once
	file    *os.File // nil where there is none
	extents []extent
}

// extent is a part of a memory, in bytes, both ends at a page's.
type extent struct{ from, to uint64 }

// mapOnto has memory, which is mapped and as long as the image needs, hold the image, and says whether
// it did. After an error some of memory may be mapped to nothing.
func (i *Image) mapOnto(memory []byte) (bool, error) {
	s := &i.shared
	s.once.Do(func() { s.make(i) })
	if s.file == nil {
		return false, nil
	}
	for _, e := range s.extents {
		if err := remap(memory[e.from:e.to], unix.MAP_PRIVATE, int(s.file.Fd()), e.from); err != nil {
			return false, err
		}
	}
	return true, nil
}

// make leaves no file where the system has none of the kind, or where too many mappings were needed.
func (s *shared) make(i *Image) {
	s.extents = extentsOf(i.Pieces, uint64(os.Getpagesize()))
	if len(s.extents) == 0 || len(s.extents) > maxExtents {
		return
	}
	size := s.extents[len(s.extents)-1].to
	var limit unix.Rlimit // a file that passes it ends the process
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) != nil || limit.Cur < size {
		return
	}
	fd, err := memfd()
	if err != nil {
		return
	}
	f := os.NewFile(uintptr(fd), "image of a memory") // closed when the image is no longer used
	if f.Truncate(int64(size)) != nil {
		return
	}
	for _, p := range i.Pieces {
		if _, err := f.WriteAt(p.Bytes, int64(p.Offset)); err != nil {
			return
		}
	}
	const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err == nil {
		s.file = f
	}
}

// memfd makes a file that can be sealed. Linux knows since 6.3 that one need not be executable, and may
// be set to refuse others.
func memfd() (int, error) {
	const name, flags = "samuel-image", unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_NOEXEC_SEAL)
	if err == unix.EINVAL {
		return unix.MemfdCreate(name, flags)
	}
	return fd, err
}

// extentsOf is where the pieces lie, in whole pages.
func extentsOf(pieces []Piece, page uint64) []extent {
	var all []extent
	for _, p := range pieces {
		e := extent{p.Offset / page * page, (p.end() + page - 1) / page * page}
		if last := len(all) - 1; last >= 0 && e.from < all[last].to+minGap {
			all[last].to = max(all[last].to, e.to)
		} else {
			all = append(all, e)
		}
	}
	return all
}

// renew makes memory, whatever was mapped there, pages of zeros. After an error some of it may be mapped
// to nothing.
func renew(memory []byte) error {
	return remap(memory, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE, -1, 0)
}

// remap maps a file, or zeros, in the place of what is mapped there.
func remap(memory []byte, flags, fd int, offset uint64) error {
	if len(memory) == 0 {
		return nil
	}
	_, err := unix.MmapPtr(fd, int64(offset), unsafe.Pointer(unsafe.SliceData(memory)), uintptr(len(memory)),
		unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_FIXED)
	return err
}
