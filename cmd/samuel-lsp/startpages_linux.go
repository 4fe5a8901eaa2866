package main

import (
	"bufio"
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// dropStartPages gives the pages of the program's own file back that only its start needed: the
// initialisation of everything that is linked touches most of the file, and what was touched stays
// resident although a process that waits needs a sixth of it. What is needed again
// comes back from the system's cache of the file.
func dropStartPages() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	// Unlike maps, smaps tells whether pages differ from the file.
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, m := range pristineMappings(smaps, self) {
		// Failing changes nothing but how much is resident.
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.start, m.end-m.start, unix.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct{ start, end uintptr }

// pristineMappings returns the mappings of a file, in the kernel's /proc/PID/smaps, that cannot be
// written to and of which no page was: a relocated or patched page is nowhere but in memory.
func pristineMappings(smaps []byte, file string) []mapping {
	var all []mapping
	var current mapping
	lines := bufio.NewScanner(bytes.NewReader(smaps))
	for lines.Scan() {
		fields := bytes.Fields(lines.Bytes())
		if m, ok := mappingOf(fields); ok {
			// address perms offset dev inode path; a path with spaces or a deleted file is not ours.
			current = mapping{}
			if len(fields) == 6 && string(fields[5]) == file && fields[1][1] == '-' {
				current = m
			}
			continue
		}
		if current != (mapping{}) && len(fields) >= 2 && string(fields[0]) == "Anonymous:" && string(fields[1]) == "0" {
			all = append(all, current)
		}
	}
	return all
}

// mappingOf parses the first line of a mapping's entry.
func mappingOf(fields [][]byte) (mapping, bool) {
	if len(fields) < 5 || len(fields[1]) != 4 {
		return mapping{}, false
	}
	from, to, ok := bytes.Cut(fields[0], []byte("-"))
	if !ok {
		return mapping{}, false
	}
	start, err1 := strconv.ParseUint(string(from), 16, 64)
	end, err2 := strconv.ParseUint(string(to), 16, 64)
	return mapping{uintptr(start), uintptr(end)}, err1 == nil && err2 == nil
}
