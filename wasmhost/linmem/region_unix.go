//go:build unix

package linmem

import "golang.org/x/sys/unix"

// commitStep is how much is made accessible at once, so that a guest that grows page by page does
// not pay a system call for each.
const commitStep = 1 << 20

// region is a reserved range of address space. Only the committed part is accessible; the kernel
// counts that part alone against the process's data limit, and backs it by pages as they are touched.
type region struct {
	all       []byte
	committed uint64
	image     *Image // what it holds instead of zeros; nil: nothing
}

// reserve returns a region of size bytes; one that holds nothing where the system refuses.
func reserve(size uint64) *region {
	b, err := unix.Mmap(-1, 0, int(size), unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		return &region{}
	}
	return &region{all: b}
}

func (r *region) size() uint64 { return uint64(len(r.all)) }

// bytes returns the first size bytes, committing what is missing; nil when that fails.
func (r *region) bytes(size uint64) []byte {
	if size > r.size() {
		return nil
	}
	if size > r.committed {
		end := min((size+commitStep-1)/commitStep*commitStep, r.size())
		if err := unix.Mprotect(r.all[r.committed:end], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		r.committed = end
	}
	return r.all[:size:size]
}

// held is what may hold anything.
func (r *region) held() []byte { return r.all[:r.committed] }

func (r *region) release() {
	if r.all != nil {
		_ = unix.Munmap(r.all) // fails only for a range that is not mapped
		r.all, r.committed = nil, 0
	}
}
