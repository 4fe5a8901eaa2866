package main

import (
	"os"
	"path/filepath"
	"slices"
)

func (e *editor) writeModule(d *doc) error {
	return os.WriteFile(filepath.Join(filepath.Dir(d.path), "plugin.wasm"), e.modules[e.r.IntN(len(e.modules))], 0o644)
}

func isManifest(d *doc) bool { return d.manifest() }

// module builds a module anew: another one, half of one, or none.
func (e *editor) module() error {
	d := e.one(isManifest)
	path := filepath.Join(filepath.Dir(d.path), "plugin.wasm")
	body := e.modules[e.r.IntN(len(e.modules))]
	var err error
	kind := 2
	switch e.r.IntN(8) {
	case 0:
		kind = 3
		err = os.RemoveAll(path)
	case 1: // as a linker writes it: piece by piece
		half := e.r.IntN(len(body) + 1)
		if err = os.WriteFile(path, body[:half], 0o644); err == nil {
			e.watched(path, 2)
			err = os.WriteFile(path, body, 0o644)
		}
	case 2:
		broken := slices.Clone(body)
		broken[e.r.IntN(len(broken))] ^= 1 << e.r.IntN(8)
		err = os.WriteFile(path, broken, 0o644)
	case 3: // as most tools write it: beside, then renamed
		if err = os.WriteFile(path+".tmp", body, 0o644); err == nil {
			err = os.Rename(path+".tmp", path)
		}
	case 4: // into a folder of its own, to which a link leads
		return e.linkedModule(path, body)
	case 5:
		err = rebuild(path)
	default:
		err = os.WriteFile(path, body, 0o644)
	}
	e.watched(path, kind)
	return err
}

// linkedModule builds a module that is reached by a link.
func (e *editor) linkedModule(path string, body []byte) error {
	out := filepath.Join(filepath.Dir(path), "build", "out.wasm")
	if err := write(out, string(body)); err != nil {
		return err
	}
	if to, err := os.Readlink(path); err != nil || to != "build/out.wasm" {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		if err := os.Symlink("build/out.wasm", path); err != nil {
			return err
		}
		e.watched(path, 1)
	}
	e.watched(out, 2)
	return nil
}

// rebuild changes a module, if there is one, but neither its size nor its time.
func rebuild(path string) error {
	was, err := os.Stat(path)
	if err != nil {
		return nil // there is none, or its link leads nowhere
	}
	body, err := os.ReadFile(path)
	if err != nil || len(body) == 0 {
		return err
	}
	body[len(body)/2] ^= 1
	if err := os.WriteFile(path, body, 0o644); err != nil {
		return err
	}
	return os.Chtimes(path, was.ModTime(), was.ModTime())
}
