package inspect

import (
	"errors"
	"fmt"
	"io"
)

// windowSize is how much is read at once. Two sections that lie together, as the small ones at
// either end of a module do, then cost one read.
const windowSize = 8 << 10

// source reads ranges of a module, keeping the last window in memory.
type source struct {
	r    io.ReaderAt
	size int64

	buf    []byte // windowSize long
	window []byte // what of buf is filled
	off    int64  // file offset of window[0]
}

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, buf: make([]byte, min(windowSize, size))}
}

// at returns the n bytes at off, which the caller has found to lie in the file. The slice holds
// until the next call.
func (s *source) at(off int64, n int) ([]byte, error) {
	if n > len(s.buf) {
		b := make([]byte, n)
		return b, s.fill(b, off)
	}
	if !s.holds(off, n) {
		s.window = s.buf[:min(int64(len(s.buf)), s.size-off)]
		s.off = off
		if err := s.fill(s.window, off); err != nil {
			s.window = nil
			return nil, err
		}
	}
	return s.window[off-s.off:][:n], nil
}

// upTo returns at most n bytes at off: fewer only where the file ends.
func (s *source) upTo(off int64, n int) ([]byte, error) {
	return s.at(off, int(min(int64(n), s.size-off)))
}

func (s *source) fill(b []byte, off int64) error {
	n, err := s.r.ReadAt(b, off)
	switch {
	case n == len(b):
		return nil
	case errors.Is(err, io.EOF):
		return &Error{
			Kind: Changing, Offset: off + int64(n),
			Msg: fmt.Sprintf("the file had %d bytes and now ends here; it is being written, inspect it again", s.size),
		}
	}
	return fmt.Errorf("reading %d bytes at byte %d: %w", len(b), off, err)
}

// holds reports whether the n bytes at off are in memory already.
func (s *source) holds(off int64, n int) bool {
	return off >= s.off && off+int64(n) <= s.off+int64(len(s.window))
}
