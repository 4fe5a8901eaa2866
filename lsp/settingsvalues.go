package lsp

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/samuelpkg/samuel-lsp/manifestcheck"
	"github.com/samuelpkg/samuel-lsp/manifestcheck/semrange"
)

func setEvents(s *Settings, v any) string {
	list, ok := v.([]any)
	if !ok {
		return "must be a list of hook events, not " + kindOf(v)
	}
	events := make([]string, 0, len(list))
	for _, item := range list {
		event, ok := item.(string)
		if !ok || strings.TrimSpace(event) == "" {
			return "must list hook events, which are strings, not " + kindOf(item)
		}
		if !slices.Contains(events, event) {
			events = append(events, event)
		}
	}
	s.Events = events
	return ""
}

func setRunUnbound(s *Settings, v any) string {
	word, _ := v.(string)
	switch u := RunUnbound(word); u {
	case UnboundAuto, UnboundNever, UnboundAlways:
		s.RunUnbound = u
		return ""
	}
	return `must be "auto", "never" or "always", not ` + kindOf(v)
}

// severities are the words of samuel.rules.
var severities = map[string]manifestcheck.Severity{
	"off": manifestcheck.Off, "hint": manifestcheck.Hint, "information": manifestcheck.Information,
	"warning": manifestcheck.Warning, "error": manifestcheck.Error,
}

// setRules takes what it can: one wrong rule does not cost the others.
func setRules(s *Settings, v any) string {
	object, ok := v.(map[string]any)
	if !ok {
		return "must be an object of rule or group to severity, not " + kindOf(v)
	}
	s.Rules = make(map[string]manifestcheck.Severity, len(object))
	var wrong []string
	for _, rule := range slices.Sorted(maps.Keys(object)) {
		word, _ := object[rule].(string)
		severity, ok := severities[word]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%q must be off, hint, information, warning or error, not %s", rule, kindOf(object[rule])))
		case !manifestcheck.KnownRule(rule):
			wrong = append(wrong, fmt.Sprintf("%q is no rule and no group of rules", rule))
		default:
			s.Rules[rule] = severity
		}
	}
	return strings.Join(wrong, "; ")
}

func setFramework(s *Settings, v any) string {
	word, ok := v.(string)
	if !ok {
		return "must be a version such as 2.3.0, not " + kindOf(v)
	}
	if word == "" {
		return ""
	}
	if _, err := semrange.ParseSemver(word); err != nil {
		return "must be a version such as 2.3.0, not " + kindOf(v)
	}
	s.Framework = word
	return ""
}

func setCacheDir(s *Settings, v any) string {
	dir, ok := v.(string)
	if !ok || dir != "" && !filepath.IsAbs(dir) {
		return "must be an absolute path, not " + kindOf(v)
	}
	s.CacheDir = dir
	return ""
}
