package inspect

// Names of the two life-cycle exports whose value is worth reading from the bytes.
const (
	protocolExport = "samuel_protocol_version"
	healthExport   = "health"
)

// constantReads bounds how many windows of the code section are read in search of a constant
// body, so that a module of many functions costs no more than a small one.
const constantReads = 12

// constants reads the values of samuel_protocol_version and health where their bodies are plain
// constants. The bodies lie behind one another with only their sizes to skip by, so a body far
// into a large module is left unread: running it tells as much.
func (rd *reader) constants() error {
	if rd.sum.language("Go") {
		return nil // every function that Go's compiler emits begins with its scheduler's bookkeeping
	}
	protocol, health := rd.constantIndex(protocolExport), rd.constantIndex(healthExport)
	last := max(protocol, health)
	if last < 0 {
		return nil
	}
	off, end := rd.code.off, rd.code.off+rd.code.size
	reads := 0
	for i := int64(0); i <= last && off < end; i++ {
		// One body's size and the longest constant there is: 5 bytes each, and the opcodes.
		n := int(min(end-off, 16))
		if !rd.src.holds(off, n) {
			if reads++; reads > constantReads {
				return nil
			}
		}
		data, err := rd.src.at(off, n)
		if err != nil {
			return err
		}
		d := &decoder{data: data, base: off, what: sectionNames[idCode]}
		size := int64(d.u32())
		if d.ok() && size > end-d.offset() {
			d.fail(off, "a function body of %d bytes, but %d remain in the code section", size, end-d.offset())
		}
		if !d.ok() {
			return d.err
		}
		off = d.offset() + size
		if i == protocol || i == health {
			value := constantBody(d.data[d.pos:min(int64(len(d.data)), int64(d.pos)+size)], size)
			if i == protocol {
				rd.sum.Protocol = value
			}
			if i == health {
				rd.sum.Health = value
			}
		}
	}
	return nil
}

// constantIndex returns which body is the function exported by that name, -1 where there is none
// or it is of another signature.
func (rd *reader) constantIndex(name string) int64 {
	e, ok := rd.sum.Export(name)
	if !ok || e.Kind != Func || e.Index < rd.importedFuncs || !e.Type.Is(nil, []ValueType{I32}) {
		return -1
	}
	return int64(e.Index - rd.importedFuncs)
}

// constantBody returns n of a body that is no more than "i32.const n", with or without a return
// before its end; body may be cut short, size is the whole body's.
func constantBody(body []byte, size int64) *int32 {
	const (
		noLocals = 0x00
		i32Const = 0x41
		ret      = 0x0f
		end      = 0x0b
	)
	if int64(len(body)) != size || len(body) < 4 || body[0] != noLocals || body[1] != i32Const {
		return nil
	}
	d := &decoder{data: body, pos: 2}
	n := d.s32()
	op := d.byte()
	if op == ret {
		op = d.byte()
	}
	if d.end(); !d.ok() || op != end {
		return nil
	}
	return &n
}
