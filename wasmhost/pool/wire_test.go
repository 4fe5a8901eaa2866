package pool

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

func header(kind frameType, length uint32) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, length), byte(kind))
}

func TestReadFrame(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		kind frameType
		body string
		err  string
	}{
		{name: "empty body", in: header(frameTrim, 0), kind: frameTrim},
		{name: "body", in: append(header(frameEvent, 2), "{}"...), kind: frameEvent, body: "{}"},
		{name: "body above the first buffer", in: append(header(frameEvent, 200_000), strings.Repeat("x", 200_000)...), kind: frameEvent, body: strings.Repeat("x", 200_000)},
		{name: "what follows is left", in: append(header(frameEvent, 1), "ab"...), kind: frameEvent, body: "a"},
		{name: "end", err: "EOF"},
		{name: "end in the header", in: []byte{1, 0}, err: "unexpected EOF"},
		{name: "end in the body", in: append(header(frameEvent, 9), "ab"...), err: "unexpected EOF"},
		{name: "end at once where a large body was claimed", in: header(frameEvent, maxFrame), err: "unexpected EOF"},
		{name: "too large", in: header(frameEvent, maxFrame+1), err: "larger than the protocol allows"},
		{name: "text", in: []byte("PASS\n"), err: "larger than the protocol allows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := readFrame(bufio.NewReader(bytes.NewReader(c.in)))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("got %v, want %q", err, c.err)
				}
				return
			}
			if err != nil || f.kind != c.kind || string(f.body) != c.body {
				t.Fatalf("got %q of %d bytes, %v", f.kind, len(f.body), err)
			}
		})
	}
}

func TestServeRefusesStrangers(t *testing.T) {
	greeting, err := appendFrame(nil, frameHello, hello{Version: ProtocolVersion})
	if err != nil {
		t.Fatal(err)
	}
	other, err := appendFrame(nil, frameHello, hello{Version: ProtocolVersion + 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		in   []byte
		err  string
	}{
		{"nothing", nil, ""},
		{"only a hello", greeting, ""},
		{"another version", other, "speaks version 2"},
		{"no hello", header(frameTrim, 0), "want a hello"},
		{"a hello that is none", append(header(frameHello, 2), "[]"...), "decode frame"},
		{"an unknown frame", append(bytes.Clone(greeting), append(header('?', 0), header(frameTrim, 0)...)...), "none that a host understands"},
		{"a call that is none", append(bytes.Clone(greeting), append(append(header(frameCall, 1), '['), header(frameTrim, 0)...)...), "decode frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := serve(t.Context(), bytes.NewReader(c.in), io.Discard, openFake)
			switch {
			case c.err == "" && err != nil:
				t.Fatal(err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Fatalf("got %v, want %q", err, c.err)
			}
		})
	}
}

func FuzzFrames(f *testing.F) {
	for _, v := range []any{nil, hello{Version: 1}, callMsg{Request: call.Request{Kind: call.Probe}}, readyMsg{Warm: true}} {
		b, err := appendFrame(nil, frameCall, v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(append(b, b...))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bufio.NewReader(bytes.NewReader(in))
		var out []byte
		for {
			got, err := readFrame(r)
			if err != nil {
				if errors.Is(err, io.EOF) && !bytes.Equal(out, in) {
					t.Fatal("frames were read that do not add up to the input")
				}
				return
			}
			out = append(append(out, header(got.kind, uint32(len(got.body)))...), got.body...)
		}
	})
}
