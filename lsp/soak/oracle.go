package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// agreement is how long the two servers may take to say the same.
const agreement = 30 * time.Second

// compare starts a fresh server on the present state and checks that it says what the old one says
// of every file: its diagnostics (but for what runs showed), symbols and formatted text.
func (e *editor) compare() error {
	if err := e.c.settle(); err != nil {
		return err
	}
	e.result.checks++
	home, err := os.MkdirTemp("", "soak-fresh")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	if err := os.Mkdir(filepath.Join(home, "tmp"), 0o700); err != nil {
		return err
	}
	fresh, err := e.session(home)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(agreement)
	for {
		difference, err := e.difference(fresh)
		if err != nil {
			return err
		}
		if difference == "" {
			kin := descendants(fresh.cmd.Process.Pid)
			if err := fresh.bye(); err != nil {
				return fmt.Errorf("the fresh server: %w", err)
			}
			return gone(kin)
		}
		if time.Now().After(deadline) {
			_ = fresh.cmd.Process.Kill()
			return fmt.Errorf("the server and a fresh one disagree: %s", difference)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// difference says what the two servers disagree about at this moment, "" for nothing.
func (e *editor) difference(fresh *client) (string, error) {
	for _, d := range e.docs {
		if !d.open || !d.manifest() {
			continue
		}
		methods := []string{"textDocument/documentSymbol", "textDocument/formatting"}
		if e.pull {
			methods = append(methods, "textDocument/diagnostic")
		}
		for _, method := range methods {
			params := map[string]any{"textDocument": map[string]string{"uri": d.uri}, "options": map[string]any{"tabSize": 2, "insertSpaces": true}}
			ours, err := e.c.answer(method, params)
			if err != nil {
				return "", err
			}
			theirs, err := fresh.answer(method, params)
			if err != nil {
				return "", err
			}
			e.result.compared++
			if !bytes.Equal(ours, theirs) {
				return fmt.Sprintf("%s of %s (%s)\nold:   %.2000s\nfresh: %.2000s\ntext: %q", method, d.uri, e.encoding, ours, theirs, d.text), nil
			}
		}
	}
	ours, theirs := e.c.findings(), fresh.findings()
	uris := slices.Sorted(maps.Keys(ours))
	for u := range theirs {
		uris = append(uris, u)
	}
	for _, u := range uris {
		if ours[u] != theirs[u] {
			text := "(not open)"
			for _, d := range e.docs {
				if d.uri == u && d.open {
					text = fmt.Sprintf("%q", d.text)
				}
			}
			return fmt.Sprintf("diagnostics of %s\nold:   %s\nfresh: %s\ntext: %s", u, ours[u], theirs[u], text), nil
		}
	}
	return "", nil
}

// answer is the result of a request, without what depends on earlier runs.
func (c *client) answer(method string, params any) ([]byte, error) {
	id := c.request(method, params)
	var q *request
	err := c.await("the answer to "+method, func() bool { q = c.pending[id]; return q.done })
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	delete(c.pending, id)
	c.mu.Unlock()
	if q.err != nil {
		return nil, fmt.Errorf("%s: %s", method, q.err)
	}
	if method != "textDocument/diagnostic" {
		return q.result, nil
	}
	var report struct{ Items []map[string]any }
	if err := json.Unmarshal(q.result, &report); err != nil {
		return nil, err
	}
	return []byte(lasting(report.Items)), nil
}

// lasting are the manifest's own diagnostics that hold whatever was run before, one a line.
func lasting(all []map[string]any) string {
	var lines []string
	for _, d := range all {
		if code, _ := d["code"].(string); d["source"] == "samuel" && !strings.HasPrefix(code, "run/") {
			lines = append(lines, string(mustJSON(d)))
		}
	}
	return strings.Join(lines, "\n")
}

// findings are the lasting diagnostics that were pushed, by URI.
func (c *client) findings() map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := map[string]string{}
	for u, raw := range c.published {
		var all []map[string]any
		if json.Unmarshal(raw, &all) != nil {
			found[u] = string(raw)
		} else if text := lasting(all); text != "" {
			found[u] = text
		}
	}
	return found
}
