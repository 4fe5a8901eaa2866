package wasmhost

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// It is in every respect like the one of the standard library, whether somebody waits for its end or
// only asks.
func TestDeadline(t *testing.T) {
	late, other := errors.New("late"), errors.New("other")
	type key struct{}
	for name, end := range map[string]func(parent context.CancelCauseFunc, free context.CancelFunc){
		"time passes":       func(context.CancelCauseFunc, context.CancelFunc) { time.Sleep(2 * time.Second) },
		"freed":             func(_ context.CancelCauseFunc, free context.CancelFunc) { free() },
		"freed, then later": func(_ context.CancelCauseFunc, free context.CancelFunc) { free(); time.Sleep(2 * time.Second) },
		"later, then freed": func(_ context.CancelCauseFunc, free context.CancelFunc) { time.Sleep(2 * time.Second); free() },
		"parent ends":       func(parent context.CancelCauseFunc, _ context.CancelFunc) { parent(other) },
		"nothing":           func(context.CancelCauseFunc, context.CancelFunc) {},
	} {
		for _, waits := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					observe := func(make func(context.Context) (context.Context, context.CancelFunc)) (err, cause error, closed bool) {
						parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, 1))
						defer cancel(nil)
						inner, free := make(parent)
						defer free()
						ctx := context.WithValue(inner, other, 2) // as everything that is handed on is wrapped
						if waits {
							ctx.Done()
						}
						if ctx.Err() != nil || ctx.Value(key{}) != 1 || ctx.Value(other) != 2 {
							t.Errorf("at first %v, %v", ctx.Err(), ctx.Value(key{}))
						}
						if at, ok := ctx.Deadline(); !ok || time.Until(at) != time.Second {
							t.Errorf("deadline %v", at)
						}
						end(cancel, free)
						synctest.Wait()
						err, cause = ctx.Err(), context.Cause(ctx)
						select {
						case <-ctx.Done():
							closed = true
						default:
						}
						return err, cause, closed
					}
					wantErr, wantCause, wantClosed := observe(func(p context.Context) (context.Context, context.CancelFunc) {
						return context.WithDeadlineCause(p, time.Now().Add(time.Second), late)
					})
					err, cause, closed := observe(func(p context.Context) (context.Context, context.CancelFunc) {
						return withDeadline(p, time.Now().Add(time.Second), late)
					})
					if err != wantErr || cause != wantCause || closed != wantClosed {
						t.Errorf("waits %v: %v, %v, %v; want %v, %v, %v", waits, err, cause, closed, wantErr, wantCause, wantClosed)
					}
				})
			})
		}
	}
}

// A context that is derived from it ends with it.
func TestDerivedFromDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, free := withDeadline(t.Context(), time.Now().Add(time.Second), errHardTimeout)
		defer free()
		derived, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		<-derived.Done()
		if !errors.Is(context.Cause(derived), errHardTimeout) {
			t.Errorf("%v", context.Cause(derived))
		}
	})
}
