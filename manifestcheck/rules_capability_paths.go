package manifestcheck

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/pattern"
)

// entryReport is what is to be said of one entry of filesystem.read or write. Indices are those of
// the list's items, -1 for none.
type entryReport struct {
	problem    *pattern.Problem
	broad      bool
	wider      int  // another item of the same list covers it
	unreadable bool // of write: no item of read covers it
	conflict   int  // of write: this item of read spells the same place in other words
	equal      bool // and both reach the same
}

// pathReport is what is to be said of both lists. It depends on their texts alone.
type pathReport struct{ read, write []entryReport }

// checkPaths looks at the paths that the plugin may read and write.
func checkPaths(p *pass) {
	m := p.model
	if len(m.Read.Items)+len(m.Write.Items) == 0 {
		return
	}
	r := p.checker.memo.paths.get(pathKey(m.Read.Items, m.Write.Items), reportPaths)
	p.paths(&m.Read, r.read)
	p.paths(&m.Write, r.write)
	for i := range r.write {
		w := &m.Write.Items[i]
		if r.write[i].unreadable {
			p.writeNotReadable(w)
		}
		if j := r.write[i].conflict; j >= 0 {
			p.pathConflict(w, &m.Read.Items[j], r.write[i].equal)
		}
	}
}

// paths reports what is wrong with the entries of one list.
func (p *pass) paths(l *List, reports []entryReport) {
	for i := range reports {
		it, r := &l.Items[i], &reports[i]
		switch {
		case r.problem != nil:
			p.badPath(it, r.problem)
		case r.broad:
			p.report(Diagnostic{
				Code: "capability/too-broad", Span: it.Span,
				Message: fmt.Sprintf("%q asks for every file there is; write %q, the project, or less", it.Name, pattern.WorkspaceRoot),
				Fixes:   writeFix(it.Span, pattern.WorkspaceRoot, false),
			})
		}
		if r.wider >= 0 {
			p.redundant(l, i, r.wider)
		}
	}
}

func (p *pass) badPath(it *Ref, problem *pattern.Problem) {
	code := "capability/invalid-glob"
	switch problem.Kind {
	case pattern.Relative:
		code = "capability/relative-path"
	case pattern.Parent:
		code = "capability/parent-traversal"
	}
	p.report(Diagnostic{
		Code: code, Span: it.Span, Message: problem.Message,
		Fixes: writeFix(it.Span, problem.Suggest, false),
	})
}

func (p *pass) writeNotReadable(w *Ref) {
	read := &p.model.Read
	d := Diagnostic{Code: "capability/write-not-readable", Span: w.Span}
	d.Message = fmt.Sprintf("%q may be written, and no entry of read covers it; add it to read", w.Name)
	title := fmt.Sprintf("add %s to read", quote(w.Name))
	switch {
	case !p.affordable():
	case read.OK:
		d.Related = []Related{{read.KeySpan, "what may be read"}}
		d.Fixes = p.fix(title, false, p.appendElement(read.Value, quote(w.Name)))
	case !read.Present():
		d.Fixes = p.fix(title, false, p.set(quoteList([]string{w.Name}), "capabilities", "filesystem", "read")...)
	}
	p.report(d)
}

func (p *pass) pathConflict(w, r *Ref, equal bool) {
	d := Diagnostic{
		Code: "capability/path-conflict", Span: w.Span,
		Message: fmt.Sprintf("%q in write and %q in read are one place in two spellings, which do not reach the same files; write %q in both", w.Name, r.Name, r.Name),
		Related: []Related{{r.Span, "the same place in read"}},
		Fixes:   writeFix(w.Span, r.Name, equal),
	}
	if equal { // nothing is wrong with it but the look
		d.Severity = Information
		d.Message = fmt.Sprintf("%q in write and %q in read are one place in two spellings; write %q in both", w.Name, r.Name, r.Name)
	}
	p.report(d)
}

// pathKey writes both lists as one text, each entry with its length before it.
func pathKey(read, write []Ref) string {
	var b strings.Builder
	size := 2
	for _, l := range [2][]Ref{read, write} {
		for i := range l {
			size += len(l[i].Name) + len("4096 ")
		}
	}
	b.Grow(size)
	for _, l := range [2][]Ref{read, write} {
		for i := range l {
			b.WriteString(strconv.Itoa(len(l[i].Name)))
			b.WriteByte(' ')
			b.WriteString(l[i].Name)
		}
		b.WriteByte(';')
	}
	return b.String()
}

// reportPaths judges the two lists that a key of pathKey stands for.
func reportPaths(key string) *pathReport {
	var lists [2][]string
	for i := range lists {
		for key[0] != ';' {
			length, rest, _ := strings.Cut(key, " ")
			n, _ := strconv.Atoi(length)
			lists[i] = append(lists[i], rest[:n])
			key = rest[n:]
		}
		key = key[1:]
	}
	r, w := newEntries(lists[0]), newEntries(lists[1])
	w.compare(r)
	return &pathReport{r.reports, w.reports}
}

// entries is one list, compiled; an entry that is wrong or there already has no glob.
type entries struct {
	globs   []*pattern.Glob
	first   map[string]int
	reports []entryReport
}

func newEntries(texts []string) *entries {
	globs, problems := pattern.CompileList(texts)
	e := &entries{globs: globs, first: make(map[string]int, len(texts)), reports: make([]entryReport, len(texts))}
	for i, text := range texts {
		r := &e.reports[i]
		r.wider, r.conflict = -1, -1
		if _, twice := e.first[text]; twice {
			e.globs[i] = nil // schema/duplicate-item speaks of it
			continue
		}
		e.first[text] = i
		if r.problem = problems[i]; r.problem == nil {
			r.broad = e.globs[i].Broad()
		}
	}
	index := pattern.NewIndex(e.globs)
	for i := range e.reports {
		e.reports[i].wider = index.Wider(i)
	}
	return e
}

// compare judges the entries of write by those of read. An entry of read that is wrong counts as
// what it should have been, so that one slip is not reported at every path below it.
func (e *entries) compare(read *entries) {
	var readable []*pattern.Glob
	places := make(map[string]int, len(read.globs))
	for i, g := range read.globs {
		if g == nil {
			if p := read.reports[i].problem; p != nil && p.Suggest != "" {
				if meant, again := pattern.Compile(p.Suggest); again == nil {
					readable = append(readable, meant)
				}
			}
			continue
		}
		readable = append(readable, g)
		if _, taken := places[g.Place()]; !taken {
			places[g.Place()] = i
		}
	}
	index := pattern.NewIndex(readable)
	for i, g := range e.globs {
		if g == nil {
			continue
		}
		r := &e.reports[i]
		r.unreadable = index.Covers(g) == pattern.No
		if _, same := read.first[g.String()]; same {
			continue
		}
		if j, ok := places[g.Place()]; ok && !r.broad {
			r.conflict = j
			r.equal = g.Covers(read.globs[j]) == pattern.Yes && read.globs[j].Covers(g) == pattern.Yes
		}
	}
}
