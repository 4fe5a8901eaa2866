package linmem_test

import (
	"bytes"
	"sync"
	"testing"
	"unsafe"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	page = 64 << 10
	mib  = 1 << 20
	gib4 = 4 << 30
)

func take(t *testing.T, p *linmem.Pool, limit uint64) experimental.LinearMemory {
	t.Helper()
	return p.Allocator(limit).Allocate(page, gib4)
}

func TestGrowsInPlaceUpToTheLimit(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	m := take(t, p, 3*mib)
	defer m.Free()
	first := m.Reallocate(page)
	first[0] = 7
	for _, size := range []uint64{page, 2 * page, mib + page, 3 * mib} {
		b := m.Reallocate(size)
		if uint64(len(b)) != size || uint64(cap(b)) != size {
			t.Fatalf("asked for %d bytes, got len %d cap %d", size, len(b), cap(b))
		}
		if unsafe.SliceData(b) != unsafe.SliceData(first) || b[0] != 7 {
			t.Fatalf("the memory moved or lost its content at %d bytes", size)
		}
		b[size-1] = 1
	}
	if b := m.Reallocate(3*mib + page); b != nil {
		t.Fatalf("grew to %d bytes beyond the limit", len(b))
	}
	if b := m.Reallocate(3 * mib); b == nil {
		t.Fatal("a refused growth broke the memory")
	}
}

func TestDeclaredMaximumBounds(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	m := p.Allocator(64*mib).Allocate(page, 2*page)
	defer m.Free()
	if m.Reallocate(2*page) == nil || m.Reallocate(3*page) != nil {
		t.Fatal("the module's own maximum was not kept")
	}
}

func TestEveryMemoryStartsAsZeros(t *testing.T) {
	for _, c := range []struct {
		name string
		size uint64
	}{{"cleared by hand", 2 * mib}, {"given back to the system", 20 * mib}} {
		t.Run(c.name, func(t *testing.T) {
			p := linmem.NewPool()
			defer p.Close()
			for range 3 {
				m := take(t, p, 32*mib)
				b := m.Reallocate(c.size)
				if len(bytes.Trim(b, "\x00")) != 0 {
					t.Fatal("a memory carries what an earlier instance wrote")
				}
				for i := range b {
					b[i] = 0xff
				}
				if m.Reallocate(page) == nil { // shrinking must not hide what has to be cleaned
					t.Fatal("shrinking failed")
				}
				m.Free()
			}
		})
	}
}

func TestReservationsAreReused(t *testing.T) {
	p := linmem.NewPool()
	defer p.Close()
	m := take(t, p, mib)
	at := unsafe.SliceData(m.Reallocate(page))
	m.Free()
	m.Free() // a second time has no effect
	again := take(t, p, 2*mib)
	defer again.Free()
	if unsafe.SliceData(again.Reallocate(page)) != at {
		t.Fatal("a freed reservation was not used again")
	}
	other := take(t, p, mib)
	defer other.Free()
	if unsafe.SliceData(other.Reallocate(page)) == at {
		t.Fatal("two instances share a memory")
	}
}

func TestFreedMemoryRefusesToGrow(t *testing.T) {
	p := linmem.NewPool()
	p.Close()
	m := take(t, p, mib)
	m.Free()
	if m.Reallocate(page) != nil {
		t.Fatal("a freed memory was handed out")
	}
}

func TestConcurrentUse(t *testing.T) {
	p := linmem.NewPool()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				m := p.Allocator(mib).Allocate(page, gib4)
				b := m.Reallocate(page)
				for j := range b {
					if b[j] != 0 {
						t.Error("a memory carries another's bytes")
						return
					}
				}
				b[i] = byte(i + 1)
				m.Free()
				if i == 0 {
					p.Trim()
				}
			}
		})
	}
	wg.Wait()
	p.Close()
}

func BenchmarkTakeAndFree(b *testing.B) {
	p := linmem.NewPool()
	defer p.Close()
	a := p.Allocator(64 * mib)
	b.ReportAllocs()
	for b.Loop() {
		m := a.Allocate(page, gib4)
		m.Reallocate(2 * page)
		m.Free()
	}
}
