package lsp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"

	"github.com/samuelpkg/samuel-lsp/lsp/runlog"
)

const (
	// logScheme is the scheme of the documents that show captured output.
	logScheme = "samuel-log"
	// healthLog is what the log of a plugin's health checks is called.
	healthLog = "health"
)

// logName names one log: of one export's runs, or, with the export "", of the health check.
type logName struct{ manifest, export string }

// logs shows captured output: as documents of the server's own where the client opens such, else
// as files. What was shown once is kept up to date.
type logs struct {
	s         *Server
	mu        sync.Mutex
	documents map[uri.URI]logName // as the client names them
	files     map[string]logName
	changed   map[string]bool // manifests whose logs are to be shown anew
	busy      bool
}

func newLogs(s *Server) *logs {
	return &logs{s: s, documents: make(map[uri.URI]logName), files: make(map[string]logName), changed: make(map[string]bool)}
}

// logsFeature answers requests for the log documents.
func logsFeature() feature {
	return feature{
		requests: map[string]requestHandler{
			protocol.MethodWorkspaceTextDocumentContent: request(textDocumentContent),
		},
		advertise: func(caps *protocol.ServerCapabilities, client *Client) {
			if client.TextContent {
				workspaceOptions(caps).TextDocumentContent = &protocol.TextDocumentContentOptions{Schemes: []string{logScheme}}
			}
		},
	}
}

func textDocumentContent(_ context.Context, s *Server, snap *Snapshot, p *protocol.TextDocumentContentParams) (any, error) {
	name, ok := parseLogURI(string(p.URI))
	if !ok {
		return nil, invalidParams("%.200q is no log of this server's", string(p.URI))
	}
	s.logs.mu.Lock()
	s.logs.documents[p.URI] = name
	s.logs.mu.Unlock()
	return &protocol.TextDocumentContentResult{Text: snap.logText(name)}, nil
}

// uri names a log as a document. The path is for the reader, the query decides.
func (n logName) uri(plugin string) uri.URI {
	export := n.export
	if export == "" {
		export = healthLog
	}
	u := url.URL{Scheme: logScheme, Path: "/" + plugin + "/" + export + ".log"}
	q := url.Values{"manifest": {n.manifest}}
	if n.export != "" {
		q.Set("export", n.export)
	}
	u.RawQuery = q.Encode()
	return uri.URI(u.String())
}

func parseLogURI(s string) (logName, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != logScheme {
		return logName{}, false
	}
	query := u.RawQuery
	if decoded, err := url.QueryUnescape(query); err == nil && !strings.Contains(query, "=") {
		query = decoded // some clients escape the whole query once more
	}
	q, err := url.ParseQuery(query)
	if err != nil || q.Get("manifest") == "" {
		return logName{}, false
	}
	return logName{manifest: q.Get("manifest"), export: q.Get("export")}, true
}

// maxLogText is the size in bytes above which a log shows no older runs: it is sent whole each time
// that it changes.
const maxLogText = 2 << 20

// logText renders a log, newest run first.
func (snap *Snapshot) logText(n logName) string {
	st := snap.runsOf(n.manifest)
	var b strings.Builder
	if n.export == "" {
		if st.probe == nil {
			return "health has not been checked yet\n"
		}
		fmt.Fprintf(&b, "%s · %s\n", st.probe.started.Format("2006-01-02 15:04:05"), runlog.Health(st.probe.result))
		writeLines(&b, st.probe.log)
		return b.String()
	}
	runs := st.exports[n.export]
	if runs.running != nil {
		writeRun(&b, runs.running)
	}
	for i, r := range runs.done {
		if b.Len() > maxLogText {
			fmt.Fprintf(&b, "\n%s not shown\n", runlog.Plural(len(runs.done)-i, "older run"))
			break
		}
		writeRun(&b, r)
	}
	if b.Len() == 0 {
		return n.export + " has not been run yet\n"
	}
	return b.String()
}

