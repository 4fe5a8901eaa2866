package lsp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
)

// Settings are the user's settings, complete and valid. They are immutable.
type Settings struct {
	RunOnSave   bool
	Events      []string // hook events that a save fires
	RunUnbound  RunUnbound
	MaxParallel int
	Rules       map[string]manifestcheck.Severity
	Framework   string
	CacheDir    string // "" means the default
	CacheMiB    int    // 0 means no limit
	CodeLens    bool
	InlayHints  bool
	// Trusted is what the client says of the workspace; nil when it says nothing.
	Trusted *bool

	checker *manifestcheck.Checker
}

// RunUnbound says whether a save runs exports that no hook is bound to.
type RunUnbound string

// The values of samuel.hooks.runUnbound.
const (
	UnboundAuto   RunUnbound = "auto"
	UnboundNever  RunUnbound = "never"
	UnboundAlways RunUnbound = "always"
)

// defaultSettings returns the settings of a user who has set nothing.
func defaultSettings() *Settings {
	s := &Settings{
		RunOnSave: true, Events: []string{"quality.check"}, RunUnbound: UnboundAuto, MaxParallel: 2,
		Framework: manifestcheck.DefaultFrameworkVersion, CacheMiB: 512, CodeLens: true, InlayHints: true,
	}
	s.checker = manifestcheck.New(manifestcheck.Config{})
	return s
}

// problem is one setting that could not be used.
type problem struct{ name, text string }

// setting is one key of the settings: what it is called below "samuel", and how it is taken. set
// returns what is wrong with the value, "" if nothing is.
type setting struct {
	name string
	set  func(s *Settings, v any) string
}

// settingsTable lists what the server takes. server.path, server.args and trace.server are the
// client's own affair and are passed over.
func settingsTable() []setting {
	return []setting{
		{"hooks.runOnSave", boolean(func(s *Settings, b bool) { s.RunOnSave = b })},
		{"hooks.events", setEvents},
		{"hooks.runUnbound", setRunUnbound},
		{"hooks.maxParallel", integer(1, 64, func(s *Settings, n int) { s.MaxParallel = n })},
		{"rules", setRules},
		{"framework.version", setFramework},
		{"cache.dir", setCacheDir},
		{"cache.budgetMiB", integer(0, 1<<20, func(s *Settings, n int) { s.CacheMiB = n })},
		{"codeLens.enable", boolean(func(s *Settings, b bool) { s.CodeLens = b })},
		{"inlayHints.enable", boolean(func(s *Settings, b bool) { s.InlayHints = b })},
	}
}

// parseSettings takes the settings out of what a client sent: {"samuel": {...}} or the object
// below it, nested ("hooks": {"runOnSave": ..}) or with dotted keys, or a mixture. A value that
// cannot be used is reported and leaves the default.
func parseSettings(raw any, trusted *bool) (*Settings, []problem) {
	s := defaultSettings()
	s.Trusted = trusted
	object, ok := raw.(map[string]any)
	if !ok {
		if raw == nil {
			return s, nil
		}
		return s, []problem{{"samuel", fmt.Sprintf("must be an object, not %s", kindOf(raw))}}
	}
	if inner, ok := object["samuel"].(map[string]any); ok {
		object = inner
	}
	flat := make(map[string]any)
	flatten(flat, "", object)
	var problems []problem
	for _, def := range settingsTable() {
		v, ok := flat[def.name]
		if !ok || v == nil {
			continue
		}
		if wrong := def.set(s, v); wrong != "" {
			problems = append(problems, problem{"samuel." + def.name, wrong})
		}
	}
	s.checker = manifestcheck.New(manifestcheck.Config{Rules: s.Rules, FrameworkVersion: s.Framework})
	return s, problems
}

// flatten spells every value by its dotted path, objects included, so that "rules" is found
// however it was sent.
func flatten(dst map[string]any, prefix string, object map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(object)) {
		v, name := object[k], prefix+strings.TrimPrefix(k, "samuel.")
		dst[name] = v
		if inner, ok := v.(map[string]any); ok && name != "rules" {
			flatten(dst, name+".", inner)
		}
	}
}

func boolean(set func(*Settings, bool)) func(*Settings, any) string {
	return func(s *Settings, v any) string {
		b, ok := v.(bool)
		if !ok {
			return "must be true or false, not " + kindOf(v)
		}
		set(s, b)
		return ""
	}
}

func integer(low, high int, set func(*Settings, int)) func(*Settings, any) string {
	return func(s *Settings, v any) string {
		f, ok := v.(float64)
		if !ok || f != float64(int(f)) || int(f) < low || int(f) > high {
			return fmt.Sprintf("must be a whole number from %d to %d, not %s", low, high, kindOf(v))
		}
		set(s, int(f))
		return ""
	}
}

// kindOf shows a value as it is shown in a message: itself when it is short, else what it is.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.40q", v)
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	default:
		return fmt.Sprint(v)
	}
}

// sameRules reports whether two settings check alike.
func (s *Settings) sameRules(o *Settings) bool {
	return s.Framework == o.Framework && maps.Equal(s.Rules, o.Rules)
}

// sameAs reports whether two settings are the same.
func (s *Settings) sameAs(o *Settings) bool {
	return s.sameRules(o) && slices.Equal(s.Events, o.Events) &&
		s.RunOnSave == o.RunOnSave && s.RunUnbound == o.RunUnbound && s.MaxParallel == o.MaxParallel &&
		s.CacheDir == o.CacheDir && s.CacheMiB == o.CacheMiB &&
		s.CodeLens == o.CodeLens && s.InlayHints == o.InlayHints
}
