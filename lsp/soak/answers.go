package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// reply answers the server's own requests as an editor would.
func (c *client) reply(m message) {
	var result any
	switch m.Method {
	case "workspace/configuration":
		c.mu.Lock()
		var p struct{ Items []json.RawMessage }
		if json.Unmarshal(m.Params, &p) == nil {
			result = slices.Repeat([]any{c.settings}, len(p.Items))
		}
		c.mu.Unlock()
	case "window/showMessageRequest":
		var done func()
		result, done = c.answerQuestion(m)
		defer done()
	case "window/workDoneProgress/create":
		if c.nth()%8 == 0 { // the user presses its cancel button
			defer func() { go c.notify("window/workDoneProgress/cancel", m.Params) }()
		}
	case "workspace/codeLens/refresh":
		c.wake(func() { c.refreshed++ })
	case "window/showDocument":
		result = map[string]bool{"success": true}
	}
	// Off the reading goroutine: the server may be waiting for us to read.
	go c.send(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": result})
}

// nth counts what the user is asked, whose answers go round.
func (c *client) nth() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	return c.asked
}

// closed stands for a question that was closed, among the answers.
const closed = "(closed)"

// answerQuestion answers what the user is asked: the actions take turns, with closing it as one more.
// Done is to be called before the answer is sent.
func (c *client) answerQuestion(m message) (answer any, done func()) {
	var p struct {
		Message string
		Actions []struct {
			Title string `json:"title"`
		}
	}
	if err := json.Unmarshal(m.Params, &p); err != nil {
		c.wake(func() { c.gone = fmt.Errorf("a question that cannot be read: %w", err) })
		return nil, func() {}
	}
	n := c.nth() % (len(p.Actions) + 1)
	chosen := closed
	if n < len(p.Actions) {
		answer, chosen = p.Actions[n], p.Actions[n].Title
	}
	c.wake(func() {
		c.answers[chosen]++
		c.questions++
		if !strings.Contains(p.Message, "Do you trust") {
			return
		}
		switch {
		case c.trusted != nil:
			c.gone = fmt.Errorf("the user is asked what the editor has told: %s", p.Message)
		case c.asking[p.Message]:
			c.gone = fmt.Errorf("the user is asked twice at once: %s", p.Message)
		}
		c.asking[p.Message] = true
	})
	return answer, func() { c.wake(func() { delete(c.asking, p.Message) }) }
}
