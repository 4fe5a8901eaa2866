package linmem

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRowsOfPages(t *testing.T) {
	const (
		gone    = uint64(0)
		read    = pageInMemory | pageOfFile
		zero    = pageInMemory // or written to
		swapped = pageSwapped
		moving  = pageSwapped | pageOfFile
	)
	for name, c := range map[string]struct {
		entries []uint64
		want    []uint64
	}{
		"nothing":        {nil, nil},
		"only read":      {[]uint64{read, gone, read}, nil},
		"all":            {[]uint64{zero, zero}, []uint64{0, 2}},
		"the first":      {[]uint64{zero, read}, []uint64{0, 1}},
		"the last":       {[]uint64{gone, swapped}, []uint64{1, 2}},
		"two rows":       {[]uint64{read, zero, swapped, gone, moving, read}, []uint64{1, 3, 4, 5}},
		"other bits":     {[]uint64{1<<55 | 1<<56 | 7, read | 1<<55 | 7, zero | 7}, []uint64{2, 3}},
		"in both places": {[]uint64{swapped | pageInMemory | pageOfFile}, []uint64{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var b []byte
			for _, e := range c.entries {
				b = binary.LittleEndian.AppendUint64(b, e)
			}
			var got []uint64
			rows(b, 4096, func(from, to uint64) { got = append(got, from/4096, to/4096) })
			if !slices.Equal(got, c.want) {
				t.Errorf("rows %v, want %v", got, c.want)
			}
		})
	}
}

func TestAMemoryThatEndsWithinAPageIsTakenWhole(t *testing.T) {
	r := newTracker()
	defer r.close()
	r.written(make([]byte, 5000), func(from, to uint64) {
		if from != 0 || to != 5000 {
			t.Errorf("from %d to %d", from, to)
		}
	})
}

func TestExtentsOfAnImage(t *testing.T) {
	at := func(offset, size int) Piece { return Piece{uint64(offset), make([]byte, size)} }
	for name, c := range map[string]struct {
		pieces []Piece
		want   []extent
	}{
		"none":            {nil, nil},
		"a byte":          {[]Piece{at(5000, 1)}, []extent{{4096, 8192}}},
		"to a page's end": {[]Piece{at(0, 4096)}, []extent{{0, 4096}}},
		"in one page":     {[]Piece{at(0, 1), at(100, 1)}, []extent{{0, 4096}}},
		"neighbours":      {[]Piece{at(0, 1), at(4096, 1)}, []extent{{0, 8192}}},
		"a page between":  {[]Piece{at(0, 1), at(8192, 1)}, []extent{{0, 4096}, {8192, 12288}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := extentsOf(c.pieces, 4096); !slices.Equal(got, c.want) {
				t.Errorf("extents %v, want %v", got, c.want)
			}
		})
	}
}

// Nobody can change what all memories of a module start as, and a guest that touches a page never waits
// for memory that is not there.
func TestTheFileOfAnImage(t *testing.T) {
	image := &Image{Pieces: []Piece{{0, make([]byte, 5000)}, {10_000, make([]byte, 5000)}, {1 << 20, make([]byte, 5000)}}}
	if !image.sharable() {
		t.Fatal("there is none")
	}
	defer image.unshare()
	f := image.shared.file
	if _, err := f.WriteAt([]byte("x"), 0); err == nil {
		t.Error("it can be written to")
	}
	if f.Truncate(0) == nil || f.Truncate(1<<30) == nil {
		t.Error("it can be cut or made longer")
	}
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	var want uint64
	for _, e := range image.shared.extents {
		want += e.to - e.from
	}
	if got := uint64(stat.Blocks) * 512; len(image.shared.extents) != 2 || got < want {
		t.Errorf("%d bytes are there, want %d", got, want)
	}
	if fd, err := unix.MemfdCreate("x", unix.MFD_NOEXEC_SEAL); err == nil {
		_ = unix.Close(fd)
		if stat.Mode&0o111 != 0 {
			t.Errorf("it can be executed: mode %o", stat.Mode)
		}
	}
	if flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Error("commands that are started inherit it")
	}
}

