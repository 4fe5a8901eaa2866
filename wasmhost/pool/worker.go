package pool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

const (
	// startLimit is the longest a child may take to say hello.
	startLimit = 10 * time.Second
	// stderrKept is how much of what a child prints is kept; a Go crash gives its reason first.
	stderrKept = 8 << 10
)

// worker is the parent's handle on one child process.
type worker struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	jail   *jail
	stderr *head
	exited chan struct{} // closed once the process is reaped

	sending sync.Mutex // the child may answer, and be another's, before a write has returned
	buf     []byte     // the frame being written

	// Guarded by the pool's mutex.
	state     workerState
	preparing bool            // what owns it, while it is busy, is a preparation and no call
	aborted   bool            // it was killed while it was busy, and stays so
	behind    bool            // it was claimed while it prepared a spare, and starts when that is done
	task      string          // the module of what owns it
	spare     string          // the module that its spare instance is of
	warm      map[string]bool // the modules it holds compiled
	inbox     chan frame      // its owner's
	limit     time.Duration   // how long its next spare may take
	slow      *time.Timer     // kills it when that has passed
	cache     CacheStats
}

type workerState uint8

const (
	idle    workerState = iota // it waits for a call
	sparing                    // it has answered and prepares its spare; a call sent now waits behind that
	busy                       // a call or a background preparation owns it and receives its frames
	retired                    // its stdin is closed
)

// startWorker starts a child and exchanges hellos with it.
func startWorker(o Options) (w *worker, out *bufio.Reader, err error) {
	cmd := exec.Command(o.Executable, o.Args...)
	cmd.Env = o.Env
	cmd.WaitDelay = time.Second // a descendant that holds stderr open must not keep the child from being reaped
	w = &worker{
		cmd:    cmd,
		stderr: &head{},
		exited: make(chan struct{}),
		warm:   map[string]bool{},
	}
	cmd.Stderr = w.stderr
	if w.jail, err = confine(cmd); err != nil {
		return nil, nil, fmt.Errorf("start a plugin host: %w", err)
	}
	stdout, err := w.start()
	if err != nil {
		w.jail.close()
		return nil, nil, fmt.Errorf("start a plugin host from %s: %w", o.Executable, err)
	}
	go w.reap(stdout)
	late := time.AfterFunc(startLimit, w.kill)
	out = bufio.NewReaderSize(stdout, 64<<10)
	err = w.greet(o.Config, out)
	if !late.Stop() && err != nil {
		err = fmt.Errorf("it did not say hello within %s, and was killed%s", startLimit, w.lastWords())
	}
	if err != nil {
		w.kill()
		<-w.exited
		return nil, nil, fmt.Errorf("start a plugin host from %s: %w", o.Executable, err)
	}
	return w, out, nil
}

// stillbornError says that a child ended by itself before it said hello, so that no call can have
// begun in it.
type stillbornError struct{ status, printed string }

func (e *stillbornError) Error() string {
	return fmt.Sprintf("it ended before it said hello (%s)%s", e.status, e.printed)
}

// start connects the pipes and starts the process.
func (w *worker) start() (stdout *os.File, err error) {
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	w.cmd.Stdout = theirs
	if err := w.cmd.Start(); err != nil {
		stdout.Close()
		return nil, err
	}
	if err := w.jail.admit(w.cmd.Process); err != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait()
		stdout.Close()
		return nil, err
	}
	return stdout, nil
}

func (w *worker) greet(c Config, out *bufio.Reader) error {
	sendErr := w.send(frameHello, hello{Version: ProtocolVersion, Config: c})
	f, err := readFrame(out)
	var h hello
	switch {
	case sendErr != nil || err != nil: // why is in its status and in what it printed
		w.kill()
		<-w.exited
		return &stillbornError{status: w.cmd.ProcessState.String(), printed: w.lastWords()}
	case f.kind != frameHello || f.decode(&h) != nil:
		return errors.New("it did not answer as a plugin host; is it another program?")
	case h.Version != ProtocolVersion:
		return fmt.Errorf("it speaks version %d, this program %d; the binary was replaced, so restart the server", h.Version, ProtocolVersion)
	}
	return nil
}

// reap waits for the process to end. Its output is closed a moment later if something it left
// behind still holds the other end: what a child says ends with the child.
func (w *worker) reap(stdout *os.File) {
	_ = w.cmd.Wait() // the status says more than the error
	w.jail.close()
	close(w.exited)
	_ = stdout.SetReadDeadline(time.Now().Add(time.Second)) // where there are no deadlines, nothing can inherit the pipe either
}

func (w *worker) send(t frameType, v any) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	b, err := appendFrame(w.buf[:0], t, v)
	if err != nil {
		return err
	}
	if cap(b) <= 1<<20 {
		w.buf = b
	}
	_, err = w.in.Write(b)
	return err
}

// kill ends the process and everything in its process group or job, at once.
func (w *worker) kill() { w.jail.kill(w.cmd.Process) }

// end asks the process to go, by closing its stdin.
func (w *worker) end() { _ = w.in.Close() }

func (w *worker) lastWords() string {
	if s := w.stderr.String(); s != "" {
		return ": " + s
	}
	return ""
}

// head keeps the first bytes written to it and swallows the rest.
type head struct {
	mu sync.Mutex
	b  []byte
}

func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.b = append(h.b, p[:min(len(p), stderrKept-len(h.b))]...)
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(h.b)
}
