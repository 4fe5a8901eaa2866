package lsp

import (
	"testing"
	"time"
)

// What the start needed is given back also when all was said before the workspace was searched.
func TestSettledOnceTheWorkspaceIsSearched(t *testing.T) {
	settled := make(chan struct{})
	s := New(Options{Settled: func() { close(settled) }})
	defer s.stop()
	s.update(func(next *Snapshot) change {
		next.docs = next.docs.with(recentDocument("a", true))
		return change{}
	})
	s.rest.said(true)
	if s.rest.timer != nil {
		t.Fatal("the start is over before the workspace was searched")
	}
	s.scanner.settle()
	select {
	case <-settled:
	case <-time.After(time.Minute):
		t.Error("nothing is given back")
	}
}
