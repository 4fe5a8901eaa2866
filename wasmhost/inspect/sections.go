package inspect

import (
	"bytes"
	"slices"
)

// readTypes keeps the section and notes where each signature starts; only those that an import
// or export uses are decoded, on demand.
func (rd *reader) readTypes(d *decoder) {
	n := d.count("types", 3, maxTypes)
	rd.types, rd.typeBase = slices.Clone(d.data), d.base
	rd.typeAt = make([]uint32, 0, n)
	for range n {
		rd.typeAt = append(rd.typeAt, uint32(d.pos))
		at := d.offset()
		if form := d.byte(); d.ok() && form != 0x60 {
			d.fail(at, "type form 0x%02x; only function types (0x60) are known", form)
		}
		d.valueTypes("parameter")
		d.valueTypes("result")
		if !d.ok() {
			return
		}
	}
}

// valueTypes reads a list of value types without copying it.
func (d *decoder) valueTypes(what string) []byte {
	list := d.bytes(d.u32(), "a list of types")
	for i, b := range list {
		if !ValueType(b).known() {
			d.fail(d.offset()-int64(len(list)-i), "a %s of type 0x%02x in the %s; such types are not supported", what, b, d.what)
			return nil
		}
	}
	return list
}

// typeOf returns the signature of that index, shared between all who use it.
func (rd *reader) typeOf(index uint32) *FuncType {
	if t, ok := rd.signature[index]; ok {
		return t
	}
	if int64(index) >= int64(len(rd.typeAt)) {
		return nil
	}
	d := &decoder{data: rd.types, pos: int(rd.typeAt[index]) + 1, base: rd.typeBase}
	list := func(what string) []ValueType {
		raw := d.valueTypes(what)
		types := make([]ValueType, len(raw))
		for i, b := range raw {
			types[i] = ValueType(b)
		}
		return types
	}
	t := &FuncType{Params: list("parameter"), Results: list("result")}
	rd.signature[index] = t
	return t
}

func (rd *reader) readImports(d *decoder) {
	n := d.count("imports", 4, maxExterns)
	rd.sum.Imports = make([]Import, 0, n)
	for range n {
		imp := Import{Module: d.name("a module name"), Name: d.name("an import's name")}
		at := d.offset()
		imp.Kind = ExternKind(d.byte())
		switch imp.Kind {
		case Func:
			at := d.offset()
			index := d.u32()
			imp.Type = rd.typeOf(index)
			if d.ok() && imp.Type == nil {
				d.fail(at, "import %q.%q has type %d of %d", imp.Module, imp.Name, index, len(rd.typeAt))
			}
			rd.importedFuncs++
		case Table:
			rd.table(d)
		case Memory:
			rd.memory(d, true)
		case Global:
			d.byte()
			d.byte()
		case Tag:
			d.byte()
			d.u32()
		default:
			d.fail(at, "import %q.%q is of unknown kind %d", imp.Module, imp.Name, imp.Kind)
		}
		if !d.ok() {
			return
		}
		rd.sum.Imports = append(rd.sum.Imports, imp)
	}
}

func (rd *reader) readTables(d *decoder) {
	for range d.count("tables", 2, maxExterns) {
		rd.table(d)
		if !d.ok() {
			return
		}
	}
}

// table reads a table's type and limits. A table that begins with an expression for its
// entries' first value, a later addition to the format, is refused by its first byte.
func (rd *reader) table(d *decoder) {
	at := d.offset()
	if element := d.byte(); d.ok() && !ValueType(element).reference() {
		d.fail(at, "a table of element type 0x%02x; only funcref and externref are supported", element)
	}
	limits := d.limits()
	rd.sum.TableEntries += limits.Min
}

func (rd *reader) readMemories(d *decoder) {
	for range d.count("memories", 2, maxExterns) {
		rd.memory(d, false)
		if !d.ok() {
			return
		}
	}
}

// memory keeps the first memory, the one that host functions reach.
func (rd *reader) memory(d *decoder, imported bool) {
	at := d.offset()
	m := d.limits()
	switch {
	case !d.ok():
		return
	case max(m.Min, m.Max) > 1<<16:
		d.fail(at, "a memory of %d pages; 65536 is the most", max(m.Min, m.Max))
	case m.HasMax && m.Max < m.Min:
		d.fail(at, "a memory of at least %d and at most %d pages", m.Min, m.Max)
	}
	m.Imported = imported
	if rd.sum.Memory == nil {
		rd.sum.Memory = &m
	}
}

