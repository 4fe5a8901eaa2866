package wasmhost

import (
	"crypto/x509"
	"net"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero/experimental"

	"github.com/samuelpkg/samuel-lsp/wasmhost/linmem"
)

// Option changes how a Runtime works.
type Option func(*options)

type options struct {
	closeOnDone    bool
	interpreter    bool
	workers        int
	compileTimeout time.Duration
	diskBudget     int64
	allocator      experimental.MemoryAllocator
	rewrite        func([]byte) ([]byte, *linmem.Image)
	files          *files
	announce       func(Phase, string) error
	guard          []string
	sweep          func()
	resolver       *net.Resolver
	rootCAs        *x509.CertPool
}

func newOptions(opts []Option) options {
	o := options{
		closeOnDone:    true,
		workers:        runtime.GOMAXPROCS(0),
		compileTimeout: DefaultCompileTimeout,
		diskBudget:     DefaultDiskBudget,
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// Bounds that are the host's own, not a plugin's.
const (
	// DefaultCompileTimeout is how long compiling one module may take.
	DefaultCompileTimeout = 10 * time.Second
	// DefaultCacheBudget bounds the compiled modules kept in memory, in bytes of module.
	DefaultCacheBudget int64 = 256 << 20
	// DefaultDiskBudget bounds the compiled modules kept on disk, in bytes of file.
	DefaultDiskBudget int64 = 1 << 30
)

// WithCloseOnContextDone says whether guest code looks at its context and stops when that is done.
// It is on by default and makes guests slower; switch it off only where something else, such as
// killing the process, stops a guest.
func WithCloseOnContextDone(on bool) Option { return func(o *options) { o.closeOnDone = on } }

// WithInterpreter interprets modules instead of compiling them: they start sooner and run slower.
// Such a runtime uses no disk cache.
func WithInterpreter() Option { return func(o *options) { o.interpreter = true } }

// WithCompilationWorkers says how many goroutines compile one module; the default is GOMAXPROCS.
func WithCompilationWorkers(n int) Option { return func(o *options) { o.workers = max(n, 1) } }

// WithCompileTimeout bounds the compiling of one module; the default is DefaultCompileTimeout.
func WithCompileTimeout(d time.Duration) Option { return func(o *options) { o.compileTimeout = d } }

// WithDiskBudget bounds the on-disk cache in bytes; 0 disables eviction.
func WithDiskBudget(bytes int64) Option { return func(o *options) { o.diskBudget = bytes } }

// WithMemoryAllocator says where guest memories come from. The plugin's cap is enforced around it:
// Allocate is called with a max no higher than the cap.
func WithMemoryAllocator(a experimental.MemoryAllocator) Option {
	return func(o *options) { o.allocator = a }
}

// WithFilesOf shares what another runtime knows of module files, so that what one of the two has read
// the other need not read again.
func WithFilesOf(other *Runtime) Option { return func(o *options) { o.files = other.files } }

// WithModuleRewrite transforms a module's bytes before they are compiled, to an equivalent that is
// cheaper to instantiate. It must not change its argument. Where the outcome does not compile, the
// original is compiled; caches and statistics speak of the original.
//
// An image is data that was taken out of the module, for memories that hold it from the start. Those
// of a [linmem.Pool] can; with another allocator, the original is compiled. Then what
// [Runtime.LoadCached] and [Runtime.CompileAndCache] return lacks that data: only the runtime's own
// instances have it.
func WithModuleRewrite(f func(module []byte) (rewritten []byte, image *linmem.Image)) Option {
	return func(o *options) { o.rewrite = f }
}

// WithCommandGuard has the commands of exec started by a program, given with its first arguments,
// that calls proctree.Guard with what follows them: so they end with everything they have started,
// however this process ends. Without it, a command that detaches itself can live on. It changes
// nothing on Windows, where a job object does the same.
func WithCommandGuard(program ...string) Option { return func(o *options) { o.guard = program } }

// WithCommandSweep has sweep called whenever a command of exec has ended, for what a command that
// killed its guard has left to this process; proctree.Sweep does that. Only a process that starts
// nothing but those commands, one at a time, may ask for it.
func WithCommandSweep(sweep func()) Option { return func(o *options) { o.sweep = sweep } }

// WithResolver says which resolver outbound requests use instead of the system's.
func WithResolver(r *net.Resolver) Option { return func(o *options) { o.resolver = r } }

// WithRootCAs says which certificate authorities outbound requests trust instead of the system's.
func WithRootCAs(pool *x509.CertPool) Option { return func(o *options) { o.rootCAs = pool } }
