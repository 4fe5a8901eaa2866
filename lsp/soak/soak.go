package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// editor is one user's machine: a home, a workspace, the documents as the editor has them, and the
// session that is told of all this.
type editor struct {
	config
	r    *rand.Rand
	home string
	root string // the first workspace folder
	more string // a second one, which comes and goes

	docs     []*doc
	modules  [][]byte
	encoding string
	pull     bool // the editor asks for diagnostics, instead of being sent them
	hasMore  bool
	settings any

	c       *client
	started usage // of this session, once it has warmed up
	warm    bool
	result  *result
}

// folders are the plugins of the workspace, relative to its root.
var folders = []string{"tidy", "sub/tidy", "other", ".samuel/plugins/tidy"}

// soak does as the configuration says; the result is never nil.
func soak(c config) (*result, error) {
	res := &result{seed: c.seed, byKind: map[string]int{}, answers: map[string]int{}}
	dir, err := os.MkdirTemp("", "soak")
	if err != nil {
		return res, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return res, err
	}
	if c.server, err = filepath.Abs(c.server); err != nil {
		return res, err
	}
	e := &editor{config: c, r: rand.New(rand.NewPCG(c.seed, 0)), home: filepath.Join(dir, "home"), root: filepath.Join(dir, "wörk space"), more: filepath.Join(dir, "more"), result: res}
	start := time.Now()
	defer func() { res.took = time.Since(start) }()
	if err := e.lay(); err != nil {
		return res, err
	}
	if err := e.begin(); err != nil {
		return res, err
	}
	for c.ops == 0 || res.ops < c.ops {
		if c.limit > 0 && time.Since(start) > c.limit {
			break
		}
		if err := e.step(); err != nil {
			return res, e.failed(err)
		}
	}
	if err := e.compare(); err != nil {
		return res, e.failed(err)
	}
	return res, e.dump()
}

// failed ends the server of a run that went wrong, and adds what it was at to the error.
func (e *editor) failed(err error) error {
	_ = e.c.cmd.Process.Signal(syscall.SIGQUIT) // a Go program prints its goroutines
	if e.c.ended() != nil {
		return err
	}
	return fmt.Errorf("%w\nsettings: %s\nthe server was at:\n%s", err, mustJSON(e.settings), e.c.stderr.String())
}

// maxGoroutines is far above what an idle session of a few documents needs.
const maxGoroutines = 60

// dump ends the last session by a signal at which a Go program prints its goroutines, and counts
// them.
func (e *editor) dump() error {
	e.count(e.c)
	kin := descendants(e.c.cmd.Process.Pid)
	if err := e.c.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return err
	}
	if err := e.c.ended(); err != nil {
		return err
	}
	dump := e.c.stderr.String()
	e.result.goroutines = strings.Count(dump, "\ngoroutine ")
	if e.result.goroutines > maxGoroutines {
		return fmt.Errorf("%d goroutines are left:\n%s", e.result.goroutines, dump)
	}
	return gone(kin)
}

// lay makes the files.
func (e *editor) lay() error {
	for _, sub := range []string{"config", "cache", "tmp"} {
		if err := os.MkdirAll(filepath.Join(e.home, sub), 0o700); err != nil {
			return err
		}
	}
	found, err := filepath.Glob(filepath.Join(e.modulesDir, "*.wasm"))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("no modules in %s; run from the project's folder or give -modules", e.modulesDir)
	}
	for _, name := range found {
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		e.modules = append(e.modules, body)
	}
	for _, folder := range folders {
		e.docs = append(e.docs, e.newDoc(filepath.Join(e.root, folder, "samuel-plugin.toml")))
	}
	e.docs = append(e.docs, e.newDoc(filepath.Join(e.more, "far", "samuel-plugin.toml")))
	e.docs = append(e.docs, e.newDoc(filepath.Join(e.root, "tidy", "main.go")), e.newDoc(filepath.Join(e.root, "README.md")))
	for _, d := range e.docs {
		if err := write(d.path, d.text); err != nil {
			return err
		}
		if d.manifest() {
			if err := e.writeModule(d); err != nil {
				return err
			}
		}
	}
	return write(filepath.Join(e.root, "samuel.toml"), "[project]\nname = \"soak\"\n")
}

