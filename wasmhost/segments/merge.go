// Package segments rewrites a wasm module so that its data is laid down in few large pieces.
//
// Go's linker emits one active data segment for every few hundred bytes, tens of thousands in all,
// and wazero evaluates each one's offset for every instance; merging neighbours makes a fresh
// instance several times cheaper. The rewrite is done only where it is certain to mean the same.
package segments

import (
	"cmp"
	"encoding/binary"
	"slices"
)

const (
	sectionImport    = 2
	sectionData      = 11
	sectionDataCount = 12

	opI32Const = 0x41
	opEnd      = 0x0b

	// maxGap is the widest hole between two segments that is filled with zeros: about what another
	// segment costs to evaluate, and little enough that the module hardly grows.
	maxGap = 256
	// worthwhile is the number of segments a rewrite must save; below it the gain is under a microsecond.
	worthwhile = 16
)

// Merge returns body with neighbouring data segments joined, and true; or body itself and false
// when there is nothing to gain or the meaning could change. What it returns is not validated: a
// module whose code names segments by index no longer compiles once they are merged, and the
// caller then compiles the original, as it does for every other error.
func Merge(body []byte) ([]byte, bool) {
	if len(body) < 8 || binary.LittleEndian.Uint32(body) != 0x6d736100 || binary.LittleEndian.Uint32(body[4:]) != 1 {
		return body, false
	}
	var data, count span
	for at := 8; at < len(body); {
		r := reader{b: body, at: at + 1}
		size := r.uint32()
		if r.bad || uint64(size) > uint64(len(body)-r.at) {
			return body, false
		}
		content := body[r.at : r.at+int(size)]
		end := r.at + int(size)
		switch body[at] {
		case sectionImport:
			if importsMemory(content) {
				return body, false // what lies in the holes is not ours to know
			}
		case sectionData:
			if data.end != 0 {
				return body, false
			}
			data = span{start: at, content: r.at, end: end}
		case sectionDataCount:
			count = span{start: at, end: end}
		}
		at = end
	}
	if data.end == 0 {
		return body, false
	}
	pieces, before, ok := joinAll(body[data.content:data.end])
	if !ok || before-len(pieces) < worthwhile {
		return body, false
	}
	out := make([]byte, 0, len(body)+len(body)/16)
	if count.end != 0 && count.start < data.start {
		out = append(out, body[:count.start]...)
		out = append(out, body[count.end:data.start]...)
	} else {
		out = append(out, body[:data.start]...)
	}
	section := encode(pieces)
	out = append(out, sectionData)
	out = binary.AppendUvarint(out, uint64(len(section)))
	out = append(out, section...)
	return append(out, body[data.end:]...), true
}

// span is where a section lies: its id byte, its content, its end.
type span struct{ start, content, end int }

// piece is an active segment of memory 0, or several joined.
type piece struct {
	offset uint64
	bytes  []byte
}

func (p piece) end() uint64 { return p.offset + uint64(len(p.bytes)) }

// joinAll reads a data section and joins each segment to the one before it where they are
// neighbours. It declines passive segments, computed offsets and overlaps: with those, the order
// in which bytes are laid down could matter.
func joinAll(content []byte) (joined []piece, before int, ok bool) {
	r := reader{b: content}
	n := int(r.uint32())
	if r.bad || n > len(content) {
		return nil, 0, false
	}
	for range n {
		p, good := r.segment()
		if !good {
			return nil, 0, false
		}
		if last := len(joined) - 1; last >= 0 && p.offset >= joined[last].end() && p.offset-joined[last].end() <= maxGap {
			prev := &joined[last]
			prev.bytes = append(prev.bytes, make([]byte, p.offset-prev.end())...)
			prev.bytes = append(prev.bytes, p.bytes...)
			continue
		}
		p.bytes = slices.Clone(p.bytes)
		joined = append(joined, p)
	}
	if r.at != len(content) || overlap(joined) {
		return nil, 0, false
	}
	return joined, n, true
}

func overlap(pieces []piece) bool {
	byOffset := slices.SortedFunc(slices.Values(pieces), func(a, b piece) int { return cmp.Compare(a.offset, b.offset) })
	for i := 1; i < len(byOffset); i++ {
		if byOffset[i-1].end() > byOffset[i].offset {
			return true
		}
	}
	return false
}

func encode(pieces []piece) []byte {
	size := 8
	for _, p := range pieces {
		size += len(p.bytes) + 16
	}
	out := binary.AppendUvarint(make([]byte, 0, size), uint64(len(pieces)))
	for _, p := range pieces {
		out = append(out, 0, opI32Const)
		out = appendSigned(out, int64(int32(uint32(p.offset))))
		out = append(out, opEnd)
		out = binary.AppendUvarint(out, uint64(len(p.bytes)))
		out = append(out, p.bytes...)
	}
	return out
}
