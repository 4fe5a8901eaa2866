package segments

import "encoding/binary"

const (
	sectionCustom    = 0
	sectionImport    = 2
	sectionMemory    = 5
	sectionData      = 11
	sectionDataCount = 12
)

// section is one of a module's sections: its content, and where it begins and ends with its header.
type section struct {
	id         byte
	content    []byte
	start, end int
}

// sectionsOf lists a module's sections; false where body is no module, or is cut off.
func sectionsOf(body []byte) ([]section, bool) {
	if len(body) < 8 || binary.LittleEndian.Uint32(body) != 0x6d736100 || binary.LittleEndian.Uint32(body[4:]) != 1 {
		return nil, false
	}
	all := make([]section, 0, 16)
	for at := 8; at < len(body); {
		r := reader{b: body, at: at + 1}
		content := r.bytes(r.uint32())
		if r.bad {
			return nil, false
		}
		all = append(all, section{id: body[at], content: content, start: at, end: r.at})
		at = r.at
	}
	return all, true
}

// only finds the section of a kind; false where there is none, or more than one.
func only(all []section, id byte) (found section, ok bool) {
	for _, s := range all {
		if s.id == id {
			if ok {
				return section{}, false
			}
			found, ok = s, true
		}
	}
	return found, ok
}

// ownsMemory says whether no memory is another module's.
func ownsMemory(all []section) bool {
	for _, s := range all {
		if s.id == sectionImport && importsMemory(s.content) {
			return false
		}
	}
	return true
}
