package lsp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path"
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
// as files.
type logs struct {
	s     *Server
	mu    sync.Mutex
	shown map[logName]bool // asked for in this session
}

func newLogs(s *Server) *logs { return &logs{s: s, shown: make(map[logName]bool)} }

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
	s.logs.note(name)
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
	for _, r := range runs.done {
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
		result = runlog.Result(r.result, r.log)
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

func (l *logs) note(n logName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown[n] = true
}

// show opens a log in the editor and returns its URI. It must not be called on the read loop.
func (l *logs) show(ctx context.Context, snap *Snapshot, n logName, plugin string) (uri.URI, error) {
	l.note(n)
	target := n.uri(plugin)
	if !snap.Client.TextContent || !snap.Client.ShowDocument {
		file, err := l.write(snap, n, plugin)
		if err != nil {
			return "", err
		}
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
func (l *logs) file(n logName, plugin string) string {
	sum := sha256.Sum256([]byte(n.manifest))
	export := n.export
	if export == "" {
		export = healthLog
	}
	safe := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return '_'
		}, runlog.Clip(s, 60))
	}
	return filepath.Join(l.s.opts.LogDir, safe(plugin)+"-"+hex.EncodeToString(sum[:4]), safe(export)+".log")
}

// write puts a log into its file, whole.
func (l *logs) write(snap *Snapshot, n logName, plugin string) (string, error) {
	if l.s.opts.LogDir == "" {
		return "", fmt.Errorf("showing a log: this editor opens no %s documents, and the server has no folder to write the log to", logScheme)
	}
	file := l.file(n, plugin)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("showing a log: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".log-*")
	if err != nil {
		return "", fmt.Errorf("showing a log: %w", err)
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
		return "", fmt.Errorf("showing a log: %w", err)
	}
	return file, nil
}

// refresh brings the logs of a plugin up to date that the user has opened.
func (l *logs) refresh(manifest string) {
	l.mu.Lock()
	var names []logName
	for n := range l.shown {
		if n.manifest == manifest {
			names = append(names, n)
		}
	}
	l.mu.Unlock()
	if len(names) == 0 {
		return
	}
	l.s.spawn(func(ctx context.Context) {
		snap := l.s.Snapshot()
		plugin := snap.pluginName(manifest)
		for _, n := range names {
			if snap.Client.TextContent {
				l.s.refreshContent(ctx, n.uri(plugin))
			} else if _, err := l.write(snap, n, plugin); err != nil {
				l.s.log.Debug("log not written", zap.Error(err))
			}
		}
	})
}

// pluginName is the name in a manifest, its folder's if there is none.
func (snap *Snapshot) pluginName(manifest string) string {
	if doc := snap.Manifest(fileURI(manifest)); doc != nil {
		if m := snap.Check(doc).Model; m.Name.OK && m.Name.Text != "" {
			return runlog.OneLine(m.Name.Text)
		}
	}
	return path.Base(filepath.ToSlash(filepath.Dir(manifest)))
}
