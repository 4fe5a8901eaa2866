package linmem_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"
	"unsafe"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// world makes pools and images of them.
type world struct {
	pool  func() *linmem.Pool
	image func(fill byte) *linmem.Image
}

// imageOf is two pieces, neither of which ends where a page does.
func imageOf(fill byte) *linmem.Image {
	return &linmem.Image{Pieces: []linmem.Piece{
		{Offset: 100 * uint64(fill), Bytes: noise(fill, 10_000)},
		{Offset: 3 * page, Bytes: noise(fill, 5000+int(fill))},
	}}
}

// noise is size bytes that repeat nowhere.
func noise(seed byte, size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // which never fails
	return b
}

// want is a memory that nothing was written to.
func want(image *linmem.Image, size int) []byte {
	b := make([]byte, size)
	if image != nil {
		for _, p := range image.Pieces {
			copy(b[p.Offset:], p.Bytes)
		}
	}
	return b
}

// Whatever the instance before wrote, and whichever image it had.
func TestEveryMemoryStartsAsItsImage(t *testing.T) {
	for name, w := range worlds() {
		t.Run(name, func(t *testing.T) {
			images := []*linmem.Image{nil, w.image(1), w.image(2)}
			rnd := rand.New(rand.NewPCG(1, 2))
			p := w.pool()
			defer p.Close()
			for range 150 {
				image := images[rnd.IntN(len(images))]
				size := 4*page + rnd.IntN(20)*page
				if rnd.IntN(20) == 0 {
					size = 20 * mib // so much is given back to the system
				}
				m := p.Allocator(32*mib).AllocateImage(0, gib4, image)
				if rnd.IntN(10) == 0 {
					m.Free() // an instance that was never made
					continue
				}
				b := m.Reallocate(uint64(4 * page))
				if !bytes.Equal(b, want(image, len(b))) {
					t.Fatal("a memory does not start as its image")
				}
				b[3*page]++
				b = m.Reallocate(uint64(size))
				changed := want(image, size)
				changed[3*page]++
				if !bytes.Equal(b, changed) {
					t.Fatal("growing changed what it held, or brought up what an earlier instance wrote")
				}
				scribble(t, rnd, b)
				m.Free()
			}
		})
	}
}

// scribble writes to some of b, or to none or all of it.
func scribble(t *testing.T, rnd *rand.Rand, b []byte) {
	switch rnd.IntN(4) {
	case 0:
		for i := range b {
			b[i] = 0xff
		}
	case 1:
		for range 20 {
			b[rnd.IntN(len(b))] ^= 0x55
		}
	case 2: // as a file that a plugin reads: it is the system that writes
		f, err := os.Open("image_test.go")
		if err != nil {
			t.Fatal(err)
		}
		at := rnd.IntN(len(b))
		if _, err := f.Read(b[at:min(at+6000, len(b))]); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}

// Also those of one module that exist at the same time.
func TestMemoriesOfOneImageShareNothing(t *testing.T) {
	for name, w := range worlds() {
		t.Run(name, func(t *testing.T) {
			p, image := w.pool(), w.image(1)
			defer p.Close()
			var memories []experimental.LinearMemory
			var held [][]byte
			for i := range 4 {
				m := p.Allocator(mib).AllocateImage(0, gib4, image)
				b := m.Reallocate(4 * page)
				if !bytes.Equal(b, want(image, len(b))) {
					t.Fatalf("memory %d does not start as its image", i)
				}
				for j := i; j < len(b); j += 1000 {
					b[j] = byte(i + 10)
				}
				memories, held = append(memories, m), append(held, b)
			}
			for i, b := range held {
				for j := i; j < len(b); j += 1000 {
					if b[j] != byte(i+10) {
						t.Fatalf("memory %d holds what another wrote", i)
					}
				}
			}
			for _, m := range memories {
				m.Free()
			}
		})
	}
}

// Several plugins that take turns find their images, which need not be laid down anew.
func TestAMemoryThatHoldsTheImageIsPreferred(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	images := []*linmem.Image{imageOf(1), nil, imageOf(2)}
	var memories []experimental.LinearMemory
	at := make(map[*linmem.Image]*byte)
	for _, image := range images {
		m := p.Allocator(mib).AllocateImage(0, gib4, image)
		at[image] = unsafe.SliceData(m.Reallocate(4 * page))
		memories = append(memories, m)
	}
	for _, m := range memories {
		m.Free()
	}
	for range 2 {
		for _, image := range images {
			m := p.Allocator(mib).AllocateImage(0, gib4, image)
			if unsafe.SliceData(m.Reallocate(4*page)) != at[image] {
				t.Error("another reservation than the one that holds the image")
			}
			m.Free()
		}
	}
}

func TestAMemoryHasRoomForItsImage(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	image := imageOf(1)
	m := p.Allocator(mib).AllocateImage(0, gib4, image)
	defer m.Free()
	if m.Reallocate(3*page) != nil {
		t.Error("a memory without its image was handed out")
	}
	if b := m.Reallocate(4 * page); !bytes.Equal(b, want(image, len(b))) {
		t.Error("a memory of the right size does not hold it")
	}
}
