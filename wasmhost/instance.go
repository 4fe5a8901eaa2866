package wasmhost

import (
	"context"
	"crypto/rand"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
	"github.com/tetratelabs/wazero/experimental/sysfs"
	"github.com/tetratelabs/wazero/sys"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
	"github.com/samuelpkg/samuel-lsp/wasmhost/sandboxfs"
)

// BuildModuleConfig returns the configuration of one instance: the environment variables and the
// mounts that caps allow, real clock, sleep and random numbers, and a start function for reactors.
// The instance is anonymous, so that no guest can meet another by name; instanceName is its argv[0].
// Nothing of the host's own input and output is inherited.
//
// Caps alone decide here: no grant is asked for. A mount below /workspace has no files, as a
// configuration knows no project root; [Runtime.InstantiateWithBudgets] does, see [WithProjectRoot].
// The configuration must not be used for two instances at once, which would share open folders.
func BuildModuleConfig(caps Capabilities, instanceName string) wazero.ModuleConfig {
	files := sandboxfs.New(sandboxfs.Config{
		Policy: gateFromCaps(&caps, []Grant{{Kind: FilesystemRead}, {Kind: FilesystemWrite}}),
		Denied: func(string, bool) {},
		Wrote:  func(string) {},
	})
	return moduleConfig(lookupEnv(caps.Env), instanceName, func(ns int64) { time.Sleep(time.Duration(ns)) }).
		WithFSConfig(mount(files))
}

// mount is how instances see files: as one tree.
func mount(files experimentalsys.FS) wazero.FSConfig {
	return wazero.NewFSConfig().(sysfs.FSConfig).WithSysFSMount(files, "/")
}

// baseConfig is what all instances have in common. Configurations are immutable; each step makes a
// new one, so the steps that are always the same are taken once.
var baseConfig = wazero.NewModuleConfig().
	WithName("").
	WithStartFunctions(exportInitialize).
	WithSysWalltime().
	WithSysNanotime().
	WithOsyield(runtime.Gosched).
	WithRandSource(rand.Reader)

func moduleConfig(env []string, name string, sleep func(ns int64)) wazero.ModuleConfig {
	config := baseConfig.WithArgs(name).WithNanosleep(sleep)
	for _, variable := range env {
		key, value, _ := strings.Cut(variable, "=")
		config = config.WithEnv(key, value)
	}
	return config
}

// lookupEnv returns the listed variables of this process as KEY=value; unset ones are left out.
func lookupEnv(keys []string) []string {
	var env []string
	for _, k := range keys {
		if v, ok := os.LookupEnv(k); ok {
			env = append(env, k+"="+v)
		}
	}
	return env
}

// session is what an instance keeps from one call to the next: the world it was made for. What it
// does is told to the run that is going on.
type session struct {
	gate    *gate
	root    string
	env     []string
	files   *sandboxfs.FS
	memory  *memoryBudget
	current *run
	ctx     context.Context // of the call that is going on
	stdout  lineWriter
	stderr  lineWriter
}

func newSession(g *gate, root string, env []string, memory *memoryBudget) *session {
	s := &session{
		gate: g, root: root, env: env, memory: memory,
	}
	s.files = sandboxfs.New(sandboxfs.Config{
		Project: root,
		Policy:  g,
		Denied: func(guest string, write bool) {
			kind := FilesystemRead
			if write {
				kind = FilesystemWrite
			}
			s.refused(kind, guest)
		},
		Wrote: func(guest string) { s.current.noteWrite(guest) },
	})
	s.stdout.emit = func(line []byte) { s.current.out.text(call.LevelInfo, call.SourceStdout, line) }
	s.stderr.emit = func(line []byte) { s.current.out.text(call.LevelWarn, call.SourceStderr, line) }
	return s
}

// refused records a refusal of the file system. What is declared and granted was refused for where
// it leads to. Reading what exists outside of the project but was never declared is no offence:
// every libc looks for a file or two.
func (s *session) refused(kind Kind, guest string) {
	denied := s.gate.authorize(kind, guest)
	switch {
	case denied == nil:
		denied = &DeniedError{
			Kind: kind, Target: guest, Declared: true, Policy: true,
			why: "a symbolic link leads out of its place",
		}
	case kind == FilesystemRead && !denied.Declared && !inWorkspace(guest):
		return
	}
	s.current.deny(denied)
}

// config returns how the session's instance is made.
func (s *session) config(name string) wazero.ModuleConfig {
	return moduleConfig(s.env, name, s.sleep).
		WithStdout(&s.stdout).
		WithStderr(&s.stderr).
		WithFSConfig(mount(&aheadFS{s.files, s}))
}

// sleep waits as long as the guest asked, but not beyond its run.
func (s *session) sleep(ns int64) {
	t := time.NewTimer(time.Duration(ns))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
		endIfOver(s.ctx)
	}
}

// begin directs what the instance does to r; ctx is the context of its calls.
func (s *session) begin(ctx context.Context, r *run) { s.ctx, s.current = ctx, r }

// end emits unfinished lines.
func (s *session) end() {
	s.stdout.flush()
	s.stderr.flush()
	s.current.out.flush()
}

// instantiate makes an instance of m in the session.
func (s *session) instantiate(ctx context.Context, m *module, name string) (api.Module, error) {
	if m.importErr != nil {
		return nil, m.importErr
	}
	if mem := m.summary.Memory; mem != nil && mem.Min*wasmPage > s.memory.limit {
		return nil, &memoryLimitError{need: mem.Min * wasmPage, limit: s.memory.limit}
	}
	instance, err := m.engine.instantiate(experimental.WithMemoryAllocator(ctx, s.memory), m, s.config(name))
	if err == nil && instance.IsClosed() { // the engine takes proc_exit(0) for a good end of initialising
		return nil, sys.NewExitError(0)
	}
	return instance, err
}

// InstantiateWithBudgets compiles body, or takes it from the cache, and returns an initialised,
// anonymous instance of it, together with the context that its functions must be called with: it
// carries the HostState of caps and grants, and ends at the hard timeout. The project root comes
// from ctx, see [WithProjectRoot]. The returned cancel must be called; it closes the instance too.
// It fails where an import is not provided, where the module needs more memory than caps allow, and
// where initialising fails.
func (r *Runtime) InstantiateWithBudgets(ctx context.Context, body []byte, name string, caps Capabilities, grants []Grant) (api.Module, context.Context, context.CancelFunc, error) {
	m, err := r.loadBytes(ctx, body)
	if err != nil {
		return nil, nil, nil, err
	}
	defer m.release()
	root := projectRoot(ctx)
	g := gateFromCaps(&caps, grants)
	s := newSession(g, root, lookupEnv(caps.Env), r.memoryFor(m, caps.memoryMiB()))
	state := &HostState{Plugin: name, Grants: grants, Caps: &caps}
	state.run = newRun(runConfig{
		sink: func(call.Event) {}, gate: g, projectRoot: root, files: s.files, env: s.env,
		soft: caps.softTimeout(), guard: r.opts.guard, sweep: r.opts.sweep,
	})
	callCtx, stop := context.WithTimeout(WithHostState(ctx, state), caps.hardTimeout())
	s.begin(callCtx, state.run)
	instance, err := s.instantiate(callCtx, m, name)
	if err != nil {
		stop()
		s.files.Close()
		return nil, nil, nil, err
	}
	cancel := func() {
		stop()
		// The guest is gone whatever closing it says.
		_ = instance.Close(context.WithoutCancel(ctx))
		s.files.Close()
	}
	return instance, callCtx, cancel, nil
}
