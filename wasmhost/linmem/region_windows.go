package linmem

// region is a Go slice that is grown by copying and reused: without reservations in the standard
// interfaces of this system it still saves the allocation for every instance.
type region struct {
	limit uint64
	buf   []byte
	image *Image // what it holds instead of zeros; nil: nothing
}

func reserve(size uint64) *region { return &region{limit: size} }

func (r *region) size() uint64 { return r.limit }

func (r *region) bytes(size uint64) []byte {
	if size > r.limit {
		return nil
	}
	if size > uint64(cap(r.buf)) {
		grown := make([]byte, min(max(size, 2*uint64(cap(r.buf))), r.limit))
		copy(grown, r.buf[:cap(r.buf)])
		r.buf = grown
	}
	return r.buf[:size:size]
}

// held is what may hold anything.
func (r *region) held() []byte { return r.buf[:cap(r.buf)] }

func (r *region) release() { r.buf = nil }
