package lsp

import (
	"encoding/json"
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
	// maxFindings bounds the findings of one run.
	maxFindings = 5000
	// maxFindingText bounds a finding's message, in bytes.
	maxFindingText = 4000
	// maxFoundIn bounds the files that are read to place findings in, in bytes.
	maxFoundIn = 8 << 20
)

// pluginFindings are what a plugin reports by callback("diagnostics", [..]) in one run.
type pluginFindings struct {
	count  int
	byFile map[uri.URI][]protocol.Diagnostic
	texts  map[string]*text.Text // of the files spoken of, nil: cannot be read
	full   bool
}

// finding is one of them, as plugins write it. Lines count from 1, columns in code points from 1.
type finding struct {
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Severity  string `json:"severity"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
}

// add takes one payload. It returns what the plugin's author should know about what was refused.
func (f *pluginFindings) add(s *Server, p *plugin, payload []byte) (notes []string) {
	var items []json.RawMessage
	if err := json.Unmarshal(payload, &items); err != nil {
		return []string{fmt.Sprintf("callback diagnostics: the payload must be a list of findings: %v", err)}
	}
	snap := s.Snapshot()
	refused := 0
	for _, raw := range items {
		if f.count >= maxFindings {
			if !f.full {
				f.full = true
				notes = append(notes, fmt.Sprintf("callback diagnostics: more than %d findings in one run; the rest is left out", maxFindings))
			}
			break
		}
		var item finding
		err := json.Unmarshal(raw, &item)
		if err == nil {
			err = f.place(snap, p, item)
		}
		if err != nil {
			if refused++; refused <= 5 {
				notes = append(notes, fmt.Sprintf("callback diagnostics: a finding is left out: %v", err))
			}
		}
	}
	if refused > 5 {
		notes = append(notes, fmt.Sprintf("callback diagnostics: %d more findings are left out", refused-5))
	}
	return notes
}

func (f *pluginFindings) place(snap *Snapshot, p *plugin, item finding) error {
	if item.Message == "" {
		return fmt.Errorf("it has no message")
	}
	if item.Line < 1 {
		return fmt.Errorf("its line is %d; lines count from 1", item.Line)
	}
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
	f.count++
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
func findingRange(t *text.Text, item finding, enc text.Encoding) protocol.Range {
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
