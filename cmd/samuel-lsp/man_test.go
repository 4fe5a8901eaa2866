package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestManText(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"dashes", "--json", `\-\-json`},
		{"backslash", `C:\x`, `C:\ex`},
		{"dot at the start of a line", "a\n.samuel/x", "a\n\\&.samuel/x"},
		{"quote at the start of a line", "'x'", `\&'x'`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := manText(tc.in); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestManPages(t *testing.T) {
	root, dir := rootCommand(), t.TempDir()
	if err := writeManTree(root, dir, time.Unix(0, 0).UTC()); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		page, err := os.ReadFile(filepath.Join(dir, manName(cmd)+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasPrefix(string(page), ".TH ") || !strings.Contains(string(page), "1970") || !strings.Contains(string(page), ".SH SEE ALSO\n\\fBsamuel\\-lsp\\fR(1)") {
			t.Errorf("%s: %s", cmd.Name(), page)
		}
	}
}
