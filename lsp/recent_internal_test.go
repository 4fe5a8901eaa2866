package lsp

import (
	"fmt"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/manifestcheck/manifest"
)

func recentDocument(name string, open bool) *Document {
	d := newDocument(identify("file:///work/"+name+"/"+ManifestName), ManifestLanguage, 0, open, "name = \"x\"\n")
	d.Tree()
	return d
}

// What is neither open nor run keeps nothing; the rest does, as long as it is among the last.
func TestWhatIsKept(t *testing.T) {
	s := New(Options{})
	defer s.stop()
	closed, run := recentDocument("closed", false), recentDocument("run", false)
	run.decoded.Store(&manifest.Manifest{})
	s.touch(closed)
	s.touch(run)
	if closed.syntax.tree.Load() != nil {
		t.Error("a document that is neither open nor run keeps its tree")
	}
	if run.syntax.tree.Load() == nil {
		t.Error("the tree of a plugin that runs is let go of")
	}

	run.memo.mu.Lock() // as a check of it does
	touched := make(chan struct{})
	go func() {
		defer close(touched)
		for i := range keepTrees {
			s.touch(recentDocument(fmt.Sprint(i), true))
		}
	}()
	select {
	case <-touched:
	case <-time.After(time.Minute):
		t.Fatal("the check of one document keeps others waiting")
	}
	run.memo.mu.Unlock()
	s.work.Wait()
	if run.syntax.tree.Load() != nil || run.decoded.Load() != nil {
		t.Error("what was run long ago is kept")
	}
}

// Only a short document that was quick the last time is looked at on the read loop.
func TestPrompt(t *testing.T) {
	d := recentDocument("a", true)
	if d.prompt() {
		t.Error("a document of which nothing is known")
	}
	d.took.Store(int64(promptTime))
	if !d.prompt() {
		t.Error("a quick one is not")
	}
	d.took.Store(int64(promptTime) + 1)
	if d.prompt() {
		t.Error("a slow one")
	}
	long := newDocument(documentID{key: d.URI}, ManifestLanguage, 0, true, string(make([]byte, promptLength+1)))
	long.took.Store(1)
	if long.prompt() {
		t.Error("a long one")
	}
}
