// Package pool runs plugin calls in child processes, so that no plugin, whatever it does, can hang,
// crash or slow the process that asks.
//
// It has two sides. Pool, in the language server or the command line, keeps a few children, hands
// each one call at a time, and kills what does not end in time. Serve, in the child, reads calls
// and answers them through an Executor. What they say to each other is in wire.go and in
// docs/host-protocol.md. Neither side knows wazero: the command wires an Executor to Serve.
package pool

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// ProtocolVersion is the version of the language spoken between parent and child. Both come from
// one binary, so a mismatch means that the binary was replaced while the parent ran.
const ProtocolVersion = 1

// maxFrame bounds a frame's body in both directions, whatever its header claims.
const maxFrame = 64 << 20

// frameType says what a frame's body is.
type frameType byte

// From the parent.
const (
	frameHello   frameType = 'H' // hello: the first frame in both directions
	frameCall    frameType = 'C' // callMsg: answered by frameResult, then frameReady
	framePrepare frameType = 'P' // callMsg: compile and keep a spare, answered by frameReady
	frameTrim    frameType = 'T' // no body: give memory back, answered by nothing
)

// From the child.
const (
	framePhase  frameType = 'p' // phaseMsg: what the child is about to do
	frameEvent  frameType = 'e' // call.Event: seen during the call
	frameResult frameType = 'r' // resultMsg: the call is over
	frameReady  frameType = 'y' // readyMsg: the child has finished what follows a call and is idle
)

// Config is what a child is told once, before its first call.
type Config struct {
	CacheDir    string `json:"cache_dir,omitempty"`    // compiled modules on disk; empty: none
	CacheBudget int64  `json:"cache_budget,omitempty"` // bytes of module kept in memory; 0: the child's default
}

type hello struct {
	Version int    `json:"version"`
	Config  Config `json:"config,omitzero"` // parent to child only
}

type callMsg struct {
	Request call.Request `json:"request"`
	// Interpret allows the interpreter to answer for a big module that was never compiled.
	Interpret bool `json:"interpret,omitempty"`
	// Refuse lists SHA-256 sums of modules whose compilation ran out of time before.
	Refuse []string `json:"refuse,omitempty"`
}

type phaseMsg struct {
	Phase Phase  `json:"phase"`
	Sum   string `json:"sum,omitempty"` // hexadecimal SHA-256 of the module
}

type resultMsg struct {
	Result call.Result `json:"result"`
}

type readyMsg struct {
	Warm   bool       `json:"warm,omitempty"`   // the module is held compiled
	Retire bool       `json:"retire,omitempty"` // the child has grown too big to be kept
	Cache  CacheStats `json:"cache"`
}

// Phase is what a child does on the way to an answer. A child that answers from a compiled module
// it holds announces none.
type Phase string

const (
	// PhaseCompile starts a compilation; it has a time limit of its own.
	PhaseCompile Phase = "compile"
	// PhaseInterpret starts an interpreter's answer; the parent has the module compiled meanwhile.
	PhaseInterpret Phase = "interpret"
	// PhaseRun follows the others: guest code starts to run.
	PhaseRun Phase = "run"
)

// CacheStats are the figures of one or more children's module caches.
type CacheStats struct {
	Hits        uint64 `json:"hits"`
	Misses      uint64 `json:"misses"`
	Modules     int    `json:"modules"`
	BudgetBytes int64  `json:"budget_bytes"`
	UsedBytes   int64  `json:"used_bytes"`
}

var errFrameTooLarge = errors.New("frame larger than the protocol allows")

// headerSize is a frame's length (4 bytes, little endian, of the body) and type (1 byte).
const headerSize = 5

// appendFrame appends a frame whose body is v as JSON; nil is an empty body.
func appendFrame(b []byte, t frameType, v any) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0, byte(t))
	if v != nil {
		body, err := json.Marshal(v)
		if err != nil {
			return b[:start], fmt.Errorf("encode frame %q: %w", t, err)
		}
		b = append(b, body...)
	}
	n := len(b) - start - headerSize
	if n > maxFrame {
		return b[:start], fmt.Errorf("frame %q of %d bytes: %w", t, n, errFrameTooLarge)
	}
	binary.LittleEndian.PutUint32(b[start:], uint32(n))
	return b, nil
}

// frame is one message as read; body is the caller's to keep.
type frame struct {
	kind frameType
	body []byte
}

// readFrame reads one frame. The error is io.EOF only between frames.
func readFrame(r *bufio.Reader) (frame, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxFrame {
		return frame{}, fmt.Errorf("frame %q of %d bytes: %w", head[4], n, errFrameTooLarge)
	}
	f := frame{kind: frameType(head[4])}
	if n > 0 {
		f.body = make([]byte, 0, min(n, 64<<10)) // grows as bytes arrive, not as a length claims
		for uint32(len(f.body)) < n {
			if len(f.body) == cap(f.body) {
				f.body = append(f.body, 0)[:len(f.body)]
			}
			got, err := r.Read(f.body[len(f.body):min(cap(f.body), int(n))])
			f.body = f.body[:len(f.body)+got]
			if err != nil && uint32(len(f.body)) < n {
				if errors.Is(err, io.EOF) {
					err = io.ErrUnexpectedEOF
				}
				return frame{}, fmt.Errorf("read frame %q: %w", head[4], err)
			}
		}
	}
	return f, nil
}

func (f frame) decode(v any) error {
	if err := json.Unmarshal(f.body, v); err != nil {
		return fmt.Errorf("decode frame %q: %w", f.kind, err)
	}
	return nil
}
