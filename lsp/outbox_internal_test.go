package lsp

import (
	"context"
	"slices"
	"testing"
)

// A client that does not read costs so many pieces and no more, and is told what it missed.
func TestOutboxIsBounded(t *testing.T) {
	s := New(Options{})
	var sent, lost []int
	s.outbox.lost = func(_ context.Context, n int) { lost = append(lost, n) }
	began, reads := make(chan struct{}), make(chan struct{})
	push := func(i int) { s.outbox.push(func(context.Context) { sent = append(sent, i) }) }
	s.outbox.push(func(context.Context) {
		close(began)
		<-reads
	})
	<-began // the first piece was taken from the queue, and waits for the client
	for i := range maxOutbox + 5 {
		push(i)
	}
	close(reads)
	s.work.Wait()
	if len(sent) != maxOutbox-1 || !slices.IsSorted(sent) || sent[len(sent)-1] != maxOutbox-2 {
		t.Errorf("%d pieces were sent, want the first %d", len(sent), maxOutbox-1)
	}
	if !slices.Equal(lost, []int{6}) {
		t.Errorf("%v were told to be lost, want 6", lost)
	}
	for i := range 10 { // once it reads again
		push(maxOutbox + i)
	}
	s.work.Wait()
	if got := sent[len(sent)-10:]; got[0] != maxOutbox || got[9] != maxOutbox+9 {
		t.Errorf("sent %v", got)
	}
}

// A piece that can be sent at once is, unless others wait: they were there before.
func TestOutboxKeepsTheOrderOfWhatIsSentAtOnce(t *testing.T) {
	s := New(Options{})
	var sent []int
	push := func(i int, ready bool) {
		add := func() { sent = append(sent, i) }
		s.outbox.pushUnless(func() bool {
			if ready {
				add()
			}
			return ready
		}, func(context.Context) { add() })
	}
	push(1, true)
	if !slices.Equal(sent, []int{1}) {
		t.Errorf("%v were sent at once, want 1", sent)
	}
	began, reads := make(chan struct{}), make(chan struct{})
	s.outbox.push(func(context.Context) {
		close(began)
		<-reads
	})
	<-began
	push(2, true)
	push(3, false)
	close(reads)
	s.work.Wait()
	push(4, true)
	if !slices.Equal(sent, []int{1, 2, 3, 4}) {
		t.Errorf("sent in the order %v", sent)
	}
}
