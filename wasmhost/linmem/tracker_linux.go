package linmem

import (
	"encoding/binary"
	"os"
	"slices"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What the kernel says of a page in /proc/PID/pagemap
// (https://docs.kernel.org/admin-guide/mm/pagemap.html). A private page that was written to is in
// memory, or swapped out, and is not the file's; one that was only read may be the file's, or the one of
// zeros that all share. So a page may be taken for written that was not, but never the other way.
const (
	pageEntry    = 8 // bytes
	pageInMemory = 1 << 63
	pageSwapped  = 1 << 62
	pageOfFile   = 1 << 61
)

// tracker tells which pages were written to. It is safe for concurrent use.
type tracker struct {
	file    *os.File // nil where the kernel does not tell
	page    uint64
	entries sync.Pool // of *[]byte
}

func newTracker() *tracker { return openTracker("/proc/self/pagemap") }

// openTracker tries whether what the file says is true: there are systems that only look like Linux.
func openTracker(name string) *tracker {
	t := &tracker{page: uint64(os.Getpagesize())}
	file, err := os.Open(name)
	if err != nil {
		return t
	}
	t.file = file
	if !t.works() {
		t.close()
		t.file = nil
	}
	return t
}

func (t *tracker) close() { _ = t.file.Close() } // which was only read, or is nil

// works tries three pages, of which one is written to and one only read.
func (t *tracker) works() bool {
	b, err := unix.Mmap(-1, 0, int(3*t.page), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return false
	}
	defer unix.Munmap(b)
	b[t.page] = 1
	var found []uint64
	known := t.ask(b, func(from, to uint64) { found = append(found, from, to) })
	return known && slices.Equal(found, []uint64{t.page, 2 * t.page})
}

// written calls each for each row of pages of b that may hold something else than what is mapped there;
// for all of b where that cannot be told, as where b does not end with a page.
func (t *tracker) written(b []byte, each func(from, to uint64)) {
	if t.file == nil || !t.ask(b, each) {
		each(0, uint64(len(b)))
	}
}

// ask returns false, and has called nothing, where the kernel does not tell.
func (t *tracker) ask(b []byte, each func(from, to uint64)) bool {
	if uint64(len(b))%t.page != 0 {
		return false
	}
	size := len(b) / int(t.page) * pageEntry
	held, _ := t.entries.Get().(*[]byte)
	if held == nil || cap(*held) < size {
		held = new(make([]byte, size))
	}
	defer t.entries.Put(held)
	entries := (*held)[:size]
	first := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) / t.page
	if n, err := t.file.ReadAt(entries, int64(first*pageEntry)); n < size || err != nil {
		return false
	}
	var from, at uint64
	for ; len(entries) > 0; entries = entries[pageEntry:] {
		if e := binary.LittleEndian.Uint64(entries); e&(pageInMemory|pageSwapped) == 0 || e&(pageSwapped|pageOfFile) == pageOfFile {
			if from < at {
				each(from, at)
			}
			from = at + t.page
		}
		at += t.page
	}
	if from < at {
		each(from, at)
	}
	return true
}