// What a module can have for little: mappings, and pages that count against no limit.
func TestWhatIsNotWorthAFile(t *testing.T) {
	var far, sparse []Piece
	for i := range uint64(maxExtents + 1) {
		far = append(far, Piece{i << 20, bytes.Repeat([]byte{1}, 4096)})
		sparse = append(sparse, Piece{i << 12, bytes.Repeat([]byte{1}, 2047)})
	}
	full := slices.Clone(sparse)
	for i := range full {
		full[i].Bytes = bytes.Repeat([]byte{1}, 2048)
	}
	for name, c := range map[string]struct {
		pieces []Piece
		want   bool
	}{
		"nothing": {nil, false}, "many mappings": {far, false}, "as many as may be": {far[1:], true},
		"sparse": {sparse, false}, "half": {full, true},
	} {
		if got := worthwhile(c.pieces, extentsOf(c.pieces, 4096)); got != c.want {
			t.Errorf("%s: worth a file: %t", name, got)
		}
	}
	if (&Image{Pieces: sparse}).sharable() {
		t.Error("a file was made")
	}
}

// A module of little size pins no more memory than an instance of it.
func TestASparseImagePinsNothing(t *testing.T) {
	image := &Image{}
	for at := uint64(0); at < 64<<20; at += 60 << 10 {
		image.Pieces = append(image.Pieces, Piece{at, []byte{1}})
	}
	p := NewPool()
	defer p.Close()
	before := data(t)
	m := p.Allocator(64<<20).AllocateImage(0, maxMemory, image)
	if b := m.Reallocate(64 << 20); b == nil || b[60<<10] != 1 || image.sharable() {
		t.Error("it has a file")
	}
	m.Free()
	if after := data(t); after > before+32<<20 {
		t.Errorf("%d MiB are kept", (after-before)>>20)
	}
}

func TestALimitOfFilesIsKept(t *testing.T) {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 8191, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	}()
	image := &Image{Pieces: []Piece{{0, make([]byte, 8192)}}}
	if image.sharable() {
		t.Error("a file was made that is larger than files may be")
	}
}

// data is what this process has that counts against its limit of data, in bytes.
func data(t *testing.T) (n uint64) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmData:")
	if _, err := fmt.Sscanf(after, "%d kB", &n); err != nil {
		t.Fatal(err)
	}
	return n << 10
}

func two(fill byte) *Image {
	return &Image{Pieces: []Piece{{100, bytes.Repeat([]byte{fill}, 9000)}, {200_000, bytes.Repeat([]byte{fill}, 5000)}}}
}

// unmappable is an image whose file the system refuses to map, as it may everything where a limit is passed.
func unmappable(t *testing.T, image *Image) *Image {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	t.Cleanup(func() { _ = r.Close() })
	if !image.sharable() {
		t.Fatal("there is no file of an image")
	}
	image.unshare()
	image.shared.file = r
	return image
}

// Where the system refuses to map anything, what is there is used.
func TestAnImageThatCannotBeMappedIsWritten(t *testing.T) {
	p := NewPool()
	defer p.Close()
	for range 3 {
		for _, image := range []*Image{two(1), unmappable(t, two(2)), unmappable(t, two(3)), nil, unmappable(t, two(4)), two(5)} {
			m := p.Allocator(1<<20).AllocateImage(0, maxMemory, image)
			b := m.Reallocate(1 << 20)
			want := make([]byte, 1<<20)
			image.lay(want)
			if !bytes.Equal(b, want) {
				t.Fatal("a memory does not start as its image")
			}
			b[0], b[150], b[210_000], b[500_000] = 9, 9, 9, 9
			m.Free()
		}
	}
}

// Where the system took something away, it may be somebody else's by now.
func TestARegionWithAHoleIsGivenUp(t *testing.T) {
	r := reserve(1 << 20)
	b := r.bytes(1 << 20)
	if !mapped(b) {
		t.Fatal("what is mapped is not known to be")
	}
	hole := b[512<<10 : 576<<10]
	if err := unix.MunmapPtr(addressOf(hole), uintptr(len(hole))); err != nil {
		t.Fatal(err)
	}
	if r.hold(unmappable(t, two(1))) || r.size() != 0 {
		t.Error("a region with a hole is used")
	}
}

// What is kept for later counts against the memory of calls that may use less.
func TestMuchMemoryIsNotKept(t *testing.T) {
	p := NewPool()
	defer p.Close()
	before := data(t)
	for _, image := range []*Image{nil, two(1)} {
		m := p.Allocator(512<<20).AllocateImage(0, maxMemory, image)
		if m.Reallocate(256<<20) == nil {
			t.Fatal("no memory")
		}
		m.Free()
	}
	if after := data(t); after > before+64<<20 {
		t.Errorf("%d MiB are kept", (after-before)>>20)
	}
}
