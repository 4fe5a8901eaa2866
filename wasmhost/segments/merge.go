// Package segments rewrites a wasm module so that a fresh instance of it is several times cheaper.
//
// Go's linker emits one active data segment for every few hundred bytes, tens of thousands in all,
// and wazero evaluates each one's offset for every instance, and copies its bytes. Neighbours are
// merged; and where there is much data it is taken out, for memories that hold it from the start.
// The rewrite is done only where it is certain to mean the same.
package segments

import (
	"cmp"
	"encoding/binary"
	"slices"
)

const (
	opI32Const = 0x41
	opEnd      = 0x0b

	// maxGap is the widest hole between two segments that is filled with zeros: about what another
	// segment costs to evaluate, and little enough that the module hardly grows.
	maxGap = 256
	// minSegment is the size of the smallest segment: its form, offset, end and size.
	minSegment = 5
	// worthwhile is the number of segments a rewrite must save; below it the gain is under a microsecond.
	worthwhile = 16
)

// Merge returns body with neighbouring data segments joined, and true; or body itself and false
// when there is nothing to gain or the meaning could change. What it returns is not validated: a
// module whose code names segments by index no longer compiles once they are merged, and the
// caller then compiles the original, as it does for every other error.
func Merge(body []byte) ([]byte, bool) {
	all, ok := sectionsOf(body)
	if !ok || !ownsMemory(all) { // what lies in the holes of another's is not ours to know
		return body, false
	}
	data, ok := only(all, sectionData)
	if !ok {
		return body, false
	}
	pieces, before, ok := joinAll(data.content)
	if !ok || before-len(pieces) < worthwhile || counted(all) && !countedAs(all, data, before) {
		return body, false
	}
	content := encodedSize(pieces)
	out := make([]byte, 0, len(body)+content-len(data.content)+binary.MaxVarintLen64)
	out = append(out, body[:8]...)
	for _, s := range all {
		switch s.id {
		case sectionDataCount:
		case sectionData:
			out = append(out, sectionData)
			out = binary.AppendUvarint(out, uint64(content))
			out = encode(out, pieces)
		default:
			out = append(out, body[s.start:s.end]...)
		}
	}
	return out, true
}

// countedAs says whether the segments are counted as the format wants it: once, before the data, and
// right. What is not would no longer be noticed.
func countedAs(all []section, data section, segments int) bool {
	count, ok := only(all, sectionDataCount)
	r := reader{b: count.content}
	return ok && count.start < data.start && r.uint32() == uint32(segments) && !r.bad && r.at == len(r.b)
}

// segment is an active segment of memory 0.
type segment struct {
	offset uint64
	bytes  []byte
}

func (s segment) end() uint64 { return s.offset + uint64(len(s.bytes)) }

// piece is a row of neighbouring segments, which become one.
type piece []segment

func (p piece) offset() uint64 { return p[0].offset }
func (p piece) end() uint64    { return p[len(p)-1].end() }
func (p piece) size() int      { return int(p.end() - p.offset()) }

// joinAll reads a data section and joins each segment to the one before it where they are
// neighbours. It declines passive segments, computed offsets and overlaps: with those, the order
// in which bytes are laid down could matter.
func joinAll(content []byte) (joined []piece, before int, ok bool) {
	r := reader{b: content}
	n := int(r.uint32())
	if r.bad || n > len(content) {
		return nil, 0, false
	}
	all := make([]segment, 0, min(n, len(content)/minSegment+1))
	start := 0 // of the last piece
	for range n {
		s, good := r.segment()
		if !good {
			return nil, 0, false
		}
		if last := len(all) - 1; last >= 0 && (s.offset < all[last].end() || s.offset-all[last].end() > maxGap) {
			joined = append(joined, all[start:])
			start = len(all)
		}
		all = append(all, s)
	}
	if len(all) > 0 {
		joined = append(joined, all[start:])
	}
	if r.at != len(content) || overlap(joined) {
		return nil, 0, false
	}
	return joined, n, true
}

func overlap(pieces []piece) bool {
	byOffset := slices.SortedFunc(slices.Values(pieces), func(a, b piece) int { return cmp.Compare(a.offset(), b.offset()) })
	for i := 1; i < len(byOffset); i++ {
		if byOffset[i-1].end() > byOffset[i].offset() {
			return true
		}
	}
	return false
}

// encode appends the content of a data section.
func encode(out []byte, pieces []piece) []byte {
	out = binary.AppendUvarint(out, uint64(len(pieces)))
	for _, p := range pieces {
		out = p.appendTo(appendHeader(out, p))
	}
	return out
}

// appendTo appends the bytes that the piece lays down.
func (p piece) appendTo(out []byte) []byte {
	at := p.offset()
	for _, s := range p {
		out = append(out, zeros[:s.offset-at]...)
		out = append(out, s.bytes...)
		at = s.end()
	}
	return out
}

// zeros fills the holes between segments.
var zeros [maxGap]byte

// encodedSize is how many bytes encode appends.
func encodedSize(pieces []piece) int {
	var header [32]byte
	size := len(binary.AppendUvarint(header[:0], uint64(len(pieces))))
	for _, p := range pieces {
		size += len(appendHeader(header[:0], p)) + p.size()
	}
	return size
}

func appendHeader(out []byte, p piece) []byte {
	out = append(out, 0, opI32Const)
	out = appendSigned(out, int64(int32(uint32(p.offset()))))
	out = append(out, opEnd)
	return binary.AppendUvarint(out, uint64(p.size()))
}
