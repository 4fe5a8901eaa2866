package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"
)

// The system's clock is nobody's to set for a test, and a Go program asks no library that could be
// exchanged. It asks the page of code that the kernel maps into every process (the vDSO), and each
// process has its own: what is written there changes the time for that process alone.

// ahead replaces clock_gettime: it asks the kernel, and adds to the wall clock what stands behind it.
var ahead = []byte{
	0xb8, 0xe4, 0, 0, 0, // mov eax, SYS_clock_gettime
	0x0f, 0x05, // syscall
	0x85, 0xff, // test edi, edi: CLOCK_REALTIME is 0
	0x75, 0x0a, // jne to the end
	0x48, 0x8b, 0x0d, 0x04, 0, 0, 0, // mov rcx, [rip+4]: the seconds
	0x48, 0x01, 0x0e, // add [rsi], rcx
	0xc3, // ret
}

// room is what ahead takes, with its number of seconds.
var room = len(ahead) + 8

// jump makes the wall clock of a server and of all processes below it differ from the system's by d.
func jump(server int, d time.Duration) error {
	if err := setAhead(server, d); err != nil {
		return fmt.Errorf("setting the clock of the server: %w", err)
	}
	for _, p := range descendants(server) {
		if err := setAhead(p.pid, d); err != nil && !passing(err) {
			return fmt.Errorf("setting the clock of a child: %w", err)
		}
	}
	return nil
}

// passing reports whether an error speaks of a process that just begins or ends, and has no memory.
func passing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EIO) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// setAhead sets the clock of one process, which stands still meanwhile.
func setAhead(pid int, d time.Duration) error {
	base, image, err := vdso(pid)
	if err != nil {
		return err
	}
	entry, err := clockGettime(image)
	if err != nil {
		return err
	}
	place := len(image) - room
	code := binary.LittleEndian.AppendUint64(bytes.Clone(ahead), uint64(d/time.Second))
	jmp := binary.LittleEndian.AppendUint32([]byte{0xe9}, uint32(place-(entry+5)))
	patched := bytes.HasPrefix(image[entry:], jmp)
	if !patched && len(bytes.Trim(image[place:], "\x00")) > 0 {
		return errors.New("the vDSO has no room")
	}
	mem, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer mem.Close()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		return err
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }() // it may be gone
	if err := stopped(pid); err != nil {
		return err
	}
	if _, err := mem.WriteAt(code, base+int64(place)); err != nil || patched {
		return err
	}
	_, err = mem.WriteAt(jmp, base+int64(entry))
	return err
}

// vdso is where a process has that page of code, and what is in it.
func vdso(pid int) (base int64, image []byte, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return 0, nil, err
	}
	for line := range strings.Lines(string(maps)) {
		var end int64
		if !strings.HasSuffix(line, "[vdso]\n") {
			continue
		}
		if _, err := fmt.Sscanf(line, "%x-%x", &base, &end); err != nil {
			return 0, nil, err
		}
		mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
		if err != nil {
			return 0, nil, err
		}
		defer mem.Close()
		image = make([]byte, end-base)
		_, err = mem.ReadAt(image, base)
		return base, image, err
	}
	return 0, nil, fmt.Errorf("the process has no vDSO: %w", fs.ErrNotExist)
}

// clockGettime is where the function lies in the page.
func clockGettime(image []byte) (int, error) {
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return 0, err
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return 0, err
	}
	for _, s := range symbols {
		if s.Name == "__vdso_clock_gettime" {
			return int(s.Value), nil
		}
	}
	return 0, errors.New("the vDSO has no __vdso_clock_gettime")
}

// stopped waits until no thread of a process runs.
func stopped(pid int) error {
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		if err != nil {
			return err
		}
		running := 0
		for _, t := range tasks {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pid, t.Name()))
			if err != nil {
				continue // the thread is gone
			}
			_, rest, _ := strings.Cut(string(stat), ") ")
			if strings.HasPrefix(rest, "Z") || strings.HasPrefix(rest, "X") {
				return fs.ErrNotExist
			}
			if !strings.HasPrefix(rest, "T") {
				running++
			}
		}
		if running == 0 {
			return nil
		}
	}
	return errors.New("it does not stop")
}
