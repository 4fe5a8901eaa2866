package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// unread has a client send requests and read none of the answers until read is called.
func (p *place) unread(c *client, method string, requests int) (read func()) {
	p.t.Helper()
	if err := c.settle(); err != nil {
		p.t.Fatal(err)
	}
	c.mu.Lock() // what was read is taken under this lock, so the reader stops at the next message
	for range requests {
		c.lastID++
		c.pending[strconv.Itoa(c.lastID)] = &request{method: method}
		c.raw(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":{"textDocument":{"uri":%q},"position":{"line":1,"character":1}}}`, c.lastID, method, p.uri))
	}
	return c.mu.Unlock
}

// A client may send as much as it likes before it reads: it gets all answers, and until then they
// cost little more than their bytes.
func TestUnreadAnswersCostTheirBytes(t *testing.T) {
	// The first is answered off the read loop, the second on it.
	for _, method := range []string{"textDocument/hover", "textDocument/diagnostic"} {
		t.Run(method, func(t *testing.T) {
			p := newPlace(t, good)
			c := p.start()
			const requests, perAnswer = 50_000, 2 << 10
			read := p.unread(c, method, requests)
			held := usageOf(c.cmd.Process.Pid, filepath.Join(p.home, "tmp")).rssKiB
			read()
			if limit := (requests*perAnswer + 64<<20) >> 10; held > limit {
				t.Errorf("%d unread answers made the server hold %d KiB, want %d at most", requests, held, limit)
			}
			if err := c.settle(); err != nil {
				t.Fatal(err)
			}
			p.end(c)
		})
	}
}

// A client that sends nothing more and reads nothing ends the session, though its end of the
// connection is still there.
func TestInputClosedWithAnswersUnread(t *testing.T) {
	p := newPlace(t, good)
	c := p.start()
	read := p.unread(c, "textDocument/diagnostic", 5000)
	defer read()
	kin := descendants(c.cmd.Process.Pid)
	if err := c.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.ended(); err != nil {
		t.Fatal(err)
	}
	p.wantNothingLeft(kin)
}

// A client that sends nothing more gets all answers, though it takes its time to read them.
func TestAnswersReadLate(t *testing.T) {
	for _, method := range []string{"textDocument/hover", "textDocument/diagnostic"} {
		t.Run(method, func(t *testing.T) {
			p := newPlace(t, good)
			c := p.start()
			read := p.unread(c, method, 500)
			if err := c.in.Close(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // longer than a client that reads nothing is waited for at the end of a session
			read()
			end := c.await("the end", func() bool { return false })
			for id, q := range c.pending {
				if !q.done {
					t.Fatalf("request %s was not answered: %v", id, end)
				}
			}
			if err := c.ended(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
