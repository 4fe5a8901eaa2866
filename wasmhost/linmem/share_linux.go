package linmem

import (
	"os"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// maxExtents bounds the mappings of one image; each costs a system call, and a process may have some
	// 65,000 of them.
	maxExtents = 32
	// maxWaste bounds the pages of a file, as a multiple of the bytes in them: it counts against no limit
	// of this process's, and a module may name a byte in each page of its memory.
	maxWaste = 2
)

// shared is an image in a file that exists in memory alone. Each region that holds the image maps it
// privately: all read the same pages until an instance writes to one, and which those are the kernel
// can tell.
type shared struct {
	once    sync.Once
	file    *os.File // nil where there is none; closed when the image is no longer used
	extents []extent
}

// extent is a part of a memory, in bytes, both ends at a page's.
type extent struct{ from, to uint64 }

// sharable says whether there is a file of the image, which is made when it is first asked for.
func (i *Image) sharable() bool {
	s := &i.shared
	s.once.Do(func() {
		s.extents = extentsOf(i.Pieces, uint64(os.Getpagesize()))
		if !worthwhile(i.Pieces, s.extents) || countsEverything() {
			return
		}
		if file, err := fileOf(i.Pieces, s.extents); err == nil {
			s.file = file
		}
	})
	return s.file != nil
}

// unshare gives the file back that there may be; what is mapped stays.
func (i *Image) unshare() { _ = i.shared.file.Close() } // which exists nowhere else, or is nil

// mapOnto has memory, which is mapped and as long as the image needs, hold the image, which is sharable.
func (i *Image) mapOnto(memory []byte) error {
	for _, e := range i.shared.extents {
		if err := remap(memory[e.from:e.to], unix.MAP_PRIVATE, int(i.shared.file.Fd()), e.from); err != nil {
			return err
		}
	}
	return nil
}

// worthwhile says whether a file of the pieces costs little.
func worthwhile(pieces []Piece, extents []extent) bool {
	var bytes, mapped uint64
	for _, p := range pieces {
		bytes += uint64(len(p.Bytes))
	}
	for _, e := range extents {
		mapped += e.to - e.from
	}
	return len(extents) > 0 && len(extents) <= maxExtents && mapped <= maxWaste*bytes
}

// countsEverything says whether the system hands out no more memory than it has. A mapping that fails
// may then have taken away what was there, in Linux before 6.12.
func countsEverything() bool {
	mode, err := os.ReadFile("/proc/sys/vm/overcommit_memory")
	return err == nil && strings.TrimSpace(string(mode)) == "2"
}

// fileOf returns a file with the pieces at their offsets, which nobody can change any more.
func fileOf(pieces []Piece, extents []extent) (*os.File, error) {
	fd, err := memfd()
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "image of a memory")
	if err := fill(f, pieces, extents); err != nil {
		_ = f.Close() // it exists nowhere else
		return nil, err
	}
	return f, nil
}

// fill writes the pieces and forbids to write more. All pages are there afterwards: one for which memory
// had to be found when a guest touches it could end the process.
func fill(f *os.File, pieces []Piece, extents []extent) error {
	for _, e := range extents {
		err := unix.EINTR // by any signal, in older kernels
		for err == unix.EINTR {
			err, _ = unix.Fallocate(int(f.Fd()), 0, int64(e.from), int64(e.to-e.from)).(unix.Errno)
		}
		if err != 0 {
			return err
		}
	}
	for _, p := range pieces {
		if _, err := f.WriteAt(p.Bytes, int64(p.Offset)); err != nil {
			return err
		}
	}
	const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	_, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, seals)
	return err
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

// extentsOf is where the pieces lie, in whole pages; those in neighbouring pages lie together.
func extentsOf(pieces []Piece, page uint64) []extent {
	var all []extent
	for _, p := range pieces {
		e := extent{p.Offset / page * page, (p.end() + page - 1) / page * page}
		if last := len(all) - 1; last >= 0 && e.from <= all[last].to {
			all[last].to = e.to
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
	_, err := unix.MmapPtr(fd, int64(offset), addressOf(memory), uintptr(len(memory)),
		unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_FIXED)
	return err
}

func addressOf(memory []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(memory)) }
