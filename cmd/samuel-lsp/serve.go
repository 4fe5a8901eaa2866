package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/samuelpkg/samuel-lsp/lsp"
)

// serveFlags are the flags of the serve command.
type serveFlags struct {
	stdio    bool
	listen   listenFlags
	logFile  string
	logLevel string
}

// serveCommand returns the command that runs the language server.
func serveCommand() *cobra.Command {
	var flags serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the language server",
		Long: "Run the language server, over standard input and output unless --listen names an address.\n" +
			"An editor starts it; it ends when the editor says so or goes away.\n\n" +
			"A client at a TCP address must send, as initializationOptions.token of its initialize request, the token\n" +
			"from the environment's " + tokenVariable + ", from --token-file, or from the file that is printed at the start. A Unix\n" +
			"socket lies in a folder of this user's alone and serves no other user.",
		Example: "  samuel-lsp serve\n  samuel-lsp serve --log-file /tmp/samuel-lsp.log --log-level debug\n  samuel-lsp serve --listen unix:$XDG_RUNTIME_DIR/samuel-lsp/editor.sock",
		Args:    takes(0, 0, ""),
		RunE:    func(*cobra.Command, []string) error { return serve(flags) },
	}
	cmd.Flags().BoolVar(&flags.stdio, "stdio", false, "speak over standard input and output (the default)")
	cmd.Flags().StringVar(&flags.listen.address, "listen", "", "accept clients at `ADDRESS`: 127.0.0.1:PORT or unix:PATH")
	cmd.Flags().StringVar(&flags.listen.tokenFile, "token-file", "", "the `FILE` with the token that clients at a TCP address must send; it is made if it does not exist")
	cmd.Flags().StringVar(&flags.logFile, "log-file", "", "append the log to `FILE`, which is put aside as FILE.old at 8 MiB; none by default, the editor shows what matters")
	cmd.Flags().StringVar(&flags.logLevel, "log-level", "info", "log `LEVEL`: debug, info, warn or error")
	cmd.MarkFlagsMutuallyExclusive("stdio", "listen")
	return cmd
}

// How far, in percent, the heap may grow between collections. With few documents there is little on it,
// and a keystroke beside a collection takes twice as long: at twice the default, one in two hundred
// does. With many documents it is half of the default, as there is an editor that wants the memory.
const (
	fewGrowth  = 200
	manyGrowth = 50
)

// growTo sets how far the heap may grow, unless the user has.
func growTo(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// crowded makes room for many documents: the start's pages would be there on top of them.
func crowded() {
	growTo(manyGrowth)
	dropStartPages()
}

// drained gives back what much work needed. Otherwise it would be kept for as long as nothing is done,
// since an idle program collects nothing.
func drained() {
	debug.FreeOSMemory()
	dropStartPages()
}

func serve(flags serveFlags) error {
	log, closeLog, err := openLog(flags.logFile, flags.logLevel)
	if err != nil {
		return err
	}
	defer closeLog()
	// A client that goes away is noticed by the write that fails.
	signal.Ignore(syscall.SIGPIPE)

	growTo(fewGrowth)
	home, _ := os.UserHomeDir() // none is fine: it is only kept from being taken for a project
	options := func() lsp.Options {
		return withServices(lsp.Options{Version: version(), Log: log, Home: home, Settled: dropStartPages, Crowded: crowded, Drained: drained})
	}
	if flags.listen.address != "" {
		return serveListener(flags.listen, options)
	}
	if code := lsp.New(options()).Serve(connection(stdio{os.Stdin, os.Stdout})); code != 0 {
		return exitCode(code)
	}
	return nil
}

// stdio is the process's standard input and output as one connection.
type stdio struct {
	io.Reader
	io.Writer
}

// Close does nothing: a read of standard input may be parked, and ends with the process.
func (stdio) Close() error { return nil }

// openLog returns a logger that appends to a file, nil when there is none.
func openLog(path, level string) (log *zap.Logger, closeLog func(), err error) {
	if path == "" {
		return nil, func() {}, nil
	}
	min, err := zapcore.ParseLevel(level)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("--log-level is %q; it must be debug, info, warn or error", level)}
	}
	file, err := openLogFile(path)
	if err != nil {
		return nil, nil, err
	}
	cfg := zap.NewProductionEncoderConfig()
	cfg.EncodeTime = zapcore.ISO8601TimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(cfg), zapcore.AddSync(file), min)
	return zap.New(core), func() { _ = file.Close() }, nil
}
