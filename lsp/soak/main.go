// Command soak is an editor that misbehaves for a long time. It drives the built server with random
// edits, requests, cancellations, saves, rebuilds and nonsense, from a seed, and compares what the
// server says in the end with what a fresh server says of the same files.
//
//	go run ./lsp/soak -server bin/samuel-lsp -ops 100000 -seed 1
//
// It stops at the first crash, lost request or wrong answer, and prints the seed and the number of
// the operation, with which the same run can be repeated.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	var c config
	flag.StringVar(&c.server, "server", "bin/samuel-lsp", "the server's `binary`")
	flag.IntVar(&c.ops, "ops", 100_000, "how many operations; 0 means no limit")
	flag.DurationVar(&c.limit, "for", 0, "how `long` at most; 0 means no limit")
	flag.Uint64Var(&c.seed, "seed", uint64(time.Now().UnixNano()), "what the operations are drawn from")
	flag.IntVar(&c.every, "check", 1000, "compare with a fresh server after every so many operations")
	flag.IntVar(&c.lasting, "session", 20_000, "how many operations a session lasts")
	flag.StringVar(&c.modulesDir, "modules", "testdata/modules", "the `folder` of modules that plugins are built from")
	flag.BoolVar(&c.verbose, "v", false, "print every operation")
	flag.Parse()
	c.every, c.lasting = max(1, c.every), max(1, c.lasting)
	if c.ops == 0 && c.limit == 0 {
		fmt.Fprintln(os.Stderr, "soak: give -ops or -for, or it would never end")
		os.Exit(2)
	}
	r, err := soak(c)
	fmt.Print(r)
	if err != nil {
		fmt.Fprintf(os.Stderr, "soak: failed at operation %d of seed %d: %v\n", r.ops, c.seed, err)
		os.Exit(1)
	}
}

type config struct {
	server  string
	ops     int
	limit   time.Duration
	seed    uint64
	every   int
	lasting int
	verbose bool

	modulesDir string
}

// result is what a run saw.
type result struct {
	seed             uint64
	ops, requests    int
	checks, sessions int
	compared, logged int
	byKind           map[string]int
	answers          map[string]int // to questions
	took             time.Duration
	first, last      usage
	slowest          time.Duration
	slowestMethod    string
	goroutines       int // in the end
}

func (r *result) String() string {
	return fmt.Sprintf("seed %d: %d operations, %d requests, %d comparisons (%d answers), %d log lines, %d sessions in %s\n"+
		"  resident %d -> %d KiB, files %d -> %d, threads %d -> %d, children %d -> %d, temporary entries %d -> %d\n"+
		"  goroutines in the end %d, slowest answer %s (%s)\n  questions answered %v\n",
		r.seed, r.ops, r.requests, r.checks, r.compared, r.logged, r.sessions, r.took.Round(time.Second),
		r.first.rssKiB, r.last.rssKiB, r.first.files, r.last.files, r.first.threads, r.last.threads, r.first.children, r.last.children,
		r.first.temps, r.last.temps, r.goroutines, r.slowest.Round(time.Millisecond), r.slowestMethod, r.answers)
}
