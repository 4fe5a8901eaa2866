package pool

import (
	"testing"
	"time"
)

// A child that answered just before it was killed is nobody's any more.
func TestAnswerOfAKilledChildDoesNotFreeIt(t *testing.T) {
	p := open(t, nil)
	c, err := p.acquire(request("ok"), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.abort(c, func(frame) {})
	late := &worker{state: busy, aborted: c.aborted, task: "module", inbox: make(chan frame, 1), limit: time.Hour, warm: map[string]bool{}}
	for _, kind := range []frameType{frameResult, frameReady} {
		if p.arrived(late, frame{kind: kind, body: []byte("{}")}) || late.state != busy {
			t.Errorf("frame %d of a killed child made it %d", kind, late.state)
		}
	}
}
