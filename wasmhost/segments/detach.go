package segments

import (
	"cmp"
	"slices"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

const (
	// memoryPage is the unit of a memory's size.
	memoryPage = 64 << 10
	// minDetached is how much data a module has at least for which it pays not to copy it for each
	// instance.
	minDetached = 64 << 10
)

// Rewrite returns body with its data detached, and that; or else merged where that can be, and nil.
func Rewrite(body []byte) ([]byte, *linmem.Image) {
	if rest, image, ok := Detach(body); ok {
		return rest, image
	}
	merged, _ := Merge(body)
	return merged, nil
}

// Detach returns body without its data, the data, which every memory of it must hold from the start,
// and true; or false where there is little of it or the meaning could change. As with Merge, what it
// returns is not validated.
func Detach(body []byte) (rest []byte, image *linmem.Image, ok bool) {
	all, ok := sectionsOf(body)
	if !ok {
		return nil, nil, false
	}
	section, ok := only(all, sectionData)
	if !ok || len(section.content) < minDetached || !endsWith(all, sectionData) {
		return nil, nil, false
	}
	if counted(all) { // only then can code name segments
		return nil, nil, false
	}
	pieces, _, ok := joinAll(section.content)
	if !ok {
		return nil, nil, false
	}
	room := ownMemory(all)
	if room == 0 { // nor can one without a memory be valid, though all of its data were empty
		return nil, nil, false
	}
	image = &linmem.Image{Pieces: make([]linmem.Piece, 0, len(pieces))}
	for _, p := range pieces {
		if p.end() > room { // no instance can be made of it
			return nil, nil, false
		}
		if p.size() == 0 {
			continue // else two could share an offset, and have no order
		}
		image.Pieces = append(image.Pieces, linmem.Piece{Offset: p.offset(), Bytes: p.appendTo(make([]byte, 0, p.size()))})
	}
	slices.SortFunc(image.Pieces, func(a, b linmem.Piece) int { return cmp.Compare(a.Offset, b.Offset) })
	rest = make([]byte, 0, len(body)-(section.end-section.start))
	rest = append(rest, body[:section.start]...)
	return append(rest, body[section.end:]...), image, true
}

func counted(all []section) bool {
	return slices.ContainsFunc(all, func(s section) bool { return s.id == sectionDataCount })
}

// endsWith says whether only custom sections follow the last one of a kind.
func endsWith(all []section, id byte) bool {
	for _, s := range slices.Backward(all) {
		if s.id != sectionCustom {
			return s.id == id
		}
	}
	return false
}

// ownMemory is how many bytes the module's own memory has at least; 0 where it has none, more than
// one, or that is not understood.
func ownMemory(all []section) uint64 {
	memories, ok := only(all, sectionMemory)
	if !ok || !ownsMemory(all) {
		return 0
	}
	r := reader{b: memories.content}
	count, pages := r.uint32(), r.limits()
	if count != 1 || r.bad || r.at != len(r.b) {
		return 0
	}
	return uint64(pages) * memoryPage
}
