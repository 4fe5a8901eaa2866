package main

import (
	"math/rand/v2"
	"os"
	"strings"
)

// op is one thing that an editor, or a broken editor, does.
type op struct {
	name   string
	weight int
	do     func(*editor) error
}

var ops = []op{
	{"edit", 300, (*editor).edit},
	{"edit out of range", 20, (*editor).editOutside},
	{"edit many", 30, (*editor).editMany},
	{"replace", 20, (*editor).replace},
	{"mend", 25, (*editor).mend},
	{"save", 40, (*editor).save},
	{"open or close", 60, (*editor).toggle},
	{"open twice", 5, (*editor).openTwice},
	{"speak of what is closed", 10, (*editor).changeClosed},
	{"wrong version", 5, (*editor).wrongVersion},
	{"request", 200, (*editor).ask},
	{"request and cancel", 60, (*editor).askAndCancel},
	{"nonsense", 30, (*editor).nonsense},
	{"command", 30, (*editor).command},
	{"module", 30, (*editor).module},
	{"write behind its back", 10, (*editor).writeFile},
	{"delete", 5, (*editor).deleteFile},
	{"rename folder", 4, (*editor).rename},
	{"folders", 4, (*editor).changeFolders},
	{"settings", 10, (*editor).changeSettings},
	{"second editor", 1, (*editor).visitor},
	{"dates", 6, (*editor).dates},
	{"clock", 2, (*editor).clock},
	{"trust", 5, (*editor).trust},
	{"forget decisions", 10, (*editor).forgetDecisions},
}

func pick(r *rand.Rand) op {
	total := 0
	for _, o := range ops {
		total += o.weight
	}
	n := r.IntN(total)
	for _, o := range ops {
		if n -= o.weight; n < 0 {
			return o
		}
	}
	panic("unreachable")
}

// one picks a document that ok holds for, nil if there is none.
func (e *editor) one(ok func(*doc) bool) *doc {
	var of []*doc
	for _, d := range e.docs {
		if ok(d) {
			of = append(of, d)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return of[e.r.IntN(len(of))]
}

func isOpen(d *doc) bool { return d.open }

// maxText keeps documents at a size at which comparing them stays quick.
const maxText = 40_000

// changed sends the changes of one notification. They are applied to the model already.
func (e *editor) changed(d *doc, changes ...any) {
	d.version += 1 + e.r.IntN(2)
	e.c.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": d.uri, "version": d.version},
		"contentChanges": changes,
	})
}

// splice changes the model and returns the change to send.
func (e *editor) splice(d *doc, start, end int, text string) any {
	s := span{at(d.text, start, e.encoding), at(d.text, end, e.encoding)}
	d.text = d.text[:start] + text + d.text[end:]
	change := map[string]any{"range": s, "text": text}
	if e.r.IntN(4) == 0 {
		change["rangeLength"] = e.r.IntN(100) // deprecated, and as good as any guess
	}
	return change
}

func (e *editor) randomSplice(d *doc) any {
	start := boundary(d.text, e.r.IntN(len(d.text)+1))
	end := start
	if e.r.IntN(3) == 0 {
		end = max(start, boundary(d.text, min(len(d.text), start+e.r.IntN(30))))
	}
	text := ""
	if e.r.IntN(4) > 0 {
		text = snippet(e.r)
	}
	return e.splice(d, start, end, text)
}

func (e *editor) edit() error {
	if d := e.one(isOpen); d != nil {
		if len(d.text) > maxText {
			return e.mend()
		}
		e.changed(d, e.randomSplice(d))
	}
	return nil
}

func (e *editor) editMany() error {
	if d := e.one(isOpen); d != nil && len(d.text) < maxText {
		var changes []any
		for range 1 + e.r.IntN(6) {
			changes = append(changes, e.randomSplice(d))
		}
		e.changed(d, changes...)
	}
	return nil
}

// editOutside sends positions that are not in the text, or not in order.
func (e *editor) editOutside() error {
	d := e.one(isOpen)
	if d == nil || len(d.text) > maxText {
		return nil
	}
	p := position{e.r.IntN(strings.Count(d.text, "\n") + 10), e.r.IntN(200)}
	q := position{p.Line + e.r.IntN(3), e.r.IntN(1 << 30)}
	start, end := offset(d.text, p, e.encoding), offset(d.text, q, e.encoding)
	text := snippet(e.r)
	if e.r.IntN(2) == 0 {
		p, q = q, p
	}
	start, end = min(start, end), max(start, end)
	d.text = d.text[:start] + text + d.text[end:]
	e.changed(d, map[string]any{"range": span{p, q}, "text": text})
	return nil
}

