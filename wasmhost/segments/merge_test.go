package segments_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/segments"
	"github.com/tetratelabs/wazero"
)

var header = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

func section(id byte, content ...byte) []byte {
	return append(binary.AppendUvarint([]byte{id}, uint64(len(content))), content...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// signed is a signed LEB128 of a small non-negative number.
func signed(v int) []byte {
	if v < 64 {
		return []byte{byte(v)}
	}
	if v < 8192 {
		return []byte{byte(v) | 0x80, byte(v >> 7)}
	}
	return []byte{byte(v) | 0x80, byte(v>>7) | 0x80, byte(v >> 14)}
}

func active(offset int, data string) []byte {
	return join([]byte{0, 0x41}, signed(offset), []byte{0x0b, byte(len(data))}, []byte(data))
}

func dataSection(segs ...[]byte) []byte {
	return section(11, join(binary.AppendUvarint(nil, uint64(len(segs))), join(segs...))...)
}

// row is n segments of two bytes each, step bytes apart, from offset at.
func row(at, n, step int) (segs [][]byte) {
	for i := range n {
		segs = append(segs, active(at+i*step, fmt.Sprintf("%02x", i)))
	}
	return segs
}

var oneMemory = section(5, 1, 0, 1)

func TestMerge(t *testing.T) {
	importedMemory := section(2, join([]byte{1, 1, 'e', 1, 'm', 2, 0, 1})...)
	importedRest := section(2, join([]byte{3, 1, 'e', 1, 'f', 0, 0}, []byte{1, 'e', 1, 't', 1, 0x70, 1, 0, 9}, []byte{1, 'e', 1, 'g', 3, 0x7f, 0})...)
	passive := []byte{1, 2, 'a', 'b'}
	computed := []byte{0, 0x23, 0, 0x0b, 1, 'x'}
	for _, c := range []struct {
		name string
		body []byte
		want bool
	}{
		{"neighbours", join(header, oneMemory, dataSection(row(0, 40, 2)...)), true},
		{"small holes", join(header, oneMemory, dataSection(row(100, 40, 30)...)), true},
		{"two groups far apart", join(header, oneMemory, dataSection(append(row(0, 20, 2), row(5000, 20, 2)...)...)), true},
		{"data count wrong", join(header, oneMemory, section(12, 41), dataSection(row(0, 40, 2)...)), false},
		{"data count twice", join(header, oneMemory, section(12, 40), section(12, 40), dataSection(row(0, 40, 2)...)), false},
		{"data count behind the data", join(header, oneMemory, dataSection(row(0, 40, 2)...), section(12, 40)), false},
		{"data count with more", join(header, oneMemory, section(12, 40, 0), dataSection(row(0, 40, 2)...)), false},
		{"data count dropped", join(header, oneMemory, section(12, 40), dataSection(row(0, 40, 2)...)), true},
		{"custom section after the data", join(header, oneMemory, dataSection(row(0, 40, 2)...), section(0, 1, 'n', 1, 2)), true},
		{"imports other than memories", join(header, section(1, 1, 0x60, 0, 0), importedRest, oneMemory, dataSection(row(0, 40, 2)...)), true},
		{"too few to matter", join(header, oneMemory, dataSection(row(0, 5, 2)...)), false},
		{"holes too wide", join(header, oneMemory, dataSection(row(0, 40, 300)...)), false},
		{"imported memory", join(header, importedMemory, dataSection(row(0, 40, 2)...)), false},
		{"passive segment", join(header, oneMemory, dataSection(append(row(0, 40, 2), passive)...)), false},
		{"computed offset", join(header, oneMemory, dataSection(append(row(0, 40, 2), computed)...)), false},
		{"overlapping segments", join(header, oneMemory, dataSection(append(row(0, 40, 2), active(3, "over"))...)), false},
		{"segments that overlap in a hole", join(header, oneMemory, dataSection(append([][]byte{active(12, "!")}, row(0, 40, 30)...)...)), false},
		{"count larger than the section", join(header, oneMemory, section(11, 0xff, 0xff, 3)), false},
		{"bytes after the last segment", join(header, oneMemory, section(11, join([]byte{40}, join(row(0, 40, 2)...), []byte{0})...)), false},
		{"section longer than the file", join(header, []byte{11, 0xff, 1, 0}), false},
		{"two data sections", join(header, oneMemory, dataSection(row(0, 40, 2)...), dataSection(row(0, 40, 2)...)), false},
		{"no data", join(header, oneMemory), false},
		{"not wasm", []byte("<!doctype html>"), false},
		{"empty", nil, false},
		{"a component", []byte{0, 'a', 's', 'm', 13, 0, 1, 0}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := bytes.Clone(c.body)
			got, ok := segments.Merge(c.body)
			if ok != c.want {
				t.Fatalf("merged: %v, want %v", ok, c.want)
			}
			if !bytes.Equal(c.body, before) {
				t.Fatal("the input was changed")
			}
			if !ok && !bytes.Equal(got, c.body) {
				t.Fatal("declined, but gave other bytes back")
			}
			if ok && c.name != "imports other than memories" {
				equalMemory(t, c.body, got)
			}
		})
	}
}

// equalMemory instantiates both and compares all of their memory.
func equalMemory(t *testing.T, a, b []byte) {
	t.Helper()
	var seen [2][]byte
	for i, body := range [][]byte{a, b} {
		rt := wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigInterpreter())
		defer rt.Close(context.Background())
		m, err := rt.InstantiateWithConfig(context.Background(), body, wazero.NewModuleConfig().WithName(""))
		if err != nil {
			t.Fatal(err)
		}
		seen[i], _ = m.Memory().Read(0, m.Memory().Size())
	}
	if !bytes.Equal(seen[0], seen[1]) {
		t.Fatal("the merged module lays its memory out differently")
	}
}

