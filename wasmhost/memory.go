package wasmhost

import (
	"fmt"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// wasmPage is the unit in which guest memory grows, in bytes.
const wasmPage = 64 << 10

// memoryBudget is the memory of one instance: it hands out linear memory up to a cap, and
// remembers when it refused more.
type memoryBudget struct {
	limit   uint64
	inner   experimental.MemoryAllocator // nil: plain slices
	image   *linmem.Image                // what the memory holds at first; nil: zeros
	refused bool
}

// imageAllocator is an allocator that lays a module's data down by itself, for which it need not do
// it anew for each instance.
type imageAllocator interface {
	AllocateImage(capacity, maximum uint64, image *linmem.Image) experimental.LinearMemory
}

// holds says whether the runtime's memories can hold image from the start.
func (r *Runtime) holds(image *linmem.Image) bool {
	_, ok := r.opts.allocator.(imageAllocator)
	return ok || image == nil
}

// memoryFor is the memory of one instance of m.
func (r *Runtime) memoryFor(m *module, mib uint32) *memoryBudget {
	return &memoryBudget{limit: uint64(mib) << 20, inner: r.opts.allocator, image: m.image}
}

// Allocate implements experimental.MemoryAllocator.
func (b *memoryBudget) Allocate(capacity, maximum uint64) experimental.LinearMemory {
	capacity, maximum = min(capacity, b.limit), min(maximum, b.limit)
	var inner experimental.LinearMemory
	switch a := b.inner.(type) {
	case nil:
		inner = &sliceMemory{limit: maximum}
	case imageAllocator:
		inner = a.AllocateImage(capacity, maximum, b.image)
	default:
		inner = a.Allocate(capacity, maximum)
	}
	return &cappedMemory{budget: b, inner: inner}
}

// cappedMemory enforces the budget around memory from anywhere.
type cappedMemory struct {
	budget *memoryBudget
	inner  experimental.LinearMemory
}

// Reallocate implements experimental.LinearMemory.
func (m *cappedMemory) Reallocate(size uint64) []byte {
	if size > m.budget.limit {
		m.budget.refused = true
		return nil
	}
	buf := m.inner.Reallocate(size)
	if buf == nil {
		m.budget.refused = true
	}
	return buf
}

// Free implements experimental.LinearMemory.
func (m *cappedMemory) Free() { m.inner.Free() }

// sliceMemory is linear memory on the Go heap; growing it may move it.
type sliceMemory struct {
	buf   []byte
	limit uint64
}

// Reallocate implements experimental.LinearMemory.
func (m *sliceMemory) Reallocate(size uint64) []byte {
	if size <= uint64(cap(m.buf)) {
		m.buf = m.buf[:size]
		return m.buf
	}
	grown := make([]byte, size, min(max(size, 2*uint64(cap(m.buf))), max(size, m.limit)))
	copy(grown, m.buf)
	m.buf = grown
	return m.buf
}

// Free implements experimental.LinearMemory.
func (m *sliceMemory) Free() { m.buf = nil }

// memoryLimitError says that a module's declared minimum is above the plugin's cap.
type memoryLimitError struct{ need, limit uint64 }

func (e *memoryLimitError) Error() string {
	return fmt.Sprintf("module needs %s of memory from the start, its limit is %s, raise max_memory under [runtime]",
		mebibytes(e.need), mebibytes(e.limit))
}

func mebibytes(n uint64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}
