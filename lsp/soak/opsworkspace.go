package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// rename moves a plugin's folder away and what was open in it with it, or back.
func (e *editor) rename() error {
	d := e.one(isManifest)
	from := filepath.Dir(d.path)
	to := from + "-moved"
	if filepath.Base(from) == "tidy-moved" || filepath.Base(from) == "other-moved" || filepath.Base(from) == "far-moved" {
		to = from[:len(from)-len("-moved")]
	}
	if err := os.MkdirAll(from, 0o755); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("renaming in the workspace: %w", err)
	}
	var files []any
	for _, d := range e.docs {
		if filepath.Dir(d.path) != from {
			continue
		}
		if d.open {
			e.c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]string{"uri": d.uri}})
		}
		old := d.uri
		d.path = filepath.Join(to, filepath.Base(d.path))
		d.uri = fileURI(d.path)
		e.c.moved(old, d.uri)
		files = append(files, map[string]string{"oldUri": old, "newUri": d.uri})
		e.c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{
			map[string]any{"uri": old, "type": 3}, map[string]any{"uri": d.uri, "type": 1},
		}})
		if d.open {
			d.version++
			e.c.notify("textDocument/didOpen", d.opened())
		}
	}
	e.watched(filepath.Join(from, "plugin.wasm"), 3)
	e.watched(filepath.Join(to, "plugin.wasm"), 1)
	e.c.notify("workspace/didRenameFiles", map[string]any{"files": files})
	return nil
}

// changeFolders adds the second folder to the workspace, or takes it away.
func (e *editor) changeFolders() error {
	folder := []any{map[string]string{"uri": fileURI(e.more), "name": "more"}}
	event := map[string]any{"added": folder, "removed": []any{}}
	if e.hasMore {
		event = map[string]any{"added": []any{}, "removed": folder}
	}
	e.hasMore = !e.hasMore
	e.c.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": event})
	return nil
}

var settings = []any{
	nil, 7, "on",
	[]any{},
	map[string]any{},
	map[string]any{"hooks": map[string]any{"runOnSave": false}},
	map[string]any{"hooks": map[string]any{"runOnSave": "yes", "maxParallel": -1, "events": map[string]any{}}},
	map[string]any{"hooks": map[string]any{"maxParallel": 1, "runUnbound": "always"}},
	map[string]any{"hooks": map[string]any{"maxParallel": 4, "events": []string{"quality.check", "sync.after"}}},
	map[string]any{"rules": map[string]any{"schema": "warning", "capability/risky": "off"}},
	map[string]any{"rules": map[string]any{"no/such": "loud", "hook": 3, "version": "error"}},
	map[string]any{"framework": map[string]any{"version": "1.9.0"}},
	map[string]any{"framework": map[string]any{"version": "new"}},
	map[string]any{"cache": map[string]any{"budgetMiB": 1}},
	map[string]any{"cache": map[string]any{"budgetMiB": 1e300, "dir": "."}},
	map[string]any{"codeLens": map[string]any{"enable": false}, "inlayHints": 4, "unheard": true},
}

func (e *editor) changeSettings() error {
	e.settings = settings[e.r.IntN(len(settings))]
	e.c.mu.Lock()
	e.c.settings = e.settings
	e.c.mu.Unlock()
	e.c.notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	return nil
}

// visitor is a second editor on the same files, home and cache. It works a little and vanishes,
// in one of the ways editors do.
func (e *editor) visitor() error {
	c, err := e.session(e.home)
	if err != nil {
		return err
	}
	e.result.sessions++
	d := e.docs[0]
	for range e.r.IntN(4) {
		c.notify("textDocument/didSave", map[string]any{"textDocument": map[string]string{"uri": d.uri}})
		c.request("textDocument/codeLens", map[string]any{"textDocument": map[string]string{"uri": d.uri}})
	}
	if e.r.IntN(2) == 0 { // let it come to run something
		if err := c.settle(); err != nil {
			return err
		}
	}
	kin := descendants(c.cmd.Process.Pid)
	switch e.r.IntN(5) {
	case 0:
		e.count(c)
		if err := c.bye(); err != nil {
			return err
		}
	case 1: // the editor crashed: its pipes are closed
		_ = c.in.Close()
	case 2: // in the middle of a message
		c.writeMu.Lock()
		_, _ = fmt.Fprint(c.in, "Content-Length: 1000\r\n\r\n{\"jsonrpc\"")
		_ = c.in.Close()
		c.writeMu.Unlock()
	case 3:
		_ = c.cmd.Process.Signal(os.Interrupt)
		_ = c.in.Close()
	default:
		_ = c.cmd.Process.Kill()
	}
	if err := c.ended(); err != nil {
		return err
	}
	return gone(kin)
}
