package main

import (
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// doc is one document as the editor has it.
type doc struct {
	uri, path string
	text      string
	version   int
	open      bool
}

func (e *editor) newDoc(path string) *doc {
	d := &doc{uri: fileURI(path), path: path, text: "package main\n"}
	if d.manifest() {
		d.text = manifest
	}
	return d
}

func (d *doc) manifest() bool { return filepath.Base(d.path) == "samuel-plugin.toml" }

// opened are the parameters of didOpen.
func (d *doc) opened() any {
	return map[string]any{"textDocument": map[string]any{"uri": d.uri, "languageId": "toml", "version": d.version, "text": d.text}}
}

func fileURI(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// units is the length of s as the encoding counts.
func units(s, encoding string) int {
	switch encoding {
	case "utf-8":
		return len(s)
	case "utf-32":
		return utf8.RuneCountInString(s)
	}
	return len(utf16.Encode([]rune(s)))
}

// at is the position of a byte offset, found by walking the text: slow, and hard to get wrong.
func at(text string, offset int, encoding string) position {
	var p position
	start := 0
	for i := 0; i < offset; i++ {
		switch {
		case text[i] == '\n', text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			p.Line++
			start = i + 1
		}
	}
	p.Character = units(text[start:offset], encoding)
	return p
}

// offset is the byte offset of a position, in or out of range: a line behind the last is the end of
// the text, a character behind the end of its line is that end, and one inside a code point is the
// start of that.
func offset(text string, p position, encoding string) int {
	start := 0
	for line := 0; line < p.Line; line++ {
		n := strings.IndexAny(text[start:], "\r\n")
		if n < 0 {
			return len(text)
		}
		start += n + 1
		if text[start-1] == '\r' && start < len(text) && text[start] == '\n' {
			start++
		}
	}
	end := len(text)
	if n := strings.IndexAny(text[start:], "\r\n"); n >= 0 {
		end = start + n
	}
	i := start
	for _, c := range text[start:end] {
		if p.Character -= units(string(c), encoding); p.Character < 0 {
			break
		}
		i += utf8.RuneLen(c)
	}
	return i
}

// boundary moves an offset down to the start of a character, and out of the middle of a \r\n.
func boundary(text string, offset int) int {
	for offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]) {
		offset--
	}
	if offset > 0 && offset < len(text) && text[offset] == '\n' && text[offset-1] == '\r' {
		offset--
	}
	return offset
}

var snippets = []string{
	"\n", "\r\n", " ", "\"", "'", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\\", "\t", "\u00e9", "\U0001f389", "\u65e5\u672c", "e\u0301", "\x00",
	"name", "kind = \"wasm\"", "exports = [\"run\"]", "\n[capabilities]\n", "\n[capabilities.filesystem]\nread = [\"/workspace/**\"]\n",
	"hosts = [\"https://a.com\"]", "\n[hooks]\n\"quality.check\" = \"run\"\n", "timeout = \"5s\"", "max_memory = 99999", "\"\"\"", "'''",
	"# samuel-lsp: ignore[schema/unknown-key]\n", "version = \"1.0\"", "2026-03-14T08:30:00Z", "0x", "1e", "true", "protocol = \"^9\"",
	"\n[wasm]\nmodule = \"plugin.wasm\"\n", "\n[requires]\na = \"^1 || 2\"\n", "[plugin]\nname=1\n", "a.b.c = 1\n",
}

func snippet(r *rand.Rand) string {
	if r.IntN(40) == 0 {
		return strings.Repeat(snippets[r.IntN(len(snippets))], 1+r.IntN(200))
	}
	return snippets[r.IntN(len(snippets))]
}

const manifest = `name = "tidy"
version = "0.1.0"
kind = "wasm"
summary = "été 🎉"
license = "MIT"

[samuel]
framework = "^2.3"
protocol = "^1"

[provides]
hooks = ["quality.check"]

[capabilities.filesystem]
read = ["/workspace/**"]

[wasm]
module = "plugin.wasm"
exports = ["run"]

[hooks]
"quality.check" = "run"

[runtime]
max_memory = 16
timeout = "1s"
hard_timeout = "2s"
`
