package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long an answer may take before it counts as lost. What is asked for by hand waits
// its turn, and each of those before it may loop until the default limit of 30 s.
const patience = 150 * time.Second

// client is one connection to one server process. It answers what the server asks.
type client struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Closer
	stderr bytes.Buffer

	mu        sync.Mutex
	changed   chan struct{}
	lastID    int
	pending   map[string]*request
	published map[string]json.RawMessage // by URI: the diagnostics
	versions  map[string]int             // by URI: of the diagnostics
	anyOrder  map[string]bool            // by URI: versions went back
	gone      error
	slowest   time.Duration
	slowestIn string
	answered  int
	refreshed int // times that the server asked to draw the lenses anew
	logged    int // lines that the server showed, most of them of runs
	settings  any
	asked     int             // questions and progress that were put to the user
	questions int             // of these
	trusted   any             // what the editor says of the workspace's trust, nil for nothing
	answers   map[string]int  // to questions
	asking    map[string]bool // the questions of trust that the user sees
	writeMu   sync.Mutex
}

type request struct {
	method string
	params any
	sent   time.Time
	done   bool
	result json.RawMessage
	err    json.RawMessage
}

type message struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
}

// dial starts a server whose home is home.
func dial(binary, home string) (*client, error) {
	return dialAs([]string{binary, "serve"}, home, nil)
}

// dialAs is dial for any command that becomes a server in the end.
func dialAs(command []string, home string, attr *syscall.SysProcAttr) (*client, error) {
	c := &client{
		cmd: exec.Command(command[0], command[1:]...), changed: make(chan struct{}), pending: map[string]*request{},
		published: map[string]json.RawMessage{}, versions: map[string]int{}, anyOrder: map[string]bool{},
		answers: map[string]int{}, asking: map[string]bool{}, trusted: true,
	}
	c.cmd.Env = homely(home)
	c.cmd.SysProcAttr = attr
	c.cmd.Stderr = &c.stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.out = out
	go c.read(out)
	return c, nil
}

// homely is the environment of a user whose home is home.
func homely(home string) []string {
	return append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home+"/config", "XDG_CACHE_HOME="+home+"/cache", "TMPDIR="+home+"/tmp")
}

func (c *client) read(out io.Reader) {
	r := bufio.NewReaderSize(out, 1<<16)
	for {
		body, err := frame(r)
		if err != nil {
			c.wake(func() { c.gone = fmt.Errorf("the connection ended: %w", err) })
			return
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			c.wake(func() { c.gone = fmt.Errorf("the server sent what is no JSON: %q", body) })
			return
		}
		c.take(m)
	}
}

func frame(r *bufio.Reader) ([]byte, error) {
	size := -1
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if v, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if size, err = strconv.Atoi(v); err != nil {
				return nil, err
			}
		}
	}
	if size < 0 {
		return nil, errors.New("a frame without a length")
	}
	body := make([]byte, size)
	_, err := io.ReadFull(r, body)
	return body, err
}

func (c *client) wake(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *client) take(m message) {
	switch {
	case m.Method != "" && m.ID != nil:
		c.reply(m)
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string          `json:"uri"`
			Version     int             `json:"version"`
			Diagnostics json.RawMessage `json:"diagnostics"`
		}
		if json.Unmarshal(m.Params, &p) == nil {
			c.wake(func() {
				if p.Version != 0 && p.Version < c.versions[p.URI] && !c.anyOrder[p.URI] {
					c.gone = fmt.Errorf("diagnostics of version %d came after those of version %d", p.Version, c.versions[p.URI])
				}
				c.published[p.URI], c.versions[p.URI] = p.Diagnostics, p.Version
			})
		}
	case m.Method == "window/logMessage":
		c.wake(func() { c.logged++ })
	case string(m.ID) == "null":
		// The answer to what could not be understood.
	case m.ID != nil:
		c.wake(func() {
			q := c.pending[string(m.ID)]
			if q == nil || q.done {
				c.gone = fmt.Errorf("an answer to no request: id %s", m.ID)
				return
			}
			q.done, q.result, q.err = true, m.Result, m.Error
			c.answered++
			if took := time.Since(q.sent); took > c.slowest {
				c.slowest, c.slowestIn = took, q.method
			}
			if m.Result == nil && m.Error == nil {
				q.result = json.RawMessage("null")
			}
		})
	}
}

func (c *client) send(m any) {
	body, err := json.Marshal(m)
	if err != nil {
		panic(err) // the messages are made here
	}
	c.raw(body)
}

