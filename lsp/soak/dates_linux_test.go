package main

import (
	"testing"
	"time"
)

// What a clock that was wrong leaves on disk, before a server starts and while it runs: the module,
// the manifest, compiled modules, decisions and logs dated decades back and ahead.
func TestFilesOfAnotherTime(t *testing.T) {
	redated := func(p *place, at time.Time) {
		t.Helper()
		for _, top := range []string{p.home, p.root} {
			if err := redate(top, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, by := range jumps {
		t.Run(by.String(), func(t *testing.T) {
			p := newPlace(t, good)
			at := time.Now().Add(by)
			redated(p, at)
			c := p.start()
			p.wantRun(c, goodResult)
			redated(p, at)
			p.wantRun(c, goodResult)
			p.build("trap-unreachable") // nobody tells the server, and the date is the same
			redated(p, at)
			p.wantRun(c, "trap")
			p.end(c)
			redated(p, at)
			c = p.start()
			p.wantRun(c, "trap")
			p.build(good)
			redated(p, at.Add(-time.Hour)) // older than what it replaces
			p.wantRun(c, goodResult)
			p.end(c)
		})
	}
}
