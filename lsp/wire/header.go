package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

func appendHeader(dst []byte, length int) []byte {
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(length), 10)
	return append(dst, "\r\n\r\n"...)
}

// readHeader reads one header block and returns the length it declares, which is most bytes at most. The end of the input
// before the first byte is io.EOF; inside the block it is io.ErrUnexpectedEOF.
func readHeader(r *bufio.Reader, most int) (int, error) {
	length, read := -1, 0
	for {
		// ReadSlice gives up at the size of the buffer, so that a line that never ends costs
		// no memory.
		line, err := r.ReadSlice('\n')
		read += len(line)
		switch {
		case err == io.EOF && read > 0:
			return 0, io.ErrUnexpectedEOF
		case err == bufio.ErrBufferFull || err == nil && read > MaxHeader:
			return 0, fmt.Errorf("%w: the header is longer than %d bytes", ErrFrame, MaxHeader)
		case err != nil:
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			if length < 0 {
				return 0, fmt.Errorf("%w: the header has no Content-Length", ErrFrame)
			}
			return length, nil
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return 0, fmt.Errorf("%w: the header line %.40q has no colon", ErrFrame, line)
		}
		if !bytes.EqualFold(bytes.TrimSpace(name), []byte("Content-Length")) {
			continue
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
		if err != nil {
			return 0, fmt.Errorf("%w: Content-Length is %.40q, which is no number", ErrFrame, value)
		}
		if n > uint64(most) {
			return 0, fmt.Errorf("%w: Content-Length is %d, more than the limit of %d", ErrFrame, n, most)
		}
		length = int(n)
	}
}
