// Package skeleton writes a wasm module without the code of its functions.
//
// An engine that finds a module's native code in its cache decodes and validates the module's own
// code all the same, which is most of the time that loading takes, and has no use for it afterwards.
// A skeleton declares everything that the module does, and each of its functions is the shortest
// that is valid; native code that was made of the module fits it as well.
package skeleton

import "encoding/binary"

const (
	sectionCustom = 0
	sectionCode   = 10

	// worthwhile is the size of the code from which loading it takes long enough to matter.
	worthwhile = 256 << 10

	// markName is the custom section that says which module a skeleton is of. Without it, two modules
	// that differ in their code alone would have one skeleton, and one would run the other's code.
	markName = "samuel-skeleton-of"
)

// body is a function that traps, which is valid for every signature: its size, no locals,
// unreachable, end.
var body = []byte{3, 0, 0x00, 0x0b}

// Of returns the skeleton of a module, and false where it has so little code that it is not worth
// the while, or is not understood. Mark identifies the module. The module need not be valid: its
// skeleton is only good for native code that an engine made of it.
func Of(module []byte, mark string) ([]byte, bool) {
	if len(module) < 8 {
		return nil, false
	}
	for at := 8; at < len(module); {
		size, n := binary.Uvarint(module[at+1:])
		if n <= 0 || size > uint64(len(module)-at-1-n) {
			return nil, false
		}
		content := at + 1 + n
		end := content + int(size)
		if module[at] == sectionCode {
			return without(module, at, content, end, mark)
		}
		at = end
	}
	return nil, false
}

// without replaces the code section, which starts at start with a header and then its content.
func without(module []byte, start, content, end int, mark string) ([]byte, bool) {
	functions, n := binary.Uvarint(module[content:end])
	if n <= 0 || end-content < worthwhile || functions > uint64(end-content) {
		return nil, false
	}
	out := make([]byte, 0, len(module)-(end-content)+int(functions)*len(body)+256)
	out = append(out, module[:start]...)
	out = append(out, sectionCode)
	out = binary.AppendUvarint(out, uint64(n)+functions*uint64(len(body)))
	out = append(out, module[content:content+n]...)
	for range functions {
		out = append(out, body...)
	}
	out = append(out, module[end:]...)
	out = append(out, sectionCustom)
	out = binary.AppendUvarint(out, uint64(1+len(markName)+len(mark)))
	out = append(out, byte(len(markName)))
	out = append(out, markName...)
	return append(out, mark...), true
}
