package segments

// reader walks over untrusted bytes. After anything unexpected bad is set and every value read is
// zero, so that callers check once.
type reader struct {
	b   []byte
	at  int
	bad bool
}

func (r *reader) byte() byte {
	if r.bad || r.at >= len(r.b) {
		r.bad = true
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

// uint32 reads an unsigned LEB128 of at most 32 bits.
func (r *reader) uint32() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		x := r.byte()
		v |= uint64(x&0x7f) << shift
		if x < 0x80 {
			if v > 1<<32-1 {
				r.bad = true
				return 0
			}
			return uint32(v)
		}
	}
	r.bad = true
	return 0
}

// int32 reads a signed LEB128 of at most 32 bits.
func (r *reader) int32() int32 {
	var v int64
	for shift := 0; shift < 35; shift += 7 {
		x := r.byte()
		v |= int64(x&0x7f) << shift
		if x < 0x80 {
			if x&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			if int64(int32(v)) != v {
				r.bad = true
			}
			return int32(v)
		}
	}
	r.bad = true
	return 0
}

func (r *reader) bytes(n uint32) []byte {
	if r.bad || uint64(n) > uint64(len(r.b)-r.at) {
		r.bad = true
		return nil
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at]
}

// segment reads one data segment; false unless it is active, in memory 0, at a constant offset.
func (r *reader) segment() (segment, bool) {
	if r.uint32() != 0 || r.byte() != opI32Const {
		return segment{}, false
	}
	offset := uint64(uint32(r.int32()))
	if r.byte() != opEnd {
		return segment{}, false
	}
	b := r.bytes(r.uint32())
	return segment{offset: offset, bytes: b}, !r.bad
}

// importsMemory reports whether an import section brings in a memory, or is not understood.
func importsMemory(content []byte) bool {
	r := reader{b: content}
	for range r.uint32() {
		r.bytes(r.uint32())
		r.bytes(r.uint32())
		switch kind := r.byte(); kind {
		case 0: // function: type index
			r.uint32()
		case 1: // table: element type and limits
			r.byte()
			r.limits()
		case 3: // global: type and mutability
			r.byte()
			r.byte()
		default: // memory, tag, or unknown
			return true
		}
		if r.bad {
			return true
		}
	}
	return r.bad
}

// limits reads the limits of a table, or of a memory of 32 bits, and returns the lower one.
func (r *reader) limits() uint32 {
	flags := r.byte()
	least := r.uint32()
	if flags&1 != 0 {
		r.uint32()
	}
	if flags > 1 {
		r.bad = true
	}
	return least
}

// appendSigned appends a signed LEB128.
func appendSigned(out []byte, v int64) []byte {
	for {
		x := byte(v & 0x7f)
		v >>= 7
		if (v == 0 && x&0x40 == 0) || (v == -1 && x&0x40 != 0) {
			return append(out, x)
		}
		out = append(out, x|0x80)
	}
}