// A module whose code names a segment must not compile once merged, or memory.init would read
// another segment's bytes.
func TestCodeThatNamesSegmentsDoesNotCompileMerged(t *testing.T) {
	for _, c := range []struct {
		name string
		code []byte
	}{
		{"memory.init", []byte{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 3, 0, 0x0b}},
		{"data.drop", []byte{0xfc, 9, 3, 0x0b}},
	} {
		t.Run(c.name, func(t *testing.T) {
			fn := append([]byte{0}, c.code...)
			body := join(header, section(1, 1, 0x60, 0, 0), section(3, 1, 0), oneMemory, section(12, 40),
				section(10, join([]byte{1, byte(len(fn))}, fn)...), dataSection(row(0, 40, 2)...))
			merged, ok := segments.Merge(body)
			if !ok {
				return // declining is as good
			}
			rt := wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigInterpreter())
			defer rt.Close(context.Background())
			if _, err := rt.CompileModule(context.Background(), body); err != nil {
				t.Fatalf("the module under test is wrong: %v", err)
			}
			if _, err := rt.CompileModule(context.Background(), merged); err == nil {
				t.Fatal("the merged module compiles")
			}
		})
	}
}

func FuzzMerge(f *testing.F) {
	f.Add(join(header, oneMemory, dataSection(row(0, 40, 2)...)))
	f.Add(join(header, oneMemory, section(12, 40), dataSection(append(row(0, 20, 2), row(5000, 20, 30)...)...)))
	f.Fuzz(func(t *testing.T, body []byte) {
		merged, ok := segments.Merge(body)
		if !ok {
			return
		}
		ctx := context.Background()
		rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(16))
		defer rt.Close(ctx)
		anonymous := wazero.NewModuleConfig().WithName("").WithStartFunctions()
		a, err := rt.InstantiateWithConfig(ctx, body, anonymous)
		if err != nil {
			return // what did not load before need not load now: the caller falls back
		}
		b, err := rt.InstantiateWithConfig(ctx, merged, anonymous)
		if err != nil {
			return
		}
		if (a.Memory() == nil) != (b.Memory() == nil) {
			t.Fatal("a memory came or went")
		}
		if a.Memory() == nil {
			return
		}
		x, _ := a.Memory().Read(0, a.Memory().Size())
		y, _ := b.Memory().Read(0, b.Memory().Size())
		if !bytes.Equal(x, y) {
			t.Fatal("memory differs")
		}
	})
}
