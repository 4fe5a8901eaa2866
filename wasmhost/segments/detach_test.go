package segments_test

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
	"github.com/samuelpkg/samuel-lsp/wasmhost/segments"
)

var twoPages = section(5, 1, 0, 2)

// much is one segment with so much data that it pays to detach it.
func much(offset int) []byte {
	return join([]byte{0, 0x41}, signed(offset), []byte{0x0b, 0x80, 0x80, 4}, bytes.Repeat([]byte("0123456789abcdef"), 4<<10))
}

func TestDetach(t *testing.T) {
	importedMemory := section(2, join([]byte{1, 1, 'e', 1, 'm', 2, 0, 2})...)
	for _, c := range []struct {
		name string
		body []byte
		want bool
	}{
		{"much in one piece", join(header, twoPages, dataSection(much(5))), true},
		{"with small ones before and behind", join(header, twoPages, dataSection(append(append(row(100, 5, 7), much(1000)), active(1<<17-2, "ab"))...)), true},
		{"not in the order of their offsets", join(header, twoPages, dataSection(much(1000), active(5, "before"))), true},
		{"up to the last byte", join(header, twoPages, dataSection(much(1<<16))), true},
		{"custom section after the data", join(header, twoPages, dataSection(much(5)), section(0, 1, 'n', 1, 2)), true},
		{"little", join(header, twoPages, dataSection(row(0, 40, 2)...)), false},
		{"a byte too many for the memory", join(header, twoPages, dataSection(much(1<<16+1))), false},
		{"overlapping", join(header, twoPages, dataSection(much(5), active(7, "over"))), false},
		{"counted, so that code may name them", join(header, twoPages, section(12, 1), dataSection(much(5))), false},
		{"counted twice", join(header, twoPages, section(12, 0), section(12, 0), dataSection(much(5))), false},
		{"passive", join(header, twoPages, dataSection(much(5), []byte{1, 1, 'a'})), false},
		{"imported memory", join(header, importedMemory, dataSection(much(5))), false},
		{"imported memory beside its own", join(header, importedMemory, twoPages, dataSection(much(5))), false},
		{"no memory, and nothing in the segments", join(header, dataSection(slices.Repeat([][]byte{active(0, "")}, 20_000)...)), false},
		{"no memory", join(header, dataSection(much(5))), false},
		{"two memories", join(header, section(5, 2, 0, 2, 0, 2), dataSection(much(5))), false},
		{"memory of 64 bits", join(header, section(5, 1, 4, 2), dataSection(much(5))), false},
		{"bytes behind the memory", join(header, section(5, 1, 0, 2, 0), dataSection(much(5))), false},
		{"data before another section", join(header, twoPages, dataSection(much(5)), section(10, 0)), false},
		{"two data sections", join(header, twoPages, dataSection(much(5)), dataSection(much(5))), false},
		{"more segments than there are", join(header, twoPages, section(11, join([]byte{2}, much(5))...)), false},
		{"not wasm", []byte("<!doctype html>"), false},
		{"empty", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := bytes.Clone(c.body)
			rest, image, ok := segments.Detach(c.body)
			if ok != c.want || (image != nil) != c.want {
				t.Fatalf("detached: %v, want %v", ok, c.want)
			}
			if !bytes.Equal(c.body, before) {
				t.Fatal("the input was changed")
			}
			if !ok {
				return
			}
			want, err := memoryOf(c.body, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := memoryOf(rest, image)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%v: the memory starts as something else", err)
			}
		})
	}
}

// memoryOf is an instance's memory before anything of it has run; nil for none.
func memoryOf(body []byte, image *linmem.Image) ([]byte, error) {
	pool := linmem.NewPool()
	defer pool.Close()
	ctx := experimental.WithMemoryAllocator(context.Background(),
		experimental.MemoryAllocatorFunc(func(least, most uint64) experimental.LinearMemory {
			return pool.Allocator(1<<20).AllocateImage(least, most, image)
		}))
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(16))
	defer rt.Close(ctx)
	m, err := rt.InstantiateWithConfig(ctx, body, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil || m.Memory() == nil {
		return nil, err
	}
	b, _ := m.Memory().Read(0, m.Memory().Size())
	return bytes.Clone(b), nil
}

func TestRewriteMergesWhatItDoesNotDetach(t *testing.T) {
	few := join(header, oneMemory, dataSection(row(0, 40, 2)...))
	merged, _ := segments.Merge(few)
	if got, image := segments.Rewrite(few); image != nil || !bytes.Equal(got, merged) {
		t.Errorf("%x, %v", got, image)
	}
	none := join(header, oneMemory)
	if got, image := segments.Rewrite(none); image != nil || !bytes.Equal(got, none) {
		t.Errorf("%x, %v", got, image)
	}
}

// What is detached must mean the same, and what an engine refuses it must refuse without its data.
func FuzzDetach(f *testing.F) {
	f.Add(join(header, twoPages), []byte{1}, []byte{})
	f.Add(join(header, oneMemory, section(1, 1, 0x60, 0, 0)), []byte{2, 0, 0x41, 7, 0x0b, 1, 'x'}, section(0, 1, 'n'))
	f.Add(join(header, twoPages, section(12, 1)), []byte{1}, section(10, 0))
	f.Fuzz(func(t *testing.T, before, segs, after []byte) {
		body := join(before, section(11, join(segs, much(1000))...), after)
		rest, image, ok := segments.Detach(body)
		if !ok {
			return
		}
		want, err := memoryOf(body, nil)
		got, err2 := memoryOf(rest, image)
		if err != nil && err2 == nil {
			t.Fatalf("refused with its data only: %v", err)
		}
		if err == nil && (err2 != nil || !bytes.Equal(got, want)) {
			t.Fatalf("the memory starts as something else: %v", err2)
		}
	})
}