func writeRun(b *strings.Builder, r *runRecord) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	cause := r.event
	if cause == "" {
		cause = "by hand"
	}
	result := "running"
	if r.done {
		result = fmt.Sprintf("%s · %s", runlog.OneLine(r.result.Outcome.String()), runlog.Duration(r.result.Duration))
	}
	fmt.Fprintf(b, "%s · %s · %s · %s\n", r.started.Format("2006-01-02 15:04:05"), r.export, cause, result)
	writeLines(b, r.log)
	for _, f := range r.result.Stack {
		if f.Func != "" {
			fmt.Fprintf(b, "    at %s\n", runlog.OneLine(f.Func))
		}
	}
}

func writeLines(b *strings.Builder, l *runlog.Log) {
	lines, dropped := l.Read()
	for _, line := range lines {
		fmt.Fprintf(b, "  %s\n", runlog.Line(line))
	}
	if dropped > 0 {
		fmt.Fprintf(b, "  %s not kept\n", runlog.Plural(dropped, "line"))
	}
}

// show opens a log in the editor and returns its URI. It must not be called on the read loop.
func (l *logs) show(ctx context.Context, snap *Snapshot, n logName, plugin string) (uri.URI, error) {
	target := n.uri(plugin)
	if !snap.Client.TextContent || !snap.Client.ShowDocument {
		file, err := l.file(n, plugin)
		if err != nil {
			return "", err
		}
		if err := l.write(snap, n, file); err != nil {
			return "", err
		}
		l.mu.Lock()
		l.files[file] = n
		l.mu.Unlock()
		target = fileURI(file)
	}
	if snap.Client.ShowDocument {
		focus := true
		var result protocol.ShowDocumentResult
		err := l.s.ask(ctx, protocol.MethodWindowShowDocument, &protocol.ShowDocumentParams{URI: target, TakeFocus: &focus}, &result)
		if err != nil {
			return "", fmt.Errorf("the editor could not show the log: %w", err)
		}
	}
	return target, nil
}

// file is where a log is kept for clients that open no documents of the server's.
func (l *logs) file(n logName, plugin string) (string, error) {
	if l.s.opts.LogDir == "" {
		return "", fmt.Errorf("showing a log: this editor opens no %s documents, and the server has no folder to write the log to", logScheme)
	}
	export := n.export
	if export == "" {
		export = healthLog
	}
	return filepath.Join(l.s.opts.LogDir, fileName(plugin, n.manifest), fileName(export, n.export)+".log"), nil
}

// fileName makes a file name of a text for people, and keeps apart what identity tells apart.
func fileName(text, identity string) string {
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, runlog.Clip(text, 60))
	if safe == identity || identity == "" {
		return safe
	}
	sum := sha256.Sum256([]byte(identity))
	return safe + "-" + hex.EncodeToString(sum[:4])
}

// write puts a log into its file, whole.
func (l *logs) write(snap *Snapshot, n logName, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("showing a log: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".log-*")
	if err != nil {
		return fmt.Errorf("showing a log: %w", err)
	}
	_, err = temp.WriteString(snap.logText(n))
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return fmt.Errorf("showing a log: %w", err)
	}
	return nil
}

// refresh brings the logs of a plugin up to date that the user has opened. It never waits.
func (l *logs) refresh(manifest string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.documents) == 0 && len(l.files) == 0 {
		return
	}
	l.changed[manifest] = true
	if !l.busy {
		l.busy = l.s.spawn(l.run)
	}
}

// run refreshes one log after another, so that a client that is slow to read them is not flooded.
func (l *logs) run(ctx context.Context) {
	for {
		l.mu.Lock()
		if len(l.changed) == 0 || ctx.Err() != nil {
			l.busy = false
			l.mu.Unlock()
			return
		}
		var documents []uri.URI
		files := make(map[string]logName)
		for u, n := range l.documents {
			if l.changed[n.manifest] {
				documents = append(documents, u)
			}
		}
		for file, n := range l.files {
			if l.changed[n.manifest] {
				files[file] = n
			}
		}
		clear(l.changed)
		l.mu.Unlock()
		for _, u := range documents {
			_ = l.s.ask(ctx, protocol.MethodWorkspaceTextDocumentContentRefresh, &protocol.TextDocumentContentRefreshParams{URI: u}, nil)
		}
		for file, n := range files {
			if err := l.write(l.s.Snapshot(), n, file); err != nil {
				l.s.log.Debug("log not written", zap.Error(err))
			}
		}
	}
}
