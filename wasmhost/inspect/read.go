package inspect

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Limits on what one module may make the reader hold, far above what any compiler emits.
const (
	maxSection = 16 << 20  // bytes of a section that is read whole
	maxTypes   = 1_000_000 // as engines limit them
	maxExterns = 100_000   // imports, and exports
	maxCustoms = 256       // custom sections listed
)

// Section ids of the binary format.
const (
	idCustom = iota
	idType
	idImport
	idFunction
	idTable
	idMemory
	idGlobal
	idExport
	idStart
	idElement
	idCode
	idData
	idDataCount
	idTag
)

// sectionNames is indexed by section id.
var sectionNames = [...]string{
	"custom section", "type section", "import section", "function section", "table section",
	"memory section", "global section", "export section", "start section", "element section",
	"code section", "data section", "data count section", "tag section",
}

// sectionRank is the place of each section id in the order the format prescribes.
var sectionRank = [...]int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6}

// span is where a section's content lies in the file.
type span struct {
	off  int64
	size int64
}

// reader gathers a Summary while it walks the sections.
type reader struct {
	src *source
	sum *Summary

	types     []byte   // content of the type section
	typeBase  int64    // its file offset
	typeAt    []uint32 // offset in types of each signature
	signature map[uint32]*FuncType

	importedFuncs uint32
	functions     span // type indices of the functions, behind the count
	code          span // bodies, behind the count
	start         *uint32
	startAt       int64
}

// Read inspects the module of the given size in bytes. It reads the sections that describe the
// module and skips code and data, so that its cost does not grow with them; what it skips is not
// validated. A module it cannot make sense of is an *Error; other errors are r's own.
func Read(r io.ReaderAt, size int64) (*Summary, error) {
	if size > MaxModuleSize {
		return nil, tooLarge(size)
	}
	rd := &reader{src: newSource(r, size), sum: &Summary{Size: size}, signature: map[uint32]*FuncType{}}
	if err := rd.header(); err != nil {
		return nil, err
	}
	if err := rd.sections(); err != nil {
		return nil, err
	}
	if err := rd.resolve(); err != nil {
		return nil, err
	}
	if err := rd.constants(); err != nil {
		return nil, err
	}
	return rd.sum, nil
}

func tooLarge(size int64) *Error {
	return &Error{
		Kind: TooLarge, Offset: MaxModuleSize,
		Msg: fmt.Sprintf("the file has %d bytes; modules of up to %d are read", size, MaxModuleSize),
	}
}

// header checks the magic and the version.
func (rd *reader) header() error {
	head, err := rd.src.upTo(0, 512)
	if err != nil {
		return err
	}
	magic := []byte("\x00asm")
	switch {
	case len(head) == 0:
		return &Error{Kind: NotWasm, Msg: "the file is empty; build the module again"}
	case !bytes.HasPrefix(head, magic[:min(4, len(head))]):
		return &Error{Kind: NotWasm, Msg: "not a wasm module: " + looksLike(head)}
	case len(head) < 8:
		return malformed(int64(len(head)), "the file ends inside the 8-byte header; it is truncated or still being written")
	}
	version, layer := binary.LittleEndian.Uint16(head[4:]), binary.LittleEndian.Uint16(head[6:])
	switch {
	case layer == 1:
		return &Error{
			Kind: Component, Offset: 4,
			Msg: "a component, not a core module; build for wasip1 or wasm32-unknown-unknown, without the component step",
		}
	case version != 1 || layer != 0:
		return malformed(4, "wasm version % x; only version 01 00 00 00 is known", head[4:8])
	}
	return nil
}

// looksLike says what a file that is no module probably is.
func looksLike(head []byte) string {
	text := strings.ToLower(string(bytes.TrimLeft(head, " \t\r\n\ufeff")))
	switch {
	case strings.HasPrefix(text, "<!doctype") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml"):
		return "an HTML or XML page, perhaps a download that failed"
	case strings.HasPrefix(text, "(module") || strings.HasPrefix(text, ";;"):
		return "WebAssembly text; assemble it first, for example with wat2wasm"
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return "a Git LFS pointer; fetch the file with git lfs pull"
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}), bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}), bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a compressed file; unpack it first"
	case bytes.HasPrefix(head, []byte("\x7fELF")), bytes.HasPrefix(head, []byte("MZ")), bytes.HasPrefix(head, []byte{0xcf, 0xfa, 0xed, 0xfe}):
		return "a native program or object; build with a wasm target"
	}
	return fmt.Sprintf("it starts with the bytes % x, not 00 61 73 6d", head[:min(4, len(head))])
}

// sections walks the file section by section.
func (rd *reader) sections() error {
	rank := 0
	seen := [len(sectionNames)]bool{}
	for off := int64(8); off < rd.src.size; {
		head, err := rd.src.upTo(off, 6)
		if err != nil {
			return err
		}
		id := head[0]
		if int(id) >= len(sectionNames) {
			return malformed(off, "section id %d is not known", id)
		}
		name := sectionNames[id]
		d := &decoder{data: head, pos: 1, base: off, what: "header of the " + name}
		size := int64(d.u32())
		if !d.ok() {
			return d.err
		}
		body := span{off: off + int64(d.pos), size: size}
		if left := rd.src.size - body.off; size > left {
			return malformed(off, "the %s declares %d bytes, but %d remain in the file; it is truncated or still being written", name, size, left)
		}
		if id != idCustom {
			if seen[id] {
				return malformed(off, "a second %s", name)
			}
			if sectionRank[id] < rank {
				return malformed(off, "the %s comes too late: it stands behind a section that must follow it", name)
			}
			seen[id] = true
			rank = sectionRank[id]
		}
		if err := rd.section(id, body); err != nil {
			return err
		}
		off = body.off + body.size
	}
	return nil
}

// section reads one section, or notes where it lies.
func (rd *reader) section(id byte, body span) error {
	var read func(*decoder)
	switch id {
	case idType:
		read = rd.readTypes
	case idImport:
		read = rd.readImports
	case idMemory:
		read = rd.readMemories
	case idExport:
		read = rd.readExports
	case idStart:
		read = rd.readStart
	case idFunction:
		return rd.noteFunctions(body)
	case idCode:
		return rd.noteCode(body)
	case idCustom:
		return rd.readCustom(body)
	case idTable:
		read = rd.readTables
	case idGlobal, idElement, idData, idTag:
		_, _, err := rd.vector(body, sectionNames[id], "entries")
		return err
	case idDataCount:
		return nil
	}
	name := sectionNames[id]
	if body.size > maxSection {
		return &Error{
			Kind: TooLarge, Offset: body.off,
			Msg: fmt.Sprintf("the %s has %d bytes; at most %d are read", name, body.size, maxSection),
		}
	}
	data, err := rd.src.at(body.off, int(body.size))
	if err != nil {
		return err
	}
	d := &decoder{data: data, base: body.off, what: name}
	read(d)
	d.end()
	if !d.ok() {
		return d.err
	}
	return nil
}