func write(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}

// encodings are the ones a client may ask for.
var encodings = []string{"utf-16", "utf-8", "utf-32"}

// begin starts a session, in which everything that was open is opened again.
func (e *editor) begin() error {
	e.encoding = encodings[e.r.IntN(len(encodings))]
	e.pull = e.r.IntN(3) == 0
	e.result.sessions++
	e.warm = false
	var err error
	if e.c, err = e.session(e.home); err != nil {
		return err
	}
	return nil
}

// session starts a server and brings it to the present state.
func (e *editor) session(home string) (*client, error) {
	c, err := dial(e.server, home)
	if err != nil {
		return nil, err
	}
	c.settings, c.trusted = e.settings, trusts[e.r.IntN(len(trusts))]
	if err := c.hello(e.roots(), e.encoding, e.pull); err != nil {
		return nil, err
	}
	for _, d := range e.docs {
		if d.open {
			c.notify("textDocument/didOpen", d.opened())
		}
	}
	return c, nil
}

func (e *editor) roots() []string {
	if e.hasMore {
		return []string{e.root, e.more}
	}
	return []string{e.root}
}

// step does one operation, and from time to time what belongs between them.
func (e *editor) step() error {
	op := pick(e.r)
	e.result.ops++
	e.result.byKind[op.name]++
	if e.verbose {
		fmt.Fprintf(os.Stderr, "%d %s\n", e.result.ops, op.name)
	}
	if err := op.do(e); err != nil {
		return fmt.Errorf("%s: %w", op.name, err)
	}
	if e.result.ops%50 == 0 { // an editor that never waits only shows how long the queue can be
		if err := e.c.settle(); err != nil {
			return err
		}
	}
	if e.result.ops%e.every == 0 {
		if err := e.compare(); err != nil {
			return err
		}
		return e.measure()
	}
	if e.result.ops%e.lasting == 0 {
		if err := e.finish(); err != nil {
			return err
		}
		return e.begin()
	}
	return nil
}

// finish ends the session in good order.
func (e *editor) finish() error {
	kin := descendants(e.c.cmd.Process.Pid)
	e.count(e.c)
	if err := e.c.bye(); err != nil {
		return err
	}
	return gone(kin)
}

func (e *editor) count(c *client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.result.requests += c.answered
	e.result.logged += c.logged
	for answer, n := range c.answers {
		e.result.answers[answer] += n
	}
	if c.slowest > e.result.slowest {
		e.result.slowest, e.result.slowestMethod = c.slowest, c.slowestIn
	}
}

// measure compares what the server holds with what it held when it had warmed up.
func (e *editor) measure() error {
	now := usageOf(e.c.cmd.Process.Pid, filepath.Join(e.home, "tmp"))
	if !e.warm {
		e.warm, e.started = true, now
		if e.result.first == (usage{}) {
			e.result.first = now
		}
	}
	e.result.last = now
	was := e.started
	switch {
	case now.rssKiB > was.rssKiB+was.rssKiB/2+48<<10:
		return fmt.Errorf("resident memory grew from %d to %d KiB", was.rssKiB, now.rssKiB)
	case now.files > was.files+24:
		return fmt.Errorf("open files grew from %d to %d", was.files, now.files)
	case now.children > was.children+8:
		return fmt.Errorf("children grew from %d to %d", was.children, now.children)
	case now.temps > was.temps+8:
		return fmt.Errorf("temporary entries grew from %d to %d", was.temps, now.temps)
	case now.threads > was.threads+32:
		return fmt.Errorf("threads grew from %d to %d", was.threads, now.threads)
	}
	return nil
}

func mustJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // the values are made here
	}
	return raw
}
