package inspect

import "unicode/utf8"

// decoder reads values from the bytes of one section. The first failure sticks: later reads
// return zero values, and a loop over a declared count ends by asking ok.
type decoder struct {
	data []byte
	pos  int
	base int64  // file offset of data[0]
	what string // the section, for messages
	err  *Error
}

func (d *decoder) ok() bool       { return d.err == nil }
func (d *decoder) offset() int64  { return d.base + int64(d.pos) }
func (d *decoder) remaining() int { return len(d.data) - d.pos }

func (d *decoder) fail(offset int64, format string, args ...any) {
	if d.err == nil {
		d.err = malformed(offset, format, args...)
		d.pos = len(d.data)
	}
}

func (d *decoder) byte() byte {
	if d.err != nil {
		return 0
	}
	if d.pos >= len(d.data) {
		d.fail(d.offset(), "the %s ends inside an entry", d.what)
		return 0
	}
	b := d.data[d.pos]
	d.pos++
	return b
}

// leb reads an unsigned LEB128 number of at most the given bits.
func (d *decoder) leb(bits uint) uint64 {
	start := d.offset()
	var v uint64
	for shift := uint(0); ; shift += 7 {
		b := d.byte()
		if d.err != nil {
			return 0
		}
		if left := bits - shift; left < 7 && b>>left != 0 {
			d.fail(start, "a number in the %s is longer than %d bits", d.what, bits)
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if b&0x80 == 0 {
			return v
		}
	}
}

// u32 reads an unsigned number of 32 bits. Nearly all of them are one byte long.
func (d *decoder) u32() uint32 {
	if d.pos < len(d.data) && d.data[d.pos] < 0x80 {
		d.pos++
		return uint32(d.data[d.pos-1])
	}
	return uint32(d.leb(32))
}

// s32 reads a signed LEB128 number of 32 bits.
func (d *decoder) s32() int32 {
	start := d.offset()
	var v int64
	for shift := uint(0); ; shift += 7 {
		b := d.byte()
		if d.err != nil {
			return 0
		}
		v |= int64(b&0x7f) << shift
		if b&0x80 == 0 {
			v = v << (57 - shift) >> (57 - shift)
			if v != int64(int32(v)) {
				d.fail(start, "a number in the %s is longer than 32 bits", d.what)
			}
			return int32(v)
		}
		if shift == 28 {
			d.fail(start, "a number in the %s is longer than 32 bits", d.what)
			return 0
		}
	}
}

// count reads how many entries follow and refuses a number that cannot fit into the rest of the
// section, or that is above limit.
func (d *decoder) count(entry string, minBytes int, limit uint32) uint32 {
	start := d.offset()
	n := d.u32()
	switch {
	case d.err != nil:
		return 0
	case int64(n)*int64(minBytes) > int64(d.remaining()):
		d.fail(start, "the %s declares %d %s, but %d bytes remain in it", d.what, n, entry, d.remaining())
		return 0
	case n > limit:
		d.fail(start, "the %s declares %d %s; at most %d are read", d.what, n, entry, limit)
		d.err.Kind = TooLarge
		return 0
	}
	return n
}

// bytes returns the next n bytes without copying.
func (d *decoder) bytes(n uint32, what string) []byte {
	if d.err != nil {
		return nil
	}
	if int64(n) > int64(d.remaining()) {
		d.fail(d.offset(), "%s of %d bytes, but %d remain in the %s", what, n, d.remaining(), d.what)
		return nil
	}
	b := d.data[d.pos : d.pos+int(n)]
	d.pos += int(n)
	return b
}

// name reads a length-prefixed UTF-8 string.
func (d *decoder) name(what string) string {
	start := d.offset()
	b := d.bytes(d.u32(), what)
	if !utf8.Valid(b) {
		d.fail(start, "%s in the %s is not valid UTF-8", what, d.what)
		return ""
	}
	return string(b)
}

// end refuses bytes that belong to no entry.
func (d *decoder) end() {
	if d.err == nil && d.remaining() > 0 {
		d.fail(d.offset(), "%d bytes are left over after the last entry of the %s", d.remaining(), d.what)
	}
}