func (e *editor) replace() error {
	if d := e.one(isOpen); d != nil {
		lines := strings.SplitAfter(manifest, "\n")
		e.r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		d.text = strings.Join(lines[:e.r.IntN(len(lines))], "") + snippet(e.r)
		switch e.r.IntN(40) {
		case 0:
			d.text += strings.Repeat("# as long as a generated file\n", 1<<15) // 1 MB
		default:
			if e.r.IntN(2) == 0 {
				d.text = "\ufeff" + strings.ReplaceAll(d.text, "\n", "\r\n")
			}
		}
		e.changed(d, map[string]any{"text": d.text})
	}
	return nil
}

// mend makes a document good again, so that there is something to run.
func (e *editor) mend() error {
	if d := e.one(isOpen); d != nil {
		d.text = manifest
		if e.r.IntN(3) == 0 {
			d.text = strings.Replace(manifest, "read =", "write = [\"/workspace/out/**\"]\nread =", 1) // which the user is asked for
		}
		e.changed(d, map[string]any{"text": d.text})
		if d.manifest() && e.r.IntN(2) == 0 {
			return e.saved(d)
		}
	}
	return nil
}

func (e *editor) save() error {
	if d := e.one(isOpen); d != nil {
		return e.saved(d)
	}
	return nil
}

func (e *editor) saved(d *doc) error {
	if err := write(d.path, d.text); err != nil {
		return err
	}
	params := map[string]any{"textDocument": map[string]string{"uri": d.uri}}
	if e.r.IntN(2) == 0 {
		params["text"] = d.text
	}
	e.c.notify("textDocument/didSave", params)
	e.watched(d.path, 2)
	return nil
}

// toggle opens what is closed, as it is on disk, and closes what is open.
func (e *editor) toggle() error {
	d := e.docs[e.r.IntN(len(e.docs))]
	if d.open {
		d.open = false
		e.c.notify("textDocument/didClose", map[string]any{"textDocument": map[string]string{"uri": d.uri}})
		return nil
	}
	if body, err := os.ReadFile(d.path); err == nil {
		d.text = strings.ToValidUTF8(string(body), "\ufffd")
	}
	d.open = true
	d.version++
	e.c.notify("textDocument/didOpen", d.opened())
	return nil
}

func (e *editor) openTwice() error {
	if d := e.one(isOpen); d != nil {
		d.version++
		d.text = manifest + snippet(e.r)
		e.c.notify("textDocument/didOpen", d.opened())
	}
	return nil
}

// changeClosed changes, saves or closes a document that is not open.
func (e *editor) changeClosed() error {
	d := e.one(func(d *doc) bool { return !d.open })
	if d == nil {
		return nil
	}
	id := map[string]any{"uri": d.uri, "version": 3}
	switch e.r.IntN(3) {
	case 0:
		e.c.notify("textDocument/didChange", map[string]any{"textDocument": id, "contentChanges": []any{map[string]any{"text": "x"}}})
	case 1:
		e.c.notify("textDocument/didSave", map[string]any{"textDocument": id})
	default:
		e.c.notify("textDocument/didClose", map[string]any{"textDocument": id})
	}
	return nil
}

// wrongVersion goes back to an old version, or changes nothing at all.
func (e *editor) wrongVersion() error {
	d := e.one(isOpen)
	if d == nil || len(d.text) > maxText {
		return nil
	}
	e.c.unordered(d.uri)
	d.version = e.r.IntN(d.version + 1)
	if e.r.IntN(2) == 0 {
		e.changed(d)
	} else {
		e.changed(d, e.randomSplice(d))
	}
	return nil
}

// watched tells the server of changed files, as the watchers it registered would.
func (e *editor) watched(path string, kind int) {
	e.c.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(path), "type": kind}}})
}

// writeFile changes a file as another program does, whether it is open or not.
func (e *editor) writeFile() error {
	d := e.docs[e.r.IntN(len(e.docs))]
	text := manifest
	if e.r.IntN(2) == 0 {
		text += snippet(e.r)
	}
	if e.r.IntN(10) == 0 {
		text += "\xff\xfe"
	}
	err := write(d.path, text)
	if !d.open {
		d.text = strings.ToValidUTF8(text, "\ufffd")
	}
	e.watched(d.path, 2)
	return err
}

func (e *editor) deleteFile() error {
	d := e.docs[e.r.IntN(len(e.docs))]
	err := os.RemoveAll(d.path)
	e.watched(d.path, 3)
	return err
}
