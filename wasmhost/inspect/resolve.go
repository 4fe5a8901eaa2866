package inspect

import (
	"cmp"
	"slices"
)

// resolve gives each exported function its signature and checks the indices of exports and of
// the start function.
func (rd *reader) resolve() error {
	if rd.sum.Functions > 0 && rd.code == (span{}) {
		return malformed(rd.src.size, "%d functions are declared, but there is no code section; the file is truncated or still being written", rd.sum.Functions)
	}
	total := int64(rd.importedFuncs) + int64(rd.sum.Functions)
	if rd.start != nil && int64(*rd.start) >= total {
		return malformed(rd.startAt, "the start section names function %d of %d", *rd.start, total)
	}
	imported := rd.importedTypes()
	var local []*Export
	for i := range rd.sum.Exports {
		e := &rd.sum.Exports[i]
		switch {
		case e.Kind != Func:
		case int64(e.Index) >= total:
			return malformed(rd.functions.off, "export %q is function %d of %d", e.Name, e.Index, total)
		case e.Index < rd.importedFuncs:
			e.Type = imported[e.Index]
		default:
			local = append(local, e)
		}
	}
	if len(local) == 0 {
		return nil
	}
	slices.SortFunc(local, func(a, b *Export) int { return cmp.Compare(a.Index, b.Index) })
	if rd.functions.size == int64(rd.sum.Functions) {
		return rd.resolveNarrow(local)
	}
	return rd.resolveWide(local)
}

// importedTypes lists the signatures of the imported functions by function index.
func (rd *reader) importedTypes() []*FuncType {
	types := make([]*FuncType, 0, rd.importedFuncs)
	for _, imp := range rd.sum.Imports {
		if imp.Kind == Func {
			types = append(types, imp.Type)
		}
	}
	return types
}

// resolveNarrow is for sections whose every type index takes one byte, as it does in nearly
// every module: an entry's place is then known without reading those before it.
func (rd *reader) resolveNarrow(exports []*Export) error {
	for _, e := range exports {
		at := rd.functions.off + int64(e.Index-rd.importedFuncs)
		b, err := rd.src.at(at, 1)
		if err != nil {
			return err
		}
		if b[0] >= 0x80 {
			return malformed(at, "a number in the function section is longer than the section")
		}
		if err := rd.setType(e, uint32(b[0]), at); err != nil {
			return err
		}
	}
	return nil
}

// resolveWide walks the section up to the last function that is exported.
func (rd *reader) resolveWide(exports []*Export) error {
	end := rd.functions.off + rd.functions.size
	d := &decoder{base: rd.functions.off, what: sectionNames[idFunction]}
	for next := rd.importedFuncs; len(exports) > 0; next++ {
		if off := d.offset(); d.remaining() < 5 && off+int64(d.remaining()) < end {
			data, err := rd.src.at(off, int(min(end-off, int64(len(rd.src.buf)))))
			if err != nil {
				return err
			}
			d.data, d.pos, d.base = data, 0, off
		}
		at := d.offset()
		index := d.u32()
		if !d.ok() {
			return d.err
		}
		for len(exports) > 0 && exports[0].Index == next {
			if err := rd.setType(exports[0], index, at); err != nil {
				return err
			}
			exports = exports[1:]
		}
	}
	return nil
}

func (rd *reader) setType(e *Export, index uint32, at int64) error {
	if e.Type = rd.typeOf(index); e.Type == nil {
		return malformed(at, "function %q has type %d of %d", e.Name, index, len(rd.typeAt))
	}
	return nil
}
