package wasmhost

import (
	"context"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// HostState is what the host functions know of the plugin that calls them. It travels in the
// context of the guest call, see [WithHostState].
type HostState struct {
	// Plugin is the plugin's name, for logs.
	Plugin string
	// Grants are what the user agreed to.
	Grants []Grant
	// LogBuf collects every kept line the plugin emits through log, as "[level] text".
	LogBuf []string
	// OutboundOK and ExecOK, where set, may refuse by policy what caps and grants allow.
	OutboundOK func(host string) bool
	ExecOK     func(cmd string) bool
	// Caps, where set, is asked before the grants; both must allow.
	Caps *Capabilities

	gate *gate // of Caps and Grants, unless a run brought its own
	run  *run
}

// Authorize is the one gate: it returns nil if the plugin may use kind on target, and otherwise a
// [*DeniedError]. Targets are guest paths, host names or commands. What Caps declares must be
// granted too, but for reads below /workspace; without Caps the grants alone decide.
func (s *HostState) Authorize(kind Kind, target string) error {
	if kind == FilesystemRead || kind == FilesystemWrite {
		clean, ok := cleanGuestPath(target)
		if !ok {
			return &DeniedError{Kind: kind, Target: target}
		}
		target = clean
	}
	if denied := s.currentGate().authorize(kind, target); denied != nil {
		return denied
	}
	if kind == NetworkOutbound && s.OutboundOK != nil && !s.OutboundOK(target) ||
		kind == Exec && s.ExecOK != nil && !s.ExecOK(target) {
		return &DeniedError{Kind: kind, Target: target, Declared: true, Policy: true}
	}
	return nil
}

// currentGate follows changes of the exported fields, unless a run fixed the gate.
func (s *HostState) currentGate() *gate {
	if s.gate != nil {
		return s.gate
	}
	return gateFromCaps(s.Caps, s.Grants)
}

type hostStateKey struct{}

type projectRootKey struct{}

// WithHostState attaches s to ctx for the host functions to read. The pointer is kept, so that
// they can append to LogBuf.
func WithHostState(ctx context.Context, s *HostState) context.Context {
	return context.WithValue(ctx, hostStateKey{}, s)
}

// WithProjectRoot says which folder /workspace stands for in what is instantiated with ctx.
// Without it nothing exists below /workspace.
func WithProjectRoot(ctx context.Context, dir string) context.Context {
	return context.WithValue(ctx, projectRootKey{}, dir)
}

func projectRoot(ctx context.Context) string {
	dir, _ := ctx.Value(projectRootKey{}).(string)
	return dir
}

// hostStateFrom returns the state of the run that a host function was called in. A call without
// one gets a state that allows nothing.
func hostStateFrom(ctx context.Context) *HostState {
	s, _ := ctx.Value(hostStateKey{}).(*HostState)
	if s == nil {
		s = &HostState{Caps: &Capabilities{}}
	}
	if s.run == nil {
		s.run = s.newRun(ctx)
	}
	return s
}

// newRun makes the state of calls that an embedder makes with a HostState of its own. It has no
// deadline but the context's.
func (s *HostState) newRun(ctx context.Context) *run {
	root, gate := projectRoot(ctx), s.currentGate()
	world := newSession(gate, root, nil, nil)
	if s.Caps != nil {
		world.env = lookupEnv(s.Caps.Env)
	}
	r := newRun(runConfig{
		sink: func(call.Event) {}, gate: gate, projectRoot: root, files: world.files, env: world.env,
	})
	world.begin(ctx, r)
	return r
}
