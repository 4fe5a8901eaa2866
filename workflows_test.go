package arrows

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	used   = regexp.MustCompile(`(?m)\buses['"]?\s*:[ \t]*(\S.*)$`)
	pinned = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
)

// Actions of others are pinned to a commit, since a tag can be moved to another one. The comment is for
// people, and for tools that look for newer versions.
func TestActionsArePinned(t *testing.T) {
	files, err := filepath.Glob(".github/*/*.y*ml")
	if err != nil {
		t.Fatal(err)
	}
	uses := 0
	for _, file := range append(files, "action.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			uses++
			if action := strings.TrimSpace(m[1]); !pinned.MatchString(action) && action != "./" {
				t.Errorf("%s uses %q; want OWNER/NAME@COMMIT # vX.Y.Z, with all 40 digits of the commit", file, action)
			}
		}
	}
	if uses == 0 {
		t.Error("no workflow uses an action")
	}
}
