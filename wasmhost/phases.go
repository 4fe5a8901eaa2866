package wasmhost

import (
	"fmt"
	"os"
)

// Phase is what a runtime does before a guest's function can be called.
type Phase string

const (
	// PhaseCompile is compiling a module that is not held in memory, or loading it from disk.
	PhaseCompile Phase = "compile"
	// PhaseRun is guest code: a module's start and initialisation, and then the call.
	PhaseRun Phase = "run"
)

// WithPhases has announce called when a phase starts, with the hexadecimal SHA-256 of the module,
// by the goroutine that asked for it. An error it returns ends the request as failed before the
// phase has begun; for compiling, return [ErrCompileTooSlow] for what is known to take too long.
func WithPhases(announce func(phase Phase, sum string) error) Option {
	return func(o *options) { o.announce = announce }
}

func (r *Runtime) enter(p Phase, d digest) error {
	if r.opts.announce == nil {
		return nil
	}
	return r.opts.announce(p, d.String())
}

// ErrCompileTooSlow ends a request as one whose module took longer than the compile timeout.
var ErrCompileTooSlow error = &compileTimeoutError{after: DefaultCompileTimeout}

// Module is what a runtime knows of a module file before it runs it.
type Module struct {
	Sum   string // hexadecimal SHA-256
	Size  int64
	Held  bool   // compiled, in memory
	Entry string // its name in the disk cache, if it is held and has one
}

// Look tells what the module at path is and whether it is held compiled. A file that has not changed
// is not read again.
func (r *Runtime) Look(path string) (Module, error) {
	d, body, err := r.files.content(path)
	if err != nil {
		return Module{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Module{}, fmt.Errorf("open the module: %w", err)
	}
	known := Module{Sum: d.String(), Size: info.Size()}
	if m, ok := r.modules.Get(d); ok {
		known.Held, known.Entry = true, m.entry
	} else if body != nil {
		r.files.keep(d, body)
	}
	return known, nil
}

// OnDisk tells whether the disk cache has an entry of that name. Whether it is undamaged shows when
// it is loaded.
func (r *Runtime) OnDisk(entry string) bool {
	return r.disk != nil && entry != "" && r.disk.folder.Noted(entry)
}
