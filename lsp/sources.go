package lsp

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

// Bounds of one search through a plugin's sources.
const (
	maxSourceEntries = 4000
	maxSourceFiles   = 300
	maxSourceSize    = 512 << 10
	maxSourceDepth   = 6
	maxSourceMatches = 100 // of one file
)

// sourcePlace is where a plugin's source defines an export.
type sourcePlace struct {
	path string
	text *text.Text
	// name is the function's name; spelled is the export's name where the source writes that apart
	// from the function's, zero where it doesn't.
	name, spelled tomlsyntax.Span
}

// location is the place as the client counts.
func (p sourcePlace) location(snap *Snapshot) protocol.Location {
	return protocol.Location{URI: fileURI(p.path), Range: p.rangeOf(snap, p.name)}
}

func (p sourcePlace) rangeOf(snap *Snapshot, span tomlsyntax.Span) protocol.Range {
	at := func(off int) protocol.Position {
		line, char := p.text.Position(off, snap.Client.Encoding)
		return protocol.Position{Line: line, Character: char}
	}
	return protocol.Range{Start: at(span.Start), End: at(span.End)}
}

// sourceExports finds where the sources in a plugin's folder define an export: Go's //go:wasmexport,
// Rust's no_mangle and export_name, C's export_name and visibility attributes and EXPORT macros,
// AssemblyScript's export. It reads the disk, within bounds, and passes over what others
// wrote or tools made.
func sourceExports(ctx context.Context, manifest, name string) []sourcePlace {
	if manifest == "" || name == "" {
		return nil
	}
	s := &sourceSearch{ctx: ctx, holds: []byte(name), pattern: regexp.QuoteMeta(name)}
	s.folder(filepath.Dir(manifest), 0)
	return s.found
}

// sourceExportNames are the names of all exports that the sources in a plugin's folder define.
func sourceExportNames(ctx context.Context, manifest string) []string {
	s := &sourceSearch{ctx: ctx, pattern: `[A-Za-z_]\w*`}
	if manifest != "" {
		s.folder(filepath.Dir(manifest), 0)
	}
	var names []string
	for _, p := range s.found {
		span := p.spelled
		if span == (tomlsyntax.Span{}) {
			span = p.name
		}
		names = append(names, p.text.String()[span.Start:span.End])
	}
	return unique(names)
}

type sourceSearch struct {
	ctx            context.Context
	holds          []byte // what a file must hold to be looked at closely
	pattern        string // what the export's name matches
	entries, files int
	found          []sourcePlace
}

func (s *sourceSearch) folder(dir string, depth int) {
	for _, e := range readSome(s.ctx, dir) {
		if s.entries++; s.entries > maxSourceEntries || s.ctx.Err() != nil {
			return
		}
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if depth < maxSourceDepth && !vendored(e.Name()) && e.Name() != "target" && !isFile(filepath.Join(path, ManifestName)) {
				s.folder(path, depth+1)
			}
		case e.Type().IsRegular() && exportPatterns(e.Name(), "x") != nil:
			s.file(path)
		}
	}
}

func (s *sourceSearch) file(path string) {
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxSourceSize || s.files == maxSourceFiles {
		return
	}
	s.files++
	content, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(content, s.holds) {
		return
	}
	whole, before := text.New(string(content)), len(s.found)
	for _, p := range exportPatterns(filepath.Base(path), s.pattern) {
		for _, m := range p.FindAllSubmatchIndex(content, maxSourceMatches) {
			place := sourcePlace{path: path, text: whole}
			for i, group := range p.SubexpNames() {
				span := tomlsyntax.Span{Start: max(0, m[2*i]), End: max(0, m[2*i+1])}
				switch group {
				case "name":
					place.name = span
				case "spelled":
					place.spelled = span
				}
			}
			if place.name == (tomlsyntax.Span{}) {
				place.name = place.spelled
			}
			if string(content[place.name.Start:place.name.End]) == "__attribute__" {
				continue // the parentheses of an attribute, and no function's
			}
			if !slices.ContainsFunc(s.found[before:], func(f sourcePlace) bool { return f.name == place.name }) {
				s.found = append(s.found, place)
			}
		}
	}
}

// exportPatterns finds the definition of exports whose names match x in a file of that name; nil
// for what is no source. Group name is the function's name, group spelled the export's.
func exportPatterns(file, x string) []*regexp.Regexp {
	var all []string
	switch strings.ToLower(filepath.Ext(file)) {
	case ".go":
		if strings.HasSuffix(file, "_test.go") {
			return nil
		}
		all = []string{`(?m)^//(?:go:wasmexport|export)[ \t]+(?P<spelled>` + x + `)[ \t]*\r?\n(?://.*\n)*func[ \t]+(?P<name>\w+)`}
	case ".rs":
		attribute := func(what string) string {
			return `#\[(?:cfg_attr\([^\]\n]*,[ \t]*)?(?:unsafe\()?[ \t]*` + what + `[ \t]*\)*\](?:\s|//.*\n|#\[[^\]]*\])*` +
				`(?:pub(?:\([^)]*\))?\s+)?(?:(?:unsafe|async|const|extern)\s+(?:"[^"]*"\s+)?)*fn\s+`
		}
		all = []string{
			attribute(`export_name[ \t]*=[ \t]*"(?P<spelled>`+x+`)"`) + `(?P<name>\w+)`,
			attribute(`no_mangle`) + `(?P<name>` + x + `)\b`,
		}
	case ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp":
		all = []string{
			`\b(?:\w*EXPORT\w*|export_name)[ \t]*\([ \t]*"(?P<spelled>` + x + `)"[ \t]*\)(?:[ \t]*\){0,2})[^;{}()]*?\b(?P<name>\w+)[ \t]*\(`,
			`\b(?P<name>\w+)[ \t]*\([^;{}]*?\)\s*__attribute__[ \t]*\(\([^;{}]*?\bexport_name[ \t]*\([ \t]*"(?P<spelled>` + x + `)"`,
			`\b\w*EXPORT\w*[ \t]*\([ \t]*(?P<spelled>` + x + `)[ \t]*\)`,
			`\b(?:\w*EXPORT\w*|EMSCRIPTEN_KEEPALIVE)\s+[^;{}()"#]*?\b(?P<name>` + x + `)[ \t]*\(`,
			`\bvisibility[ \t]*\([ \t]*"default"[ \t]*\)[^;{}()]*\)\)\s*[^;{}()"#]*?\b(?P<name>` + x + `)[ \t]*\(`,
		}
	case ".ts":
		all = []string{
			`(?m)^[ \t]*export\s+function\s+(?P<name>` + x + `)\b`,
			`\bexport\s*\{(?:[^}]*,)?\s*(?P<name>` + x + `)\s*[,}]`,
			`\bexport\s*\{(?:[^}]*,)?\s*(?P<name>\w+)\s+as\s+(?P<spelled>` + x + `)\s*[,}]`,
		}
	}
	var compiled []*regexp.Regexp
	for _, p := range all {
		if re, err := regexp.Compile(p); err == nil {
			compiled = append(compiled, re)
		}
	}
	return compiled
}
