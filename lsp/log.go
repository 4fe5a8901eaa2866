package lsp

import (
	"context"
	"fmt"
	"strings"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// clientLog returns a logger that also writes to the client's log window, from level info on.
func (s *Server) clientLog(base *zap.Logger) *zap.Logger {
	return base.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return zapcore.NewTee(core, &clientCore{s: s})
	}))
}

// clientCore is a zap core over window/logMessage.
type clientCore struct {
	s      *Server
	fields []zapcore.Field
}

// Enabled implements [zapcore.Core].
func (c *clientCore) Enabled(l zapcore.Level) bool { return l >= zapcore.InfoLevel }

// With implements [zapcore.Core].
func (c *clientCore) With(fields []zapcore.Field) zapcore.Core {
	return &clientCore{s: c.s, fields: append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

// Check implements [zapcore.Core].
func (c *clientCore) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return ce.AddCore(e, c)
	}
	return ce
}

// Write implements [zapcore.Core].
func (c *clientCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	enc := zapcore.NewConsoleEncoder(zapcore.EncoderConfig{MessageKey: "m", LineEnding: "\n", EncodeDuration: zapcore.StringDurationEncoder})
	buf, err := enc.EncodeEntry(e, append(c.fields[:len(c.fields):len(c.fields)], fields...))
	if err != nil {
		return err
	}
	defer buf.Free()
	c.s.logMessage(messageType(e.Level), strings.TrimSuffix(buf.String(), "\n"))
	return nil
}

// Sync implements [zapcore.Core].
func (c *clientCore) Sync() error { return nil }

// logMessage writes to the client's log window. A failure is not logged: it would fail again.
func (s *Server) logMessage(kind protocol.MessageType, message string) {
	params := &protocol.LogMessageParams{Type: kind, Message: message}
	s.outbox.pushUnless(func() bool { return s.notifyAtOnce(protocol.MethodWindowLogMessage, params) }, func(ctx context.Context) {
		_ = s.conn.Notify(ctx, protocol.MethodWindowLogMessage, params)
	})
}

// logLost says in the client's log window what it did not read in time.
func (s *Server) logLost(ctx context.Context, n int) {
	_ = s.conn.Notify(ctx, protocol.MethodWindowLogMessage, &protocol.LogMessageParams{
		Type:    protocol.MessageTypeWarning,
		Message: fmt.Sprintf("%d messages were dropped, as this client did not read them; start the server with --log-file to have all", n),
	})
}

func messageType(l zapcore.Level) protocol.MessageType {
	switch {
	case l >= zapcore.ErrorLevel:
		return protocol.MessageTypeError
	case l == zapcore.WarnLevel:
		return protocol.MessageTypeWarning
	default:
		return protocol.MessageTypeInfo
	}
}
