package lsp

import (
	"net/url"
	"path/filepath"
	"strings"

	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
)

// documentID is how a document is named: its key, the client's own spelling, and its file.
type documentID struct {
	key  uri.URI
	wire string
	path string // "" if it is no file
}

// identify normalises a URI as the client spells it. Clients differ in what they escape, in the
// case of escapes and of a drive's letter, and one client may spell one document in two ways.
// What cannot be parsed names a document too, if only one without a file.
func identify(wire string) documentID {
	u, err := uri.Parse(wire)
	if err != nil || wire == "" || !strings.Contains(wire, ":") {
		return documentID{key: uri.URI(wire), wire: wire}
	}
	id := documentID{key: u, wire: wire}
	if !u.IsFile() {
		return id
	}
	path := filepath.Clean(u.FsPath())
	if !filepath.IsAbs(path) {
		return id
	}
	id.path = path
	if u.Authority() == "" || strings.EqualFold(u.Authority(), "localhost") {
		id.key = fileURI(path)
	}
	return id
}

// name is the last part of the path that the URI has, also where it names no file of this machine:
// documents of other machines, of editors' own file systems, and not yet saved ones.
func (id documentID) name() string {
	if id.path != "" {
		return filepath.Base(id.path)
	}
	wire := id.wire
	if i := strings.IndexAny(wire, "?#"); i >= 0 {
		wire = wire[:i]
	}
	wire = wire[strings.LastIndexAny(wire, "/:")+1:]
	if name, err := url.PathUnescape(wire); err == nil {
		return name
	}
	return wire
}

// fileURI returns the normalised URI of a file.
func fileURI(path string) uri.URI { return uri.File(filepath.ToSlash(path)) }

// normalise returns the key of a URI that package protocol has decoded.
func normalise(u uri.URI) uri.URI { return identify(string(u)).key }

// within reports whether path is dir or lies below it.
func within(dir, path string) bool { return project.Within(dir, path) }
