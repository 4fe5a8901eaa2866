package lsp

import (
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
	// maxFoundIn bounds the files that are read to place findings in, in bytes.
	maxFoundIn = 8 << 20
)

// pluginFindings are what a plugin reports by callback("diagnostics", [..]) in one run.
type pluginFindings struct {
	decoder runlog.Decoder
	byFile  map[uri.URI][]protocol.Diagnostic
	texts   map[string]*text.Text // of the files spoken of, nil: cannot be read
}

// add takes one payload. It returns what the plugin's author should know about what was refused.
func (f *pluginFindings) add(s *Server, p *plugin, payload []byte) (notes []string) {
	snap := s.Snapshot()
	return f.decoder.Decode(payload, func(item runlog.Finding) error { return f.place(snap, p, item) })
}

func (f *pluginFindings) place(snap *Snapshot, p *plugin, item runlog.Finding) error {
	file, ok := p.hostPath(item.Path)
	if !ok {
		return fmt.Errorf("its path %q lies outside of %s", runlog.Clip(item.Path, 200), project.GuestRoot)
	}
	key := fileURI(file)
	if f.byFile == nil {
		f.byFile = make(map[uri.URI][]protocol.Diagnostic)
		f.texts = make(map[string]*text.Text)
	}
	content, ok := f.texts[file]
	if !ok {
		if real, err := filepath.EvalSymlinks(file); err == nil && !within(realPath(p.root), real) {
			return fmt.Errorf("its path %q leads out of %s by a symbolic link", runlog.Clip(item.Path, 200), project.GuestRoot)
		}
		content = readText(file)
		f.texts[file] = content
	}
	if content == nil {
		return fmt.Errorf("its file %q cannot be read", runlog.Clip(item.Path, 200))
	}
	d := protocol.Diagnostic{
		Range:    findingRange(content, item, snap.Client.Encoding),
		Severity: findingSeverity(item.Severity),
		Message:  protocol.String(runlog.Clip(runlog.Plain(item.Message), maxFindingText)),
	}
	d.Source.Set(p.manifest.Name)
	if item.Rule != "" {
		d.Code = protocol.String(runlog.Clip(runlog.OneLine(item.Rule), 100))
	}
	f.byFile[key] = append(f.byFile[key], d)
	return nil
}

// readText returns a file as it is saved: that is what the plugin saw.
func readText(file string) *text.Text {
	// Asked before opening, which would wait for a writer if it were a pipe.
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFoundIn {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFoundIn))
	if err != nil {
		return nil
	}
	return text.New(strings.ToValidUTF8(string(data), "\uFFFD"))
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
