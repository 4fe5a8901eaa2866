package sources

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

var errNoMatch = errors.New("no file matches")

// pattern takes what a pattern matches as if it had been named: folders are searched. A last element
// that matches every name (*, **) means manifests alone, not the modules and sources beside them.
func (f *finder) pattern(ctx context.Context, arg string) {
	pattern := filepath.ToSlash(arg)
	dir, last := path.Split(pattern)
	if last == "**" {
		pattern = path.Clean(dir) // searching a folder goes to any depth
	}
	every := last == "**" || last == "*"
	matches, err := doublestar.FilepathGlob(filepath.FromSlash(pattern), doublestar.WithNoFollow())
	if err != nil {
		f.failed(arg, fmt.Errorf("the pattern is malformed: %w", err))
		return
	}
	matched := false
	for _, m := range matches {
		if skipped(m, pattern) {
			continue
		}
		info, err := os.Stat(m)
		switch {
		case err == nil && info.IsDir():
			f.folder(ctx, m)
		case every && filepath.Base(m) != project.ManifestName:
			continue
		case err != nil:
			f.failed(arg, err)
		default:
			f.add(m)
		}
		matched = true
	}
	if !matched {
		f.failed(arg, errNoMatch)
	}
}

// skipped says whether a match lies in a folder that is never searched and that the pattern does not
// name itself.
func skipped(match, pattern string) bool {
	named := strings.Split(pattern, "/")
	for element := range strings.SplitSeq(filepath.ToSlash(match), "/") {
		if project.Skipped(element) && !slices.Contains(named, element) {
			return true
		}
	}
	return false
}
