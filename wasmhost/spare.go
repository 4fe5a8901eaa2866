package wasmhost

import (
	"context"
	"io/fs"

	"github.com/tetratelabs/wazero/experimental/sys"
	wsys "github.com/tetratelabs/wazero/sys"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// PrepareSpare makes an instance for a later request like req, ahead of time. Nobody asked for it
// yet, so initialising it must neither show nor depend on what may change: a guest that calls a
// host function, looks at a file or writes a line while it is initialised gets no spare. Nil means
// that the next request starts from [Runtime.Prepare].
//
// After, if not nil, is what was just run, closed or not: where it is of the same file, the spare is of the same
// module, without another look at the file.
func (r *Runtime) PrepareSpare(ctx context.Context, req call.Request, after *Prepared) *Prepared {
	said := false
	var known *module
	if after != nil && after.path == req.Module {
		known = after.module
	}
	p, _ := r.prepare(ctx, req, func(call.Event) { said = true }, true, known)
	if p == nil {
		return nil
	}
	if said {
		p.Close()
		return nil
	}
	p.compile = 0 // no later request waited for it
	// Looking up costs more than calling.
	if p.module.summary.Protocol == nil {
		p.function(exportProtocol)
	}
	if req.Kind == call.Probe {
		p.function(exportHealth)
	} else {
		p.function(req.Export)
	}
	return p
}

// earlyEffectError ends the initialisation of a spare that would have been noticed.
type earlyEffectError struct{}

func (earlyEffectError) Error() string { return "initialising the module has effects" }

// check ends the initialisation of a spare: the engine makes the panic its error.
func (s *session) check() {
	if s.current.ahead {
		panic(earlyEffectError{})
	}
}

// aheadFS is a sandbox that is closed while a spare is initialised, but for its root: every guest
// of WASI opens that, and what is declared decides alone what it holds.
type aheadFS struct {
	fs      sys.FS
	session *session
}

func (f *aheadFS) OpenFile(path string, flag sys.Oflag, perm fs.FileMode) (sys.File, sys.Errno) {
	if path != "." && path != "/" {
		f.session.check()
	}
	return f.fs.OpenFile(path, flag, perm)
}

func (f *aheadFS) Lstat(path string) (wsys.Stat_t, sys.Errno) {
	f.session.check()
	return f.fs.Lstat(path)
}

func (f *aheadFS) Stat(path string) (wsys.Stat_t, sys.Errno) {
	f.session.check()
	return f.fs.Stat(path)
}

func (f *aheadFS) Mkdir(path string, perm fs.FileMode) sys.Errno {
	f.session.check()
	return f.fs.Mkdir(path, perm)
}

func (f *aheadFS) Chmod(path string, perm fs.FileMode) sys.Errno {
	f.session.check()
	return f.fs.Chmod(path, perm)
}

func (f *aheadFS) Rename(from, to string) sys.Errno {
	f.session.check()
	return f.fs.Rename(from, to)
}

func (f *aheadFS) Rmdir(path string) sys.Errno {
	f.session.check()
	return f.fs.Rmdir(path)
}

func (f *aheadFS) Unlink(path string) sys.Errno {
	f.session.check()
	return f.fs.Unlink(path)
}

func (f *aheadFS) Link(from, to string) sys.Errno {
	f.session.check()
	return f.fs.Link(from, to)
}

func (f *aheadFS) Symlink(from, to string) sys.Errno {
	f.session.check()
	return f.fs.Symlink(from, to)
}

func (f *aheadFS) Readlink(path string) (string, sys.Errno) {
	f.session.check()
	return f.fs.Readlink(path)
}

func (f *aheadFS) Utimens(path string, atim, mtim int64) sys.Errno {
	f.session.check()
	return f.fs.Utimens(path, atim, mtim)
}
