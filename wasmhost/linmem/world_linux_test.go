package linmem_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// worlds are what a system may offer.
func worlds() map[string]world {
	blind := func() *linmem.Pool { return linmem.Blind("/no/such/file") }
	unshared := func(fill byte) *linmem.Image { return linmem.Unshared(imageOf(fill)) }
	return map[string]world{
		"all":                       {linmem.NewPool, imageOf},
		"no files in memory":        {linmem.NewPool, unshared},
		"nothing told of pages":     {blind, imageOf},
		"neither":                   {blind, unshared},
		"many pieces, far apart":    {linmem.NewPool, scattered},
		"an image of all it covers": {linmem.NewPool, full},
	}
}

// scattered has little in each page, which is not worth a file.
func scattered(fill byte) *linmem.Image {
	image := &linmem.Image{}
	for at := uint64(0); at < 4*page; at += 5000 {
		image.Pieces = append(image.Pieces, linmem.Piece{Offset: at, Bytes: []byte{fill, 0, fill}})
	}
	return image
}

func full(fill byte) *linmem.Image {
	return &linmem.Image{Pieces: []linmem.Piece{{Bytes: noise(fill, 4*page)}}}
}

// What the other tests take for granted on this system.
func TestTheKernelTellsWhatWasWrittenTo(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	if !p.Tracks() {
		t.Error("/proc/self/pagemap does not tell what was written to")
	}
	for name, image := range map[string]*linmem.Image{"imageOf": imageOf(1), "full": full(1)} {
		m := p.Allocator(mib).AllocateImage(0, gib4, image)
		b := m.Reallocate(4 * page)
		if !bytes.Equal(b, want(image, len(b))) || !image.Mapped() {
			t.Errorf("%s: no file was made in memory", name)
		}
		m.Free()
	}
	image := full(1)
	m := p.Allocator(mib).AllocateImage(0, gib4, image)
	defer m.Free()
	b := m.Reallocate(4 * page)
	if !bytes.Equal(b, want(image, len(b))) { // all is read
		t.Error("it does not hold its image")
	}
	b[page]++
	if n := p.Written(b); n == 0 || n > len(b)/4 {
		t.Errorf("%d of %d bytes are told to be written to, want a page", n, len(b))
	}
	p.Close()
	if n := p.Written(b); n != len(b) {
		t.Errorf("where nothing is told, %d of %d bytes are mended", n, len(b))
	}
}

// A system that tells a comforting lie would have one plugin read what another wrote.
func TestWhatIsToldOfPagesIsTried(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{empty, "/dev/zero"} {
		p := linmem.Blind(name)
		if p.Tracks() {
			t.Errorf("what %s says of pages is believed", name)
		}
		p.Close()
	}
}