// limits reads the limits of a memory or table. Memories that are shared, or 64 bits wide, are
// later additions to the format that the host does not run.
func (d *decoder) limits() (m MemoryLimits) {
	at := d.offset()
	flags := d.byte()
	switch {
	case flags > 7:
		d.fail(at, "limits in the %s have unknown flags 0x%02x", d.what, flags)
	case flags&4 != 0:
		d.fail(at, "64-bit limits in the %s, which the host does not run; build for a 32-bit target such as wasm32-wasip1", d.what)
	case flags&2 != 0:
		d.fail(at, "shared memory in the %s, which the host does not run; build without threads", d.what)
	}
	m.Min = uint64(d.u32())
	if m.HasMax = flags&1 != 0; m.HasMax {
		m.Max = uint64(d.u32())
	}
	return m
}

func (rd *reader) readExports(d *decoder) {
	n := d.count("exports", 3, maxExterns)
	rd.sum.Exports = make([]Export, 0, n)
	names := make(map[string]struct{}, n)
	for range n {
		at := d.offset()
		e := Export{Name: d.name("an export's name")}
		e.Kind = ExternKind(d.byte())
		e.Index = d.u32()
		if !d.ok() {
			return
		}
		if e.Kind > Tag {
			d.fail(at, "export %q is of unknown kind %d", e.Name, e.Kind)
		}
		if _, dup := names[e.Name]; dup {
			d.fail(at, "two exports are named %q", e.Name)
		}
		names[e.Name] = struct{}{}
		rd.sum.Exports = append(rd.sum.Exports, e)
	}
}

func (rd *reader) readStart(d *decoder) {
	at := d.offset()
	if index := d.u32(); d.ok() {
		rd.start, rd.startAt = &index, at
		rd.sum.HasStart = true
	}
}

// noteFunctions reads how many functions there are and leaves the list for resolve.
func (rd *reader) noteFunctions(body span) (err error) {
	rd.sum.Functions, rd.functions, err = rd.vector(body, sectionNames[idFunction], "functions")
	return err
}

// noteCode checks the number of bodies and leaves them for constants.
func (rd *reader) noteCode(body span) (err error) {
	var n uint32
	n, rd.code, err = rd.vector(body, sectionNames[idCode], "bodies")
	if err == nil && n != rd.sum.Functions {
		return malformed(body.off, "the code section has %d bodies for the %d functions declared", n, rd.sum.Functions)
	}
	return err
}

// vector reads the count at the head of a section that is not read whole.
func (rd *reader) vector(body span, section, entry string) (uint32, span, error) {
	data, err := rd.src.at(body.off, int(min(body.size, 5)))
	if err != nil {
		return 0, span{}, err
	}
	d := &decoder{data: data, base: body.off, what: section}
	n := d.u32()
	rest := span{off: d.offset(), size: body.size - int64(d.pos)}
	if d.ok() && int64(n) > rest.size {
		d.fail(body.off, "the %s declares %d %s, but %d bytes remain in it", section, n, entry, rest.size)
	}
	if !d.ok() {
		return 0, span{}, d.err
	}
	return n, rest, nil
}

// readCustom lists a custom section. What is inside one never makes a module invalid, so a
// producers section that cannot be read is as good as none.
func (rd *reader) readCustom(body span) error {
	const known = "producers"
	data, err := rd.src.upTo(body.off, int(min(body.size, windowSize)))
	if err != nil {
		return err
	}
	d := &decoder{data: data, base: body.off, what: sectionNames[idCustom]}
	length := d.u32()
	if d.ok() && int64(length) > body.size-int64(d.pos) {
		d.fail(body.off, "a custom section's name has %d bytes in a section of %d", length, body.size)
	}
	if !d.ok() {
		return d.err
	}
	size := body.size - int64(d.pos) - int64(length)
	if len(rd.sum.Customs) < maxCustoms {
		// A name too long for the window is shown by its start: nobody looks such a name up.
		name := d.bytes(uint32(min(int64(length), int64(d.remaining()))), "a name")
		rd.sum.Customs = append(rd.sum.Customs, CustomSection{Name: string(bytes.ToValidUTF8(name, []byte("\ufffd"))), Size: size})
		if string(name) == known && rd.sum.Producers == nil {
			rd.sum.Producers = readProducers(d)
		}
	}
	return nil
}
