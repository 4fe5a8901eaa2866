package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// stages are moments at which a client may vanish.
var stages = []struct {
	name   string
	module string
	reach  func(*testing.T, *place) *client
}{
	{"before initialize", good, func(_ *testing.T, p *place) *client { return p.launch() }},
	{"initialized", good, func(_ *testing.T, p *place) *client { return p.start() }},
	{"health is checked", "loop-in-health", func(_ *testing.T, p *place) *client {
		c := p.start()
		p.until("a child to work", func() bool { return busiest(c) > 5 })
		return c
	}},
	{"a hook runs", "loop-in-export", func(_ *testing.T, p *place) *client {
		c := p.start()
		p.beginRun(c)
		return c
	}},
	{"shut down", good, func(t *testing.T, p *place) *client {
		c := p.start()
		if _, err := c.call("shutdown", nil); err != nil {
			t.Fatal(err)
		}
		return c
	}},
}

// ways are the ways in which clients vanish.
var ways = []struct {
	name string
	do   func(*client)
}{
	{"stdin closed", func(c *client) { _ = c.in.Close() }},
	{"half a message", func(c *client) {
		_, _ = fmt.Fprint(c.in, "Content-Length: 1000\r\n\r\n{\"jsonrpc\"")
		_ = c.in.Close()
	}},
	{"stdout closed", func(c *client) {
		_ = c.out.Close()
		c.request("workspace/symbol", map[string]any{"query": ""}) // whose answer nobody can read
		_ = c.in.Close()
	}},
	{"SIGTERM", func(c *client) { _ = c.cmd.Process.Signal(syscall.SIGTERM) }},
	{"SIGINT", func(c *client) { _ = c.cmd.Process.Signal(syscall.SIGINT) }},
	{"SIGHUP", func(c *client) { _ = c.cmd.Process.Signal(syscall.SIGHUP) }},
	{"SIGKILL", func(c *client) { _ = c.cmd.Process.Kill() }},
}

func TestNothingIsLeftWhenTheClientVanishes(t *testing.T) {
	// What nohup starts ignores SIGHUP, and so would the servers started here, were it not handled.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for _, stage := range stages {
		for _, way := range ways {
			t.Run(stage.name+"/"+way.name, func(t *testing.T) {
				p := newPlace(t, stage.module)
				c := stage.reach(t, p)
				kin := descendants(c.cmd.Process.Pid)
				way.do(c)
				if err := c.ended(); err != nil {
					t.Fatal(err)
				}
				p.wantNothingLeft(kin)
			})
		}
	}
}
