package linmem

import (
	"encoding/binary"
	"os"
	"sync"
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
	image := &Image{Pieces: []Piece{{Bytes: make([]byte, 2*t.page)}}}
	defer image.unshare()
	if !t.tells(nil) || image.sharable() && !t.tells(image) {
		t.close()
		t.file = nil
	}
	return t
}

func (t *tracker) close() { _ = t.file.Close() } // which was only read, or is nil

// tells writes to a page of zeros, or of an image of two pages, beside one that it reads. That what was
// written to is told is what counts; what is told without need is compared.
func (t *tracker) tells(image *Image) bool {
	r := reserve(2 * t.page)
	defer r.release()
	b := r.bytes(2 * t.page)
	if b == nil || image != nil && !r.hold(image) {
		return false
	}
	b[t.page] = b[0] + 1
	told := false
	known := t.ask(b, func(from, to uint64) { told = told || from <= t.page && to == 2*t.page })
	return known && told
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
	first := uint64(uintptr(addressOf(b))) / t.page
	if _, err := t.file.ReadAt(entries, int64(first*pageEntry)); err != nil {
		return false
	}
	rows(entries, t.page, each)
	return true
}

// rows calls each for each row of pages that may have been written to.
func rows(entries []byte, page uint64, each func(from, to uint64)) {
	var from, at uint64
	for ; len(entries) > 0; entries = entries[pageEntry:] {
		if !written(binary.LittleEndian.Uint64(entries)) {
			if from < at {
				each(from, at)
			}
			from = at + page
		}
		at += page
	}
	if from < at {
		each(from, at)
	}
}

// written says whether the page of an entry may have been written to.
func written(entry uint64) bool {
	return entry&pageSwapped != 0 || entry&pageInMemory != 0 && entry&pageOfFile == 0
}
