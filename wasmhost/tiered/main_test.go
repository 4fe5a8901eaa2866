package tiered_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/pool"
	"github.com/samuelpkg/samuel-lsp/wasmhost/tiered"
)

// The test binary is its own plugin host, as samuel-lsp is, and with parentArg a parent of one.
const (
	hostArg   = "plugin-host"
	parentArg = "plugin-parent"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == hostArg {
		err := pool.Serve(context.Background(), func(ctx context.Context, c pool.Config) (pool.Executor, error) {
			return tiered.New(ctx, c, guard())
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) > 3 && os.Args[1] == parentArg {
		parent(os.Args[2], os.Args[3])
		return
	}
	goleak.VerifyTestMain(m)
}

func open(tb testing.TB, change func(*pool.Options)) *pool.Pool {
	tb.Helper()
	o := pool.Options{
		Executable: os.Args[0], Args: []string{hostArg}, Size: 2,
		Config: pool.Config{CacheDir: filepath.Join(tb.TempDir(), "cache")},
	}
	if change != nil {
		change(&o)
	}
	p := pool.New(o)
	tb.Cleanup(p.Close)
	return p
}

// install writes a module with a time stamp that is not of just now, so that it is trusted.
func install(tb testing.TB, module []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "plugin.wasm")
	if err := os.WriteFile(path, module, 0o644); err != nil {
		tb.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		tb.Fatal(err)
	}
	return path
}

func probe(module string) call.Request {
	return call.Request{
		Kind: call.Probe, Plugin: "test", Module: module,
		Capabilities: call.Capabilities{MaxMemoryMiB: 64, HardTimeout: time.Minute},
	}
}

// parent calls a module in a child, and prints a line before.
func parent(module, project string) {
	p := pool.New(pool.Options{Executable: os.Args[0], Args: []string{hostArg}, Size: 1})
	fmt.Println("calling")
	res := p.Do(context.Background(), call.Request{
		Kind: call.Run, Plugin: "orphan", Module: module, Export: "run", ProjectRoot: project,
		Capabilities: call.Capabilities{Exec: true, Env: []string{"PATH"}, MaxMemoryMiB: 64, SoftTimeout: time.Hour, HardTimeout: time.Hour},
		Granted:      []call.Grant{{Kind: "exec"}},
	}, nil)
	fmt.Println(res.Outcome)
}
