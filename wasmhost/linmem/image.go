package linmem

import (
	"bytes"
	"cmp"
	"slices"
)

// Image is what a memory holds at the start of an instance instead of zeros. A region keeps the image
// of its last instance, so that the next one of the same module finds it there. Its pieces must not
// be changed.
type Image struct {
	// Pieces are in the order of their offsets and don't overlap.
	Pieces []Piece

	shared shared
}

// Piece is a row of bytes and its place in the memory.
type Piece struct {
	Offset uint64
	Bytes  []byte
}

func (p Piece) end() uint64 { return p.Offset + uint64(len(p.Bytes)) }

// pieces is nil for no image.
func (i *Image) pieces() []Piece {
	if i == nil {
		return nil
	}
	return i.Pieces
}

// fits says whether all of the image lies in the first size bytes.
func (i *Image) fits(size uint64) bool {
	for _, p := range i.pieces() {
		if p.end() > size {
			return false
		}
	}
	return true
}

// lay writes the image to a memory of zeros.
func (i *Image) lay(memory []byte) {
	for _, p := range i.pieces() {
		copy(memory[p.Offset:], p.Bytes)
	}
}

// erase makes memory, in which the image was laid down in zeros, zero again.
func (i *Image) erase(memory []byte) {
	for _, p := range i.pieces() {
		clear(memory[p.Offset:p.end()])
	}
}

// restore makes the bytes of memory from one offset to another what they were when the image had been
// laid down in zeros.
func (i *Image) restore(memory []byte, from, to uint64) {
	pieces := i.pieces()
	first, _ := slices.BinarySearchFunc(pieces, from, func(p Piece, at uint64) int { return cmp.Compare(p.end(), at) })
	for _, p := range pieces[first:] {
		if p.Offset >= to {
			break
		}
		start, end := max(p.Offset, from), min(p.end(), to)
		wipe(memory[from:start])
		rewrite(memory[start:end], p.Bytes[start-p.Offset:])
		from = end
	}
	wipe(memory[from:to])
}

// pageSize is what a system maps, or a part of it.
const pageSize = 4096

// zeros is a page of nothing, to compare with.
var zeros [pageSize]byte

// wipe makes b zero. A page that no instance ever wrote to is one that all such pages share, which is
// read in less than half the time that writing takes, and stays so.
func wipe(b []byte) {
	for len(b) > 0 {
		page := b[:min(len(b), pageSize)]
		if !bytes.Equal(page, zeros[:len(page)]) {
			clear(page)
		}
		b = b[len(page):]
	}
}

// rewrite makes b what the start of want is. Most of a module's data is never written to, and comparing
// costs less than copying.
func rewrite(b, want []byte) {
	for len(b) > 0 {
		n := min(len(b), pageSize)
		if !bytes.Equal(b[:n], want[:n]) {
			copy(b[:n], want)
		}
		b, want = b[n:], want[n:]
	}
}
