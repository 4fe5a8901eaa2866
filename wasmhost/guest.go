package wasmhost

import (
	"context"
	"fmt"
	"math"
	"reflect"

	"github.com/tetratelabs/wazero/api"
)

// trapError is a guest's mistake that ends its run as a trap, such as a pointer outside its memory.
type trapError struct{ reason string }

func (e *trapError) Error() string { return e.reason }

// failureError ends a run as failed: the guest broke the interface between plugin and host.
type failureError struct{ reason string }

func (e *failureError) Error() string { return e.reason }

func failuref(format string, args ...any) *failureError {
	return &failureError{fmt.Sprintf(format, args...)}
}

// hostCall is one call of a host function by a guest.
type hostCall struct {
	ctx   context.Context
	name  string // as imported
	guest api.Module
	state *HostState
	run   *run
	stack []uint64 // parameters in, results out

	network *network
}

// entry makes a host function that wazero can call.
func (s signature) entry(name string, network *network) api.GoModuleFunc {
	return func(ctx context.Context, guest api.Module, stack []uint64) {
		state := hostStateFrom(ctx)
		if state.run.ahead {
			panic(earlyEffectError{})
		}
		s.call(&hostCall{ctx: ctx, name: name, guest: guest, state: state, run: state.run, stack: stack, network: network})
		endIfOver(ctx)
	}
}

// endIfOver ends the guest's call when its time has passed while the host worked on its behalf.
func endIfOver(ctx context.Context) {
	if ctx.Err() != nil {
		panic(context.Cause(ctx))
	}
}

// memoryOf returns a guest's memory, nil if it has none: wazero then gives an interface that is not
// nil around a pointer that is.
func memoryOf(m api.Module) api.Memory {
	memory := m.Memory()
	if memory == nil || reflect.ValueOf(memory).IsNil() {
		return nil
	}
	return memory
}

// bytes copies what the pointer and length at parameter i speak of. A view would go stale as soon
// as the guest's memory grows. Memory outside of the guest's own is a trap.
func (c *hostCall) bytes(i int) []byte {
	ptr, length := uint32(c.stack[i]), uint32(c.stack[i+1])
	memory := memoryOf(c.guest)
	if memory == nil {
		panic(&trapError{fmt.Sprintf("%s: the module has no memory", c.name)})
	}
	view, ok := memory.Read(ptr, length)
	if !ok {
		panic(&trapError{fmt.Sprintf("%s: %d bytes at 0x%x lie outside of the memory of %d bytes", c.name, length, ptr, memory.Size())})
	}
	return append([]byte(nil), view...)
}

// give places b in the guest's memory and returns the packed result for it.
func (c *hostCall) give(b []byte) uint64 {
	alloc := findAllocator(c.guest)
	if alloc == nil {
		c.refuse("the module exports no %s to receive the result, add one", exportAlloc)
		return 0
	}
	ptr, err := alloc.place(c.ctx, c.guest, b)
	if err != nil {
		panic(err)
	}
	if ptr == 0 {
		c.refuse("%s found no room for %d bytes", alloc.name, len(b))
		return 0
	}
	return pack(ptr, uint32(len(b)))
}

// pack puts a pointer and a length into one result.
func pack(ptr, length uint32) uint64 { return uint64(ptr)<<32 | uint64(length) }

func unpack(v uint64) (ptr, length uint32) { return uint32(v >> 32), uint32(v) }

// allocator is a guest's own way to hand out memory.
type allocator struct {
	name string
	fn   api.Function
	// params builds the arguments for n bytes.
	params func(n uint32) []uint64
}

// findAllocator returns the allocator a module exports, nil if none has the right signature. Each
// call returns new function objects: one that is already executing must not be entered again, and
// an allocator may itself call the host.
func findAllocator(m api.Module) *allocator {
	candidates := []struct {
		name   string
		inputs int
		params func(uint32) []uint64
	}{
		{exportAlloc, 1, func(n uint32) []uint64 { return []uint64{uint64(n)} }},
		{exportRealloc, 4, func(n uint32) []uint64 { return []uint64{0, 0, 8, uint64(n)} }},
		{exportMalloc, 1, func(n uint32) []uint64 { return []uint64{uint64(n)} }},
	}
	for _, c := range candidates {
		fn := m.ExportedFunction(c.name)
		if fn == nil || !allocatorType(fn.Definition(), c.inputs) {
			continue
		}
		return &allocator{c.name, fn, c.params}
	}
	return nil
}

func allocatorType(def api.FunctionDefinition, inputs int) bool {
	params, results := def.ParamTypes(), def.ResultTypes()
	if len(params) != inputs || len(results) != 1 || results[0] != i32 {
		return false
	}
	for _, p := range params {
		if p != i32 {
			return false
		}
	}
	return true
}

// allocDepthKey counts, in a context, how deep allocators are nested in host calls of allocators.
type allocDepthKey struct{}

// maxAllocDepth bounds that nesting.
const maxAllocDepth = 4

// place copies b into memory that the guest hands out. A null pointer comes back as 0 without an
// error; an address outside of the guest's memory is a failure.
func (a *allocator) place(ctx context.Context, m api.Module, b []byte) (uint32, error) {
	if uint64(len(b)) > math.MaxInt32 {
		return 0, failuref("%d bytes do not fit a guest's memory", len(b))
	}
	depth, _ := ctx.Value(allocDepthKey{}).(int)
	if depth >= maxAllocDepth {
		return 0, failuref("%s calls host functions that allocate in turn", a.name)
	}
	// One byte is asked for where there are none: an allocator may answer 0 to nothing, which would
	// make an empty file look like one that cannot be read, or fail to take an address of it.
	room := uint32(max(len(b), 1))
	res, err := a.fn.Call(context.WithValue(ctx, allocDepthKey{}, depth+1), a.params(room)...)
	if err != nil {
		return 0, err
	}
	ptr := uint32(res[0])
	if ptr == 0 {
		return 0, nil
	}
	if memory := memoryOf(m); memory == nil || !memory.Write(ptr, b) {
		return 0, failuref("%s returned 0x%x, where %d bytes lie outside of the memory", a.name, ptr, len(b))
	}
	return ptr, nil
}
