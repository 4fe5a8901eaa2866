package lsp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/samuelpkg/samuel-lsp/lsp/project"
	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
	"github.com/samuelpkg/samuel-lsp/lsp/text"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/tomlsyntax"
)

const (
	// maxFindingText bounds a finding's message, in bytes.
	maxFindingText = 4000
	// maxFoundIn bounds one file that is read to place findings in, and maxFoundRead all of them
	// for one run, in bytes.
	maxFoundIn   = 8 << 20
	maxFoundRead = 64 << 20
)

// pluginFindings are what a plugin reports by callback("diagnostics", [..]) in one run.
type pluginFindings struct {
	decoder runlog.Decoder
	items   []placedFinding
}

// placedFinding is a finding with its file on this machine.
type placedFinding struct {
	runlog.Finding
	file string
}

// take takes one payload. It returns what the plugin's author should know about what was refused.
func (f *pluginFindings) take(p *plugin, payload []byte) (notes []string) {
	return f.decoder.Decode(payload, func(item runlog.Finding) error {
		file, ok := p.hostPath(item.Path)
		if !ok {
			return fmt.Errorf("its path %q lies outside of %s", runlog.Clip(item.Path, 200), project.GuestRoot)
		}
		item.Message = runlog.Clip(runlog.Plain(item.Message), maxFindingText)
		item.Rule = runlog.Clip(runlog.OneLine(item.Rule), 100)
		f.items = append(f.items, placedFinding{item, file})
		return nil
	})
}

// place makes diagnostics of the findings, in the files as they are saved: that is what the plugin
// saw. It reads them.
func (f *pluginFindings) place(snap *Snapshot, p *plugin) (found map[uri.URI][]protocol.Diagnostic, notes []string) {
	found = make(map[uri.URI][]protocol.Diagnostic)
	if len(f.items) == 0 {
		return found, nil
	}
	texts := make(map[string]*text.Text)
	root, budget := realPath(p.root), int64(maxFoundRead)
	for _, item := range f.items {
		content, known := texts[item.file]
		if !known {
			var err error
			if content, err = readFound(root, item.file, budget); err != nil {
				notes = append(notes, f.decoder.Refuse(fmt.Sprintf("findings are left out: their file %q %v", runlog.Clip(item.Path, 200), err))...)
			} else {
				budget -= int64(content.Len())
			}
			texts[item.file] = content
		}
		if content == nil {
			continue
		}
		d := protocol.Diagnostic{
			Range:    findingRange(content, item.Finding, snap.Client.Encoding),
			Severity: findingSeverity(item.Severity), Message: protocol.String(item.Message),
		}
		d.Source.Set(p.name)
		if item.Rule != "" {
			d.Code = protocol.String(item.Rule)
		}
		key := fileURI(item.file)
		found[key] = append(found[key], d)
	}
	return found, notes
}

// readFound returns a file below root, whose symbolic links were followed, of at most budget bytes.
func readFound(root, file string, budget int64) (*text.Text, error) {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return nil, errors.New("is not there")
	}
	if !within(root, real) {
		return nil, fmt.Errorf("leads out of %s by a symbolic link", project.GuestRoot)
	}
	// Asked before opening, which would wait for a writer if it were a pipe.
	info, err := os.Stat(real)
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	if info.Size() > min(maxFoundIn, budget) {
		return nil, fmt.Errorf("is too large: %d bytes are read at most, %d of all files of a run", maxFoundIn, maxFoundRead)
	}
	f, err := os.Open(real)
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFoundIn))
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	return text.New(strings.ToValidUTF8(string(data), "\uFFFD")), nil
}

// findingRange places a finding, clamped to the file. One without a column is the whole line
// without its indentation; one without an end is the word it starts at.
func findingRange(t *text.Text, item runlog.Finding, enc text.Encoding) protocol.Range {
	line := min(item.Line, t.Lines()) - 1
	start, end := t.LineStart(line), t.LineEnd(line)
	content := t.String()[start:end]
	span := tomlsyntax.Span{Start: start + len(content) - len(strings.TrimLeft(content, " \t")), End: start + len(strings.TrimRight(content, " \t\r"))}
	if item.Column >= 1 && item.Line-1 == line {
		span.Start = t.Offset(uint32(line), uint32(min(item.Column-1, len(content))), text.UTF32)
		span.End = wordEnd(t.String(), span.Start, end)
	}
	if item.EndColumn >= 1 {
		last := line
		if item.EndLine > item.Line {
			last = min(item.EndLine, t.Lines()) - 1
		}
		span.End = t.Offset(uint32(last), uint32(min(item.EndColumn-1, maxFoundIn)), text.UTF32)
	} else if item.EndLine > item.Line {
		span.End = t.LineEnd(min(item.EndLine, t.Lines()) - 1)
	}
	span.End = max(span.Start, span.End)
	var r protocol.Range
	r.Start.Line, r.Start.Character = t.Position(span.Start, enc)
	r.End.Line, r.End.Character = t.Position(span.End, enc)
	return r
}

// wordEnd is the end of the word at an offset, at least one character further if the line has one.
func wordEnd(s string, off, end int) int {
	word := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
	}
	i := off
	for i < end && word(s[i]) {
		i++
	}
	if i == off && i < end {
		i++
	}
	return i
}

func findingSeverity(s string) protocol.DiagnosticSeverity {
	switch s {
	case "error":
		return protocol.DiagnosticSeverityError
	case "info", "information", "note":
		return protocol.DiagnosticSeverityInformation
	case "hint":
		return protocol.DiagnosticSeverityHint
	}
	return protocol.DiagnosticSeverityWarning
}

// realPath is a path with its symbolic links followed, itself where that fails.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
