package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// cleanup is how long an interrupted command may take to put away what it has begun. What is then
// still going on, such as compiling a module, leaves nothing behind when the process ends.
const cleanup = 3 * time.Second

var errInterrupted = errors.New("interrupted")

// interruptible makes a command, and those below it, end when the user or the system says so: its
// context ends, and so does the process soon after. A second signal ends the process at once.
func interruptible(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		interruptible(c)
	}
	do := cmd.RunE
	if do == nil {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		cmd.SetContext(ctx)
		done := make(chan error, 1)
		go func() { done <- do(cmd, args) }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
		}
		stop()
		select {
		case <-done:
		case <-time.After(cleanup):
		}
		return errInterrupted
	}
}

// readInput reads all of standard input, up to limit bytes and one more, until ctx ends.
func readInput(ctx context.Context, in io.Reader, limit int64) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	done := make(chan read, 1)
	go func() {
		data, err := io.ReadAll(io.LimitReader(in, limit+1))
		done <- read{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
