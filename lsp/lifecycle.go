package lsp

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// phase is where in its life a connection is. It is read and changed on the read loop only.
type phase uint8

const (
	phaseNew phase = iota
	phaseInitialized
	phaseShutdown
)

func (s *Server) admitRequest(method string) error {
	switch {
	case s.phase == phaseShutdown:
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server has been shut down")
	case s.phase == phaseNew && method != protocol.MethodInitialize:
		return jsonrpc2.NewError(jsonrpc2.ServerNotInitialized, "the server has not been initialized")
	case s.phase == phaseInitialized && method == protocol.MethodInitialize:
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the server has been initialized already")
	}
	return nil
}

func (s *Server) admitNotification(method string) error {
	if method == protocol.MethodExit || s.phase == phaseInitialized {
		return nil
	}
	return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "not between initialize and shutdown")
}

// initialize answers on the read loop: nothing else is taken up before.
func (s *Server) initialize(raw jsonrpc2.RawMessage) (any, error) {
	params, err := decode[protocol.InitializeParams](raw)
	if err != nil {
		return nil, err
	}
	if err := s.admit(params.InitializationOptions); err != nil {
		return nil, err
	}
	client := newClient(params)
	initial, trusted := initialSettings(params.InitializationOptions)
	settings, problems := parseSettings(initial, trusted)
	s.update(func(next *Snapshot) change {
		next.Client = client
		next.Settings, next.initial = settings, initial
		next.Folders = initialFolders(params)
		return change{}
	})
	s.phase = phaseInitialized
	s.reportSettings(problems)

	result := &protocol.InitializeResult{
		Capabilities: protocol.ServerCapabilities{PositionEncoding: protocol.PositionEncodingKind(client.Encoding.String())},
		ServerInfo:   protocol.ServerInfo{Name: "samuel-lsp"},
	}
	if s.opts.Version != "" {
		result.ServerInfo.Version.Set(s.opts.Version)
	}
	for _, f := range s.features {
		if f.advertise != nil {
			f.advertise(&result.Capabilities, client)
		}
	}
	return result, nil
}

// initialized starts what speaks to the client by itself.
func initialized(s *Server, _ jsonrpc2.RawMessage) error {
	s.spawn(s.register)
	s.spawn(s.pullSettings)
	s.scanner.start()
	return nil
}

func (s *Server) shutdown() (any, error) {
	s.phase = phaseShutdown
	s.inflight.cancelAll()
	return nil, nil
}

// exit ends the session. The connection is left alone: a read of standard input may be parked,
// and only the end of the process ends that.
func exit(s *Server, _ jsonrpc2.RawMessage) error {
	if s.phase != phaseShutdown {
		s.leave(1)
	} else {
		s.leave(0)
	}
	return nil
}

func (f *inflight) cancelAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, cancel := range f.cancels {
		cancel()
	}
}

// cancelRequest cancels what its id names, if that is still being answered. Ids are compared by
// value: 7, 7.0 and 7e0 are one id.
func cancelRequest(s *Server, raw jsonrpc2.RawMessage) error {
	var params struct {
		ID jsontext.Value `json:"id"`
	}
	if err := json.Unmarshal(raw, &params); err != nil {
		return invalidParams("cancel: %v", err)
	}
	switch params.ID.Kind() {
	case '"':
		var id string
		if err := json.Unmarshal(params.ID, &id); err == nil {
			s.inflight.cancel(jsonrpc2.NewStringID(id))
		}
	case '0':
		text := strings.TrimSpace(string(params.ID))
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			s.inflight.cancel(jsonrpc2.NewNumberID(id))
		} else if f, err := strconv.ParseFloat(text, 64); err == nil && f == float64(int64(f)) {
			s.inflight.cancel(jsonrpc2.NewNumberID(int64(f)))
		}
	}
	return nil
}

// lifecycleFeature is the session's own notifications.
func lifecycleFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodInitialized:   initialized,
			protocol.MethodExit:          exit,
			protocol.MethodCancelRequest: cancelRequest,
			protocol.MethodSetTrace:      notification(setTrace),
		},
	}
}
