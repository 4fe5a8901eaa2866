package lsp

import (
	"context"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// settingsSection is what the settings are called at the client.
const settingsSection = "samuel"

// settingsFeature keeps the settings as the client has them: it is asked where it answers, and
// what it pushes is taken where it doesn't.
func settingsFeature() feature {
	return feature{
		notifications: map[string]notificationHandler{
			protocol.MethodWorkspaceDidChangeConfiguration: didChangeConfiguration,
		},
		register: func(snap *Snapshot) []protocol.Registration {
			if !snap.Client.RegisterConfig {
				return nil
			}
			section := protocol.String(settingsSection)
			return []protocol.Registration{registration("samuel-configuration", protocol.MethodWorkspaceDidChangeConfiguration,
				&protocol.DidChangeConfigurationRegistrationOptions{Section: section})}
		},
	}
}

// initialSettings reads initializationOptions: {"trusted": bool, "settings": {...}}, where the
// settings may also lie beside "trusted".
func initialSettings(options protocol.LSPAny) (raw any, trusted *bool) {
	object, _ := anyValue(options).(map[string]any)
	if t, ok := object["trusted"].(bool); ok {
		trusted = &t
	}
	if inner, ok := object["settings"]; ok {
		return inner, trusted
	}
	if object == nil {
		return nil, trusted
	}
	return object, trusted
}

func anyValue(raw []byte) any {
	if len(raw) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(raw, &v, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return nil
	}
	return v
}

func didChangeConfiguration(s *Server, raw jsonrpc2.RawMessage) error {
	if s.Snapshot().Client.Configuration {
		s.spawn(s.pullSettings)
		return nil
	}
	params, err := decode[protocol.DidChangeConfigurationParams](raw)
	if err != nil {
		return err
	}
	s.takeSettings(anyValue(params.Settings))
	return nil
}

// pullSettings asks the client for the settings.
func (s *Server) pullSettings(ctx context.Context) {
	if !s.Snapshot().Client.Configuration {
		return
	}
	s.pulling.Lock() // answers are taken in the order of the questions
	defer s.pulling.Unlock()
	section := settingsSection
	var answer []protocol.LSPAny
	err := s.ask(ctx, protocol.MethodWorkspaceConfiguration,
		&protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: &section}}}, &answer)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("the client did not tell its settings", zap.Error(err))
		}
		return
	}
	if len(answer) == 0 {
		return
	}
	s.takeSettings(anyValue(answer[0]))
}

// takeSettings makes settings the present ones, if they differ. A client that has none of its own
// sends null: those it began with hold again.
func (s *Server) takeSettings(raw any) {
	if raw == nil {
		raw = s.Snapshot().initial
	}
	settings, problems := parseSettings(raw, s.Snapshot().Settings.Trusted)
	s.reportSettings(problems)
	s.update(func(next *Snapshot) change {
		old := next.Settings
		settings.Trusted = old.Trusted
		if settings.sameAs(old) {
			return change{}
		}
		if settings.sameRules(old) {
			settings.checker = old.checker // what was checked stays checked
		}
		next.Settings = settings
		return change{everything: true, settings: true}
	})
}

// reported remembers which wrong settings the user was told of.
type reported struct {
	mu   sync.Mutex
	told map[problem]bool
}

// reportSettings tells the user of each wrong value, once.
func (s *Server) reportSettings(problems []problem) {
	s.reported.mu.Lock()
	defer s.reported.mu.Unlock()
	for _, p := range problems {
		if s.reported.told[p] {
			continue
		}
		if s.reported.told == nil {
			s.reported.told = make(map[problem]bool)
		}
		s.reported.told[p] = true
		s.showMessage(protocol.MessageTypeWarning, "setting "+p.name+" "+p.text+"; the default is used")
	}
}