func (c *client) raw(body []byte) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	_, _ = fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body) // a server that is gone is noticed by the reader
}

func (c *client) notify(method string, params any) {
	c.send(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
}

// request sends a request and returns its id.
func (c *client) request(method string, params any) string {
	c.mu.Lock()
	c.lastID++
	id := strconv.Itoa(c.lastID)
	c.pending[id] = &request{method: method, params: params, sent: time.Now()}
	c.mu.Unlock()
	c.send(map[string]any{"jsonrpc": "2.0", "id": json.RawMessage(id), "method": method, "params": params})
	return id
}

// await waits until ok holds, which is asked under the lock.
func (c *client) await(what string, ok func() bool) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		c.mu.Lock()
		gone, changed, held := c.gone, c.changed, ok()
		c.mu.Unlock()
		if gone != nil {
			return fmt.Errorf("%w\n%s", gone, c.stderr.String())
		}
		if held {
			return nil
		}
		select {
		case <-changed:
		case <-limit.C:
			return fmt.Errorf("waited for %s and it did not come", what)
		}
	}
}

// settle waits until everything that was asked is answered, and forgets it.
func (c *client) settle() error {
	err := c.await("the answers to all requests", func() bool {
		for _, q := range c.pending {
			if !q.done {
				return false
			}
		}
		return true
	})
	if err != nil {
		c.mu.Lock()
		for id, q := range c.pending {
			if !q.done {
				err = fmt.Errorf("%w; request %s is lost since %s: %s %.500s", err, id, time.Since(q.sent).Round(time.Second), q.method, mustJSON(q.params))
			}
		}
		c.mu.Unlock()
		return err
	}
	c.mu.Lock()
	clear(c.pending)
	c.mu.Unlock()
	return nil
}

// call sends a request and waits for its result.
func (c *client) call(method string, params any) (json.RawMessage, error) {
	id := c.request(method, params)
	var q *request
	err := c.await("the answer to "+method, func() bool {
		q = c.pending[id]
		return q.done
	})
	if err != nil {
		return nil, err
	}
	if q.err != nil {
		return nil, fmt.Errorf("%s: %s", method, q.err)
	}
	return q.result, nil
}

// hello makes the session ready.
func (c *client) hello(roots []string, encoding string, pull bool) error {
	var folders []any
	for _, root := range roots {
		folders = append(folders, map[string]string{"uri": fileURI(root), "name": "soak"})
	}
	text := map[string]any{"publishDiagnostics": map[string]any{"versionSupport": true, "relatedInformation": true}, "documentSymbol": map[string]bool{"hierarchicalDocumentSymbolSupport": true}}
	if pull {
		text["diagnostic"] = map[string]any{"relatedInformation": true}
	}
	_, err := c.call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": fileURI(roots[0]), "workspaceFolders": folders,
		"capabilities": map[string]any{
			"general":      map[string]any{"positionEncodings": []string{encoding}},
			"window":       map[string]any{"workDoneProgress": true, "showDocument": map[string]bool{"support": true}},
			"workspace":    map[string]any{"configuration": true, "codeLens": map[string]bool{"refreshSupport": true}, "didChangeWatchedFiles": map[string]bool{"dynamicRegistration": true}},
			"textDocument": text,
		},
		"initializationOptions": c.options(),
	})
	if err != nil {
		return err
	}
	c.notify("initialized", map[string]any{})
	return nil
}

// bye ends the session in good order; the server must exit with 0.
func (c *client) bye() error {
	if err := c.settle(); err != nil {
		return err
	}
	if _, err := c.call("shutdown", nil); err != nil {
		return err
	}
	c.notify("exit", nil)
	if err := c.ended(); err != nil {
		return err
	}
	if !c.cmd.ProcessState.Success() {
		return fmt.Errorf("after shutdown and exit: %s\n%s", c.cmd.ProcessState, c.stderr.String())
	}
	return nil
}

// ended waits for the end of the process.
func (c *client) ended() error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.cmd.Wait() // how it ended is in its state
	}()
	select {
	case <-done:
		return nil
	case <-time.After(patience):
		_ = c.cmd.Process.Kill()
		return errors.New("the server does not exit")
	}
}

// unordered says that a document's versions may go back from now on.
func (c *client) unordered(uri string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anyOrder[uri] = true
}

// moved says that a document goes on under another URI, with its version.
func (c *client) moved(from, to string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.anyOrder[to] = c.anyOrder[to] || c.anyOrder[from]
}
