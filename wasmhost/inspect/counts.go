package inspect

// maxLocals is how many locals one function may declare, as engines limit it.
const maxLocals = 50_000

// CheckCounts checks every count and length inside a module that a decoder may allocate for
// before it reads what is counted: element and data segments, locals, names. Read has checked
// those of the other sections, and must have succeeded before.
//
// It is for whoever compiles the module next: fifteen bytes that declare four billion locals are
// enough to end a process that takes their word for it.
func CheckCounts(module []byte) error {
	d := &decoder{data: module, pos: 8, what: "module"}
	for d.ok() && d.remaining() > 0 {
		id := d.byte()
		size := d.u32()
		at := d.offset()
		body := d.bytes(size, "a section")
		if !d.ok() || int(id) >= len(sectionNames) {
			break
		}
		s := &decoder{data: body, base: at, what: sectionNames[id]}
		switch id {
		case idElement:
			s.elements()
		case idData:
			s.segments()
		case idCode:
			s.bodies()
		case idCustom:
			if s.name("a name") == "name" {
				s.what = "name section"
				s.names()
			}
		}
		if !s.ok() && (id != idCustom || s.what == "name section") {
			return s.err
		}
	}
	if !d.ok() {
		return d.err
	}
	return nil
}

// elements walks the element segments, whose first number says in which of eight forms each is.
func (d *decoder) elements() {
	for range d.count("segments", 2, 1<<32-1) {
		form := d.u32()
		passive, explicit, expressions := form&1 != 0, form&2 != 0, form&4 != 0
		if form > 7 {
			d.fail(d.offset(), "an element segment of unknown form %d", form)
		}
		if !passive {
			if explicit {
				d.u32() // table
			}
			d.expression()
		}
		if passive || explicit {
			d.byte() // kind or type of the elements
		}
		for range d.count("elements", 1, 1<<32-1) {
			if expressions {
				d.expression()
			} else {
				d.u32()
			}
			if !d.ok() {
				return
			}
		}
		if !d.ok() {
			return
		}
	}
}

// segments walks the data segments.
func (d *decoder) segments() {
	for range d.count("segments", 2, 1<<32-1) {
		switch form := d.u32(); form {
		case 0:
			d.expression()
		case 1:
		case 2:
			d.u32() // memory
			d.expression()
		default:
			d.fail(d.offset(), "a data segment of unknown form %d", form)
		}
		d.bytes(d.u32(), "a data segment")
		if !d.ok() {
			return
		}
	}
}

// bodies looks at the locals of each function and skips its code.
func (d *decoder) bodies() {
	for range d.count("bodies", 1, 1<<32-1) {
		at := d.offset()
		body := &decoder{data: d.bytes(d.u32(), "a function body"), what: "function body"}
		if !d.ok() {
			return
		}
		body.base = d.offset() - int64(len(body.data))
		locals := uint64(0)
		for range body.count("groups of locals", 2, 1<<32-1) {
			locals += uint64(body.u32())
			body.byte()
			if locals > maxLocals {
				body.fail(at, "a function declares %d locals or more; at most %d are allowed", locals, maxLocals)
			}
			if !body.ok() {
				break
			}
		}
		if !body.ok() {
			d.err = body.err
			return
		}
	}
}

// names walks the subsections for functions and locals.
func (d *decoder) names() {
	for d.ok() && d.remaining() > 0 {
		id := d.byte()
		size := d.u32()
		at := d.offset()
		sub := &decoder{data: d.bytes(size, "a subsection"), base: at, what: d.what}
		switch id {
		case 0:
			sub.name("the module's name")
		case 1:
			sub.associations()
		case 2:
			for range sub.count("functions", 2, 1<<32-1) {
				sub.u32()
				sub.associations()
				if !sub.ok() {
					break
				}
			}
		}
		if !sub.ok() {
			d.err = sub.err
		}
	}
}

// associations walks a list of indices with names.
func (d *decoder) associations() {
	for range d.count("names", 2, 1<<32-1) {
		d.u32()
		d.bytes(d.u32(), "a name")
		if !d.ok() {
			return
		}
	}
}

// expression skips a constant expression with its end.
func (d *decoder) expression() {
	for d.ok() {
		at := d.offset()
		switch op := d.byte(); op {
		case 0x0b: // end
			return
		case 0x23, 0xd2, 0xd0: // global.get, ref.func, ref.null
			d.leb(33)
		case 0x41: // i32.const
			d.leb(35)
		case 0x42: // i64.const
			d.leb(70)
		case 0x43: // f32.const
			d.bytes(4, "a number")
		case 0x44: // f64.const
			d.bytes(8, "a number")
		case 0xfd: // v128.const
			d.u32()
			d.bytes(16, "a vector")
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // add, sub and mul of i32 and i64
		default:
			if d.ok() {
				d.fail(at, "a constant expression in the %s holds instruction 0x%02x", d.what, op)
			}
		}
	}
}
