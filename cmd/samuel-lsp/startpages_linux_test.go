package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPristineMappings(t *testing.T) {
	const smaps = `00400000-00d80000 r-xp 00000000 fe:00 7 /bin/it
Rss:                7488 kB
Anonymous:             0 kB
00d80000-01771000 r--p 00980000 fe:00 7 /bin/it
Rss:                6852 kB
Anonymous:             4 kB
01771000-017f8000 rw-p 01371000 fe:00 7 /bin/it
Anonymous:             0 kB
01800000-01900000 r--p 00000000 fe:00 8 /bin/other
Anonymous:             0 kB
01900000-01a00000 r--p 00000000 fe:00 7 /bin/it (deleted)
Anonymous:             0 kB
01b00000-01c00000 r--p 00000000 00:00 0
Anonymous:             0 kB
`
	got := pristineMappings([]byte(smaps), "/bin/it")
	if diff := cmp.Diff([]mapping{{0x400000, 0xd80000}}, got, cmp.AllowUnexported(mapping{})); diff != "" {
		t.Error("only what is as in the file, and cannot be written, may be dropped:\n", diff)
	}
}

// TestProgramRunsOnWithoutItsStartPages drops the pages of this very program, also of one that was
// relocated, and goes on.
func TestProgramRunsOnWithoutItsStartPages(t *testing.T) {
	dropStartPages()
	if out, err := exec.Command(os.Args[0], "-test.run=^$").CombinedOutput(); err != nil {
		t.Errorf("the program does not run any more: %v\n%s", err, out)
	}
}
