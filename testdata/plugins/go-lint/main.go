//go:build wasip1

// Go-lint marks the lines of a saved file that still say TODO or FIXME.
//
// It is built as a reactor: the host calls _initialize once, then the exports below.
package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// The host's functions. A string arrives there as a pointer and a length.

//go:wasmimport samuel log
func hostLog(level, text string)

//go:wasmimport samuel fs_read
func hostFSRead(path string) uint64

//go:wasmimport samuel callback
func hostCallback(name, payload string) int32

//go:wasmexport samuel_protocol_version
func protocolVersion() int32 { return 1 }

//go:wasmexport health
func health() int32 { return 0 }

// pinned keeps what the host holds an address of out of the garbage collector's reach. An
// instance serves one call, so nothing is ever taken out again.
var pinned [][]byte

func pin(b []byte) unsafe.Pointer {
	pinned = append(pinned, b)
	return unsafe.Pointer(unsafe.SliceData(b))
}

//go:wasmexport samuel_alloc
func alloc(size uint32) unsafe.Pointer { return pin(make([]byte, max(size, 1))) }

// packed is an address and a length in one number, as the host takes and gives them.
func packed(b []byte) uint64 { return uint64(uintptr(pin(b)))<<32 | uint64(len(b)) }

func unpacked(p uint64) string {
	return unsafe.String((*byte)(unsafe.Pointer(uintptr(p>>32))), uint32(p))
}

type payload struct {
	Path string `json:"path"`
}

type finding struct {
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Severity  string `json:"severity"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
}

type answer struct {
	OK       bool   `json:"ok"`
	Reason   string `json:"reason,omitempty"`
	Findings int    `json:"findings"`
}

//go:wasmexport lint
func lint(address unsafe.Pointer, size uint32) uint64 {
	a := check(unsafe.String((*byte)(address), size))
	out, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return packed(out)
}

func check(input string) answer {
	var p payload
	if err := json.Unmarshal([]byte(input), &p); err != nil {
		return answer{Reason: "the payload is not JSON: " + err.Error()}
	}
	if p.Path == "" {
		hostLog("info", "no file was saved: nothing to check")
		return answer{OK: true}
	}
	callback("progress", map[string]string{"title": "lint", "message": p.Path})

	content := hostFSRead(p.Path)
	if content == 0 {
		return answer{Reason: "cannot read " + p.Path}
	}
	findings := find(p.Path, unpacked(content))
	callback("diagnostics", findings)
	hostLog("info", fmt.Sprintf("%s: %d unfinished", p.Path, len(findings)))
	return answer{OK: true, Findings: len(findings)}
}

// find returns a finding for each line that holds a marker.
func find(path, text string) []finding {
	found := []finding{}
	line := 0
	for content := range strings.Lines(text) {
		line++
		at, marker := len(content), ""
		for _, m := range []string{"TODO", "FIXME"} {
			if i := strings.Index(content, m); i >= 0 && i < at {
				at, marker = i, m
			}
		}
		if marker == "" {
			continue
		}
		column := utf8.RuneCountInString(content[:at]) + 1
		found = append(found, finding{
			Path: path, Line: line, Column: column, EndColumn: column + len(marker),
			Severity: "warning", Rule: "unfinished", Message: marker + " is left in this line",
		})
	}
	return found
}

func callback(name string, value any) {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	if hostCallback(name, string(b)) != 0 {
		hostLog("warn", "the host did not take "+name)
	}
}

func main() {} // never called: the module is a reactor
