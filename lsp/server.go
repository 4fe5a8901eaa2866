package lsp

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/consent"
	"github.com/samuelpkg/samuel-lsp/lsp/wire"
)

// Options is what a [Server] is made with. The zero value is a server that runs nothing.
type Options struct {
	// Version is the program's version, as shown to the client.
	Version string
	// OpenHost opens what runs plugins, when something is first to run; nil means that nothing is
	// ever run.
	OpenHost func(HostConfig) (Host, error)
	// Admin installs plugins and looks after the cache; nil means that these commands fail.
	Admin Admin
	// Consent keeps what the user agreed to; the zero value keeps it for the session only.
	Consent consent.Store
	// LogDir is where captured output is written for clients that open no documents of the
	// server's own; "" means that it cannot be shown to them.
	LogDir string
	// Log receives the server's log, beside the client's own window; nil discards it.
	Log *zap.Logger
	// Token is what a client must send as initializationOptions.token; "" admits every client, as
	// is right where the operating system says who it is.
	Token string
	// Home is the user's home folder, which is never taken for a project; "" means none.
	Home string
	// Settled, unless nil, is called once, in the first pause after the workspace was searched and a
	// document is open: what only the start needed can be given back.
	Settled func()
	// Crowded, unless nil, is called when the server begins to look at many documents.
	Crowded func()
	// Drained, unless nil, is called in the pause after many documents were looked at for the first
	// time.
	Drained func()
}

// Server is one editor's session: one connection from its first byte to its last.
type Server struct {
	opts Options
	log  *zap.Logger

	stream *wire.Stream
	conn   jsonrpc2.Conn
	client protocol.Client

	ctx  context.Context // ends with the connection
	stop context.CancelFunc

	requests      map[string]requestHandler
	prompt        map[string]bool
	notifications map[string]notificationHandler
	features      []feature

	state    atomic.Pointer[Snapshot]
	funnel   sync.Mutex // held while a new snapshot is made
	watchers []observer

	phase    phase  // read loop only
	openings uint64 // read loop only
	exit     chan struct{}
	exitOnce sync.Once
	exitCode atomic.Int32
	admitted atomic.Bool // the client has shown its token

	inflight inflight
	detached detached
	spawning sync.Mutex
	work     sync.WaitGroup // goroutines that end with ctx

	diagnoser *diagnoser
	facts     *factsLoader
	watch     *folderWatch
	disk      *diskEvents
	scanner   *scanner
	refresher *refresher
	changes   broadcast
	pulling   sync.Mutex
	reported  reported
	tokens    progressTokens
	recent    recent
	outbox    *outbox

	host      *hostKeeper
	consent   consent.Store
	asker     *asker
	scheduler *scheduler
	saves     *saves
	written   written
	logs      *logs

	tokensSent sentTokens
	rest       *rest
}

// New returns a server that is ready to serve one connection.
func New(opts Options) *Server {
	s := &Server{opts: opts, log: opts.Log, exit: make(chan struct{})}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.inflight.cancels = make(map[jsonrpc2.ID]context.CancelFunc)
	s.state.Store(&Snapshot{Client: &Client{}, Settings: defaultSettings()})
	s.features = features()
	s.requests, s.prompt, s.notifications = tables(s.features)
	s.outbox = &outbox{s: s, lost: s.logLost}
	s.diagnoser = newDiagnoser(s)
	s.facts = newFactsLoader(s)
	s.watch = newFolderWatch(s)
	s.disk = newDiskEvents(s)
	s.scanner = newScanner(s)
	s.refresher = newRefresher(s)
	s.rest = &rest{s: s}
	s.host = newHostKeeper(s)
	if s.consent = opts.Consent; s.consent == (consent.Store{}) {
		s.consent = consent.Open("")
	}
	s.asker = newAsker(s)
	s.scheduler = newScheduler(s)
	s.saves = newSaves(s)
	s.logs = newLogs(s)
	s.watchers = []observer{s.diagnoser.observe, s.watch.observe, s.refresher.observe, s.changes.observe, s.saves.observe, prober{s}.observe, s.scheduler.runs.observe}
	return s
}

// Serve speaks the protocol over conn until the client says exit, goes away or breaks the
// framing, and returns the code that the process should exit with: 0 after an orderly shutdown, 1
// otherwise. conn is closed unless a read of it may still be pending, as with a parked standard
// input; the caller should end the process then.
func (s *Server) Serve(conn io.ReadWriteCloser) int {
	s.stream = wire.NewStream(conn, wire.Hooks{Idle: s.diagnoser.flush, Closed: s.closed})
	s.conn = jsonrpc2.NewConn(s.stream, jsonrpc2.WithCodec(codec{}))
	s.client = protocol.ClientDispatcher(s.conn)
	s.log = s.clientLog(s.log)
	s.spawn(s.diagnoser.run)
	s.awaitAdmission()
	s.conn.Go(wire.Answering(context.Background()), s.handle)

	answered := make(chan struct{})
	go func() {
		defer close(answered)
		<-s.conn.Done()
		s.stream.Flush() // the last answers may be with a writer that the connection does not know of
	}()
	select {
	case <-s.exit:
	case <-answered:
	case <-s.ctx.Done(): // nothing more can be read
		select {
		case <-s.exit:
		case <-answered:
		case <-time.After(lastAnswers):
		}
	}
	s.end()
	return int(s.exitCode.Load())
}

// lastAnswers is how long a client that sends nothing more has to read what it was answered.
const lastAnswers = 5 * time.Second

// lastWrite is how long a session that is over waits for a client that no longer reads.
const lastWrite = time.Second

// end stops the background work and returns when it has stopped and what was being sent is sent.
func (s *Server) end() {
	s.spawning.Lock()
	s.stop()
	s.spawning.Unlock()
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		s.stream.Flush()
		s.host.close()
		s.work.Wait()
	}()
	select {
	case <-quiet:
	case <-time.After(lastWrite):
	}
}

// closed is told by the stream that nothing can be read any more: whatever still runs for this
// client has nobody to run for. What was asked is answered, if only by saying so, before the
// connection hears of it, as it sends nothing afterwards.
func (s *Server) closed(err error) {
	if errors.Is(err, wire.ErrFrame) {
		s.log.Error("connection closed", zap.Error(err))
	}
	if s.phase != phaseShutdown {
		s.exitCode.Store(1)
	}
	s.stop()
	s.detached.wait(lastAnswers)
}

// spawn runs f on a goroutine that Serve waits for; f must return soon after ctx ends. Once the
// session is over it does nothing and returns false.
func (s *Server) spawn(f func(ctx context.Context)) bool {
	s.spawning.Lock()
	defer s.spawning.Unlock()
	if s.ctx.Err() != nil {
		return false
	}
	s.work.Add(1)
	go func() {
		wire.GrowStack()
		defer s.work.Done()
		defer s.recovered("background work")
		f(s.ctx)
	}()
	return true
}

// Snapshot returns the present state.
func (s *Server) Snapshot() *Snapshot { return s.state.Load() }
